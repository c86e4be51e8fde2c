// Command fieldstatus explains native device statuses, finds them in network
// captures, and lists the tables that map them to documented codes.
package main

import (
	"os"

	"github.com/fieldstatus/fieldstatus/cmd/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }
