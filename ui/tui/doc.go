// Package tui is the screen: the Bubble Tea program that an analyst keeps open all day.
//
// # Architecture
//
// App is the only model that the terminal library knows. It holds a stack of pages and a stack of overlays, draws the
// frame around them (title, message line, hints), and is the page.Host through which pages reach the rest. It has no
// knowledge of any page but the list in pages.go.
//
//	keys      the one table of keys: dispatch, hints, help, palette and README are made from it
//	theme     roles and their styles: dark, light, mono
//	layout    rectangles as pure functions of the size, for drawing and mouse alike
//	draw      text into cells, lines of exact width, one block over another
//	input     a line that is being typed
//	table     a list of any length with a cursor that stays on its key
//	overlay   questions, choices, prompts, help, palette, long texts
//	messages  what the user was told: one on the screen, 500 in the log
//	state     what is remembered between runs
//	page      what a page is (Page), what it may use (Env, Host), and how it works beside the screen (Task)
//	panel     the integration on the dashboard
//	peek      the mini-profile
//	portal    opening the portals, or why there is nothing to open
//	facts     names beside values
//	timeline  alerts of both products in one line of time
//
// The pages are entities (the dashboard), profile, alerts, integration and log.
//
// # The way of a key
//
// App.press looks the key up in the scope of the topmost overlay, or else of the page. The binding says whether the
// action can be taken now (Disabled, Writes); if not, its reason is shown. App takes the actions that are the same
// everywhere and gives all others to Page.Do. A page changes itself and returns commands; nothing sends itself messages.
// Keys that are no action of the scope go to the line that is being typed, if there is one; pasted text goes nowhere else.
//
// # Work beside the screen
//
// Update and View never wait. What takes time runs in a page.Task: Start gives the command, Take reads its answer.
// Starting anew cancels the context of the piece before, and its answer is dropped whether it failed or not. The
// command must use nothing that the screen may change, so copy what it needs before.
//
// A dashboard is immutable; a new one arrives as an answer, is put into Env.Dashboard, and the page on top is told by
// Show. Frames are cached: what does not change anything must leave App.dirty alone.
//
// # To add a page
//
//  1. Add its Kind to package page, and what it is about to page.Place if that is new.
//  2. Add its Scope to package keys, and its bindings to the table there. Reuse actions where the meaning is the same.
//  3. Write the page in a package of its own: a struct that holds *page.Env and implements page.Page; page.Typist when it
//     has a line to type in, page.Clicker for the mouse. Draw gives exactly h lines of at most w cells: build them with
//     draw.Line, which cannot grow too wide.
//  4. Add its maker to pages.go. Other pages lead to it by env.Host.Go(page.Place{Kind: ...}).
//  5. Test it as a user sees it: golden frames (go test ./ui/tui -run Golden -update writes them anew; look at them), and
//     keys through the table. Tests never wait for time: what sleeps does so through Env.Sleep.
package tui
