// Package model holds the words of adbadge as types: entity, machine, alert, badge, toggle, finding and status,
// and the rules that need no I/O. Nothing in it blocks, and all of it is safe for concurrent reading.
package model
