// Package cli is the command line of fieldstatus.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
)

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1 // with --exit-code: something in the input failed
	exitUsage  = 2 // the input cannot be used
)

// errFailed ends the command with exit status 1 and prints nothing.
var errFailed = errors.New("something failed")

// An app is one run of the command.
type app struct {
	in        io.Reader
	out, err  io.Writer
	getenv    func(string) string
	protocols []*protocol.Protocol
	location  *time.Location // of the times that are printed for people
}

// Main runs the command on the process's standard streams and returns its exit
// status.
func Main(args []string) int {
	a := &app{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv,
		protocols: protocol.All(), location: time.Local,
	}
	return a.run(args)
}

func (a *app) run(args []string) (status int) {
	defer func() {
		if fault := recover(); fault != nil {
			fmt.Fprintf(a.err, "fieldstatus: internal error: %s; please report it together with the input\n", oneLine(fmt.Sprint(fault)))
			status = exitUsage
		}
	}()
	root := a.root()
	root.SetArgs(append([]string{}, negatives(args)...)) // nil would mean os.Args
	switch err := root.Execute(); {
	case err == nil:
		return exitOK
	case errors.Is(err, errFailed):
		return exitFailed
	default:
		fmt.Fprintf(a.err, "fieldstatus: %s\n", oneLine(err.Error()))
		return exitUsage
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// protocol returns the protocol of that name.
func (a *app) protocol(name string) *protocol.Protocol {
	for _, p := range a.protocols {
		if p.Name == name {
			return p
		}
	}
	return nil
}

func (a *app) protocolNames() []string {
	names := make([]string, len(a.protocols))
	for i, p := range a.protocols {
		names[i] = p.Name
	}
	return names
}

// negatives moves the arguments of explain behind a -- when one of them is a
// negative number, which would be taken for a flag.
func negatives(args []string) []string {
	if len(args) == 0 || args[0] != "explain" || !slices.ContainsFunc(args, isNegative) || slices.Contains(args, "--") {
		return args
	}
	flags, rest := []string{args[0]}, []string{"--"}
	for _, arg := range args[1:] {
		if strings.HasPrefix(arg, "-") && !isNegative(arg) {
			flags = append(flags, arg)
		} else {
			rest = append(rest, arg)
		}
	}
	return append(flags, rest...)
}

func isNegative(arg string) bool {
	return len(arg) > 1 && arg[0] == '-' && arg[1] >= '0' && arg[1] <= '9'
}
