package entities

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"time"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/providers"
	"adbadge/ui/export"
	"adbadge/ui/tui/overlay"
)

// exported says where an export went.
type exported struct {
	path string
	rows int
}

// exportChoice asks for the format.
func (p *Page) exportChoice() overlay.Dialog {
	return &overlay.Choice{
		Title: "Export " + p.scope(),
		Note:  "Into a new file in the current folder, readable by you alone.",
		Options: []overlay.Option{
			{Label: "CSV", Note: "for spreadsheets, safe against formulas", Run: func() tea.Cmd { return p.export("csv") }},
			{Label: "JSON", Note: "as adbadge list --json", Run: func() tea.Cmd { return p.export("json") }},
		},
	}
}

// export writes the marked rows, or without marks all that are listed; format is "csv" or "json".
func (p *Page) export(format string) tea.Cmd {
	view, rows, marked := p.shown.view, p.shown.rows, maps.Clone(p.marked)
	now, linker := p.env.Now(), linker(p.env.Tenant.Links)
	return p.exporting.Start(p.env.Context, func(ctx context.Context) (exported, error) {
		count := 0
		entities := func(yield func(export.Entity) bool) {
			each := func(row int) bool {
				count++
				return ctx.Err() == nil && yield(export.NewEntity(view, row, linker))
			}
			if len(marked) == 0 {
				for _, row := range rows {
					if !each(int(row)) {
						return
					}
				}
				return
			}
			for row := range view.Len() {
				if _, ok := marked[view.ID(row)]; ok && !each(row) {
					return
				}
			}
		}
		path, err := writeFile(now, format, entities)
		return exported{path: path, rows: count}, errors.Join(err, ctx.Err())
	})
}

// writeFile makes a file that was not there before. A half-written one is removed.
func writeFile(now time.Time, format string, entities iter.Seq[export.Entity]) (path string, err error) {
	path, err = filepath.Abs("adbadge-" + now.Format("20060102-150405") + "." + format)
	if err != nil {
		return "", fmt.Errorf("export: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("export: %w. Start adbadge in a folder that you may write to", err)
	}
	buffered := bufio.NewWriterSize(file, 1<<20)
	err = errors.Join(write(buffered, format, entities), buffered.Flush(), file.Close())
	if err != nil {
		return "", errors.Join(fmt.Errorf("export to %s: %w", path, err), os.Remove(path))
	}
	return path, nil
}

func write(w io.Writer, format string, entities iter.Seq[export.Entity]) error {
	if format == "json" {
		return export.WriteArray(w, entities)
	}
	return export.Table{Separator: export.Comma}.WriteEntities(w, entities)
}

// linker builds the links of an entity; nil without portals.
func linker(links *providers.Links) export.Linker {
	if links == nil {
		return nil
	}
	return links.Entity
}

func (p *Page) exported(e exported, err error) tea.Cmd {
	if err != nil {
		return p.env.Host.SayFailure(err)
	}
	return p.env.Host.Say(model.OK, "Exported "+plural(e.rows, "entity", "entities")+" to "+e.path+".")
}
