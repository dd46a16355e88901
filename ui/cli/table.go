package cli

import (
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/theme"
)

// column is one column of a table.
type column struct {
	head  string
	right bool // numbers and ages
	least int  // cells that stay when the terminal is narrow; 0: the column is never cut
}

// columnGap stands between two columns, in cells.
const columnGap = 2

// table writes n rows below their heads. It asks for every row twice, first for its widths, so that a million rows
// need no memory. Where the terminal is narrow, the widest columns that allow it are cut.
func (p *paper) table(columns []column, n int, row func(i int) []span) {
	widths := make([]int, len(columns))
	for c, column := range columns {
		widths[c] = draw.Width(column.head)
	}
	for i := range n {
		for c, cell := range row(i) {
			widths[c] = max(widths[c], draw.Width(cell.text))
		}
	}
	p.squeeze(columns, widths)
	heads := make([]span, len(columns))
	for c, column := range columns {
		heads[c] = span{p.theme.Muted, column.head}
	}
	p.row(columns, widths, heads)
	for i := range n {
		p.row(columns, widths, row(i))
	}
}

// squeeze makes columns narrower until the row fits, one cell of the widest at a time.
func (p *paper) squeeze(columns []column, widths []int) {
	total := columnGap * (len(widths) - 1)
	for _, width := range widths {
		total += width
	}
	for p.width > 0 && total > p.width {
		widest := -1
		for c, column := range columns {
			if column.least > 0 && widths[c] > column.least && (widest < 0 || widths[c] > widths[widest]) {
				widest = c
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
		total--
	}
}

func (p *paper) row(columns []column, widths []int, cells []span) {
	for c, cell := range cells {
		content := draw.Cut(p.theme.Glyphs.Plain(cell.text), widths[c], p.theme.Glyphs.Ellipsis)
		pad := widths[c] - draw.Width(content)
		last := c == len(cells)-1
		if columns[c].right {
			p.out.WriteString(draw.Spaces(pad))
		}
		p.out.WriteString(cell.style.Render(content))
		if !columns[c].right && !last {
			p.out.WriteString(draw.Spaces(pad))
		}
		if !last {
			p.out.WriteString(draw.Spaces(columnGap))
		}
	}
	p.out.WriteByte('\n')
}

// plainCells gives cells in the usual style.
func plainCells(style theme.Style, texts ...string) []span {
	cells := make([]span, len(texts))
	for i, text := range texts {
		cells[i] = span{style, text}
	}
	return cells
}
