package main

// measure names the figures that one kind of benchmark gives: those whose name matches the pattern, in a unit.
type measure struct {
	pattern string // a regular expression on the whole name without "Benchmark" and the number of processors
	unit    string
}

// target is what is to hold. The worst figure is held against the bar, or where there is something to compare it with,
// the worst figure divided by the best of those.
type target struct {
	id      string
	goal    string
	figure  measure
	against measure // empty: nothing, the bar is a number
	bar     float64
	unit    string // of the bar
}

const million = `(1M|1000000)`

// targets is all that make bench looks at; a new benchmark needs a line here and nowhere else.
var targets = []target{
	{"filter", "a filter over a million entities, the worst of ten", measure{`Filter/` + million + `/.*`, "ns/op"}, measure{}, 120e6, "ns/op"},
	{"typing", "the next letter of a filter over a million", measure{`Typing/` + million + `/.*`, "ns/op"}, measure{}, 33e6, "ns/op"},
	{"order", "another order of a million rows, once ranked", measure{`Resort/` + million, "ns/op"}, measure{}, 33e6, "ns/op"},
	{"key", "one key to the frame, a million entities, 200x50", measure{`Key/.*/` + million, "ns/op"}, measure{}, 16e6, "ns/op"},
	{"join", "device ids to entities, beside a map with its size", measure{`DeviceIDs/.*` + million + `/index`, "ns/op"},
		measure{`DeviceIDs/.*` + million + `/map`, "ns/op"}, 0.35, "x"},
	{"memory", "bytes for each of a million entities, joined and sorted", measure{`Memory/.*` + million, "B/entity-table"}, measure{}, 220, "B"},
	{"collect", "two collections of a million entities", measure{`Collect/.*` + million + `/table`, "ns/op"}, measure{}, 20e6, "ns/op"},
	{"refresh", "a whole refresh of the lab, from its start on", measure{`Refresh/(first|whole)`, "ns/op"}, measure{}, 150e6, "ns/op"},
	{"first", "first rows of a file, beside the least table program", measure{`FirstFrame/ldif`, "ns/op"},
		measure{`FirstFrame/table`, "ns/op"}, 1.25, "x"},
	{"mute", "first rows on a mute terminal, beside one that answers", measure{`FirstFrame/mute`, "ns/op"},
		measure{`FirstFrame/lab`, "ns/op"}, 1.1, "x"},
	{"idle", "bytes in a second in which nothing changes", measure{`Terminal/.*/adbadge`, "B/idle"}, measure{}, 0, "B"},
	{"redraw", "bytes of a row, beside a whole redraw, 200x50", measure{`Terminal/200x50/adbadge`, "B/move"},
		measure{`Terminal/200x50/adbadge`, "B/redraw"}, 0.25, "x"},
	{"row", "bytes of a row, beside the best list, 200x50", measure{`Terminal/200x50/adbadge-list`, "B/move"},
		measure{`Terminal/200x50/(fzf|mc|htop)`, "B/move"}, 0.5, "x"},
	{"facts", "the same with facts beside the list", measure{`Terminal/200x50/adbadge`, "B/move"},
		measure{`Terminal/200x50/(fzf|mc)-preview`, "B/move"}, 0.5, "x"},
	{"scroll", "bytes of a row that scrolls, beside the best list", measure{`Terminal/200x50/adbadge-list`, "B/scroll"},
		measure{`Terminal/200x50/(fzf|mc|htop)`, "B/scroll"}, 0.5, "x"},
	{"page", "bytes of a page, beside the best list", measure{`Terminal/200x50/adbadge-list`, "B/page"},
		measure{`Terminal/200x50/(fzf|mc|htop)`, "B/page"}, 0.5, "x"},
	{"cpu", "processor time of a row, beside the worst list", measure{`Terminal/200x50/adbadge-list`, "cpu-ms/move"},
		measure{`Terminal/200x50/(fzf|mc|htop)`, "cpu-ms/move"}, 1, "x"},
	{"version", "a start without a screen", measure{`Version`, "ns/op"}, measure{}, 50e6, "ns/op"},
	{"size", "the program as make build makes it", measure{`Version`, "MB"}, measure{}, 25, "MB"},
}
