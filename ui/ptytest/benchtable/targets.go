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
	{"filter", "a filter of a million entities, the slowest of ten", measure{`Filter/` + million + `/.*`, "ns/op"}, measure{}, 120e6, "ns/op"},
	{"typing", "the next letter of a filter of a million", measure{`Typing/` + million + `/.*`, "ns/op"}, measure{}, 33e6, "ns/op"},
	{"order", "another order of a million rows that is ranked", measure{`Resort/` + million, "ns/op"}, measure{}, 33e6, "ns/op"},
	{"frame", "a key to its frame, a million rows, 200x50", measure{`Key/.*/` + million, "ns/op"}, measure{}, 16e6, "ns/op"},
	{"join", "device ids to a million entities, of Go's map with its size", measure{`DeviceIDs/.*` + million + `/index`, "ns/op"},
		measure{`DeviceIDs/.*` + million + `/map`, "ns/op"}, 0.35, "x"},
	{"place", "machine records to a million entities by all rules, of Go's map for the ids", measure{`Place/.*` + million + `/again`, "ns/op"},
		measure{`DeviceIDs/.*` + million + `/map`, "ns/op"}, 1, "x"},
	{"truth", "rows and records of a million entities that are not as they were made", measure{`Truth/` + million, "differing"}, measure{}, 0, "differing"},
	{"next", "a view after a hundred changes of one sort, a million entities", measure{`Next/.*` + million + `/(alerts|reports|machines|entities)`, "ns/op"},
		measure{}, 33e6, "ns/op"},
	{"same", "a view after which nothing has changed", measure{`Next/.*` + million + `/nothing`, "ns/op"}, measure{}, 1e6, "ns/op"},
	{"decode", "machines decoded, of encoding/json", measure{`DecodeMachines/records`, "ns/op"}, measure{`DecodeMachines/structs`, "ns/op"}, 0.25, "x"},
	{"memory", "the table, for each of a million entities", measure{`Memory/.*` + million, "B/entity-table"}, measure{}, 220, "B"},
	{"collect", "two collections of garbage, a million entities", measure{`Collect/.*` + million + `/view`, "ns/op"}, measure{}, 20e6, "ns/op"},
	{"open", "the rows of a snapshot of a million", measure{`Snapshot/rows/` + million, "ns/op"}, measure{}, 105e6, "ns/op"},
	{"snapshot", "a snapshot, for each of a million entities", measure{`Snapshot/write/` + million, "B/entity"}, measure{}, 330, "B"},
	{"refresh", "a refresh of the lab with all its sockets", measure{`Refresh/(first|whole)`, "ns/op"}, measure{}, 150e6, "ns/op"},
	{"first", "first rows, of the least program with a table", measure{`FirstFrame/snapshot`, "ns/op"},
		measure{`FirstFrame/table`, "ns/op"}, 1.25, "x"},
	{"mute", "first rows on a mute terminal, of one that answers", measure{`FirstFrame/mute`, "ns/op"},
		measure{`FirstFrame/lab`, "ns/op"}, 1.1, "x"},
	{"idle", "bytes in a second in which nothing changes", measure{`Terminal/.*/adbadge`, "B/idle"}, measure{}, 0, "B"},
	{"redraw", "bytes of a key at 200x50, of a whole redraw", measure{`Terminal/200x50/adbadge`, "B/move"},
		measure{`Terminal/200x50/adbadge`, "B/redraw"}, 0.25, "x"},
	{"row", "bytes of a row at 200x50, of the best other list", measure{`Terminal/200x50/adbadge-list`, "B/move"},
		measure{lists, "B/move"}, 0.5, "x"},
	{"facts", "the same with facts beside the list", measure{`Terminal/200x50/adbadge`, "B/move"},
		measure{`Terminal/200x50/(fzf|mc)-preview`, "B/move"}, 0.5, "x"},
	{"scroll", "bytes of a row that scrolls, of the best other list", measure{`Terminal/200x50/adbadge-list`, "B/scroll"},
		measure{lists, "B/scroll"}, 0.5, "x"},
	{"page", "bytes of a page, of the best other list", measure{`Terminal/200x50/adbadge-list`, "B/page"},
		measure{lists, "B/page"}, 0.5, "x"},
	{"cpu", "processor time of a row, of the best other list", measure{`Terminal/200x50/adbadge-list`, "cpu-ms/move"},
		measure{lists, "cpu-ms/move"}, 1, "x"},
	{"version", "a start without a screen", measure{`Version`, "ns/op"}, measure{}, 50e6, "ns/op"},
	{"size", "the program as make build makes it", measure{`Version`, "MB"}, measure{}, 25, "MB"},
}

// lists are the other programs that show a list with a cursor.
const lists = `Terminal/200x50/(fzf|mc|htop)`
