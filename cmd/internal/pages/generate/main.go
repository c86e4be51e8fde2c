// Command generate writes the reference pages in docs. It is run by go generate
// in the directory above.
package main

import (
	"fmt"
	"os"

	"github.com/fieldstatus/fieldstatus/cmd/internal/pages"
)

func main() {
	if err := pages.Write("../../.."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
