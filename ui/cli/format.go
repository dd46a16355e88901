package cli

import (
	"fmt"
	"io"
	"iter"

	"github.com/spf13/cobra"

	"adbadge/ui/export"
)

// format is the form that an answer is written in: text for people when no flag is set.
type format struct {
	json, jsonl, csv, tsv, raw bool
}

// register adds the flags of all forms to a command; only one may be given.
func (f *format) register(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.json, "json", false, "write one JSON array")
	cmd.Flags().BoolVar(&f.jsonl, "jsonl", false, "write JSON, an object on each line")
	cmd.Flags().BoolVar(&f.csv, "csv", false, "write comma-separated values, safe to open in a spreadsheet")
	cmd.Flags().BoolVar(&f.tsv, "tsv", false, "write tab-separated values, safe to open in a spreadsheet")
	cmd.Flags().BoolVar(&f.raw, "raw", false, "with --csv and --tsv: leave cells as they are that a spreadsheet takes for formulas")
	cmd.MarkFlagsMutuallyExclusive("json", "jsonl", "csv", "tsv")
}

func (f *format) isText() bool { return !f.json && !f.jsonl && !f.csv && !f.tsv }

// check warns of what is dangerous and refuses what makes no sense.
func (f *format) check(warn io.Writer) error {
	switch {
	case f.raw && !f.csv && !f.tsv:
		return usagef("--raw goes with --csv or --tsv")
	case f.raw:
		fmt.Fprintln(warn, "adbadge: warning: with --raw, names that look like formulas run as such in a spreadsheet.")
	}
	return nil
}

func (f *format) table() export.Table {
	t := export.Table{Separator: export.Comma, Raw: f.raw}
	if f.tsv {
		t.Separator = export.Tab
	}
	return t
}

func (f *format) writeEntities(w io.Writer, entities iter.Seq[export.Entity]) error {
	switch {
	case f.json:
		return export.WriteArray(w, entities)
	case f.jsonl:
		return export.WriteLines(w, entities)
	}
	return f.table().WriteEntities(w, entities)
}

func (f *format) writeAlerts(w io.Writer, alerts iter.Seq[export.Alert]) error {
	switch {
	case f.json:
		return export.WriteArray(w, alerts)
	case f.jsonl:
		return export.WriteLines(w, alerts)
	}
	return f.table().WriteAlerts(w, alerts)
}
