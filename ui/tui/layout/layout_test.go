package layout

import "testing"

func TestTheFrameCoversTheScreen(t *testing.T) {
	for w := range 210 {
		for h := range 70 {
			f := NewFrame(w, h)
			if sum := f.Title.H + f.Body.H + f.Message.H + f.Hints.H; sum != h {
				t.Fatalf("%dx%d: %d lines", w, h, sum)
			}
			if f.Body.H < 0 || f.Body.W != w {
				t.Fatalf("%dx%d: body %+v", w, h, f.Body)
			}
		}
	}
}

func TestTheDashboardCoversItsBody(t *testing.T) {
	for w := range 210 {
		for h := range 70 {
			for _, pinned := range []bool{false, true} {
				d := NewDashboard(w, h, pinned)
				sum := d.Tabs.H + d.Filter.H + d.Rule.H + d.Header.H + d.Rows.H + d.Count.H + d.Panel.H
				if sum != h {
					t.Fatalf("%dx%d: %d lines: %+v", w, h, sum, d)
				}
				if d.Rows.H < 1 && h > 0 {
					t.Fatalf("%dx%d: no row shows", w, h)
				}
				if d.Rows.W+d.Side.W != w || (d.Side.W > 0) != (pinned && w >= SideWidth && h >= MinHeight-2) {
					t.Fatalf("%dx%d: rows %d, side %d", w, h, d.Rows.W, d.Side.W)
				}
				if d.Side.W > 0 && d.Rows.W < 60 {
					t.Fatalf("%dx%d: the pane leaves the list %d columns", w, h, d.Rows.W)
				}
			}
		}
	}
}

func TestColumnsFit(t *testing.T) {
	columns := []Column{{Min: 12, Grow: 4, Max: 44, Gap: 1}, {Min: 4, From: 51, Gap: 1}, {Min: 14, Grow: 3, Max: 38, From: 63, Gap: 1},
		{Min: 12, Grow: 4, Max: 48, From: 91, Gap: 1}, {Min: 6, From: 51, Gap: 1}}
	for w := range 260 {
		widths := Columns(w, columns)
		sum := 0
		for i, n := range widths {
			if n < 0 || columns[i].Max > 0 && n > columns[i].Max {
				t.Fatalf("%d: column %d has %d cells", w, i, n)
			}
			if n > 0 && w < columns[i].From {
				t.Fatalf("%d: column %d shows below %d", w, i, columns[i].From)
			}
			if n > 0 {
				sum += n + columns[i].Gap
			}
		}
		if sum > w && w > 13 {
			t.Fatalf("%d: columns take %d", w, sum)
		}
		if w >= 63 && w < 100 && sum != w {
			t.Fatalf("%d: columns take %d and leave the rest empty", w, sum)
		}
	}
}
