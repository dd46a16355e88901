// Adbadge is a terminal dashboard that shows, for every user and computer of an on-premises Active Directory, what
// Defender for Endpoint and Defender for Identity know about it.
package main

import (
	_ "embed"
	"os"

	"adbadge/ui/cli"
)

//go:embed config.example.toml
var exampleConfig []byte

func main() {
	os.Exit(cli.Run(os.Args[1:], exampleConfig))
}
