package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "fieldstatus",
		Short: "Explain what field devices answer when something fails",
		Long: `fieldstatus tells what a status of a field device means: the documented error
code, what to do about it, and what to check. It knows the statuses of S7, OPC UA,
FINS, EtherNet/IP, KNX, FOCAS and NONA11.`,
		Example: `  fieldstatus explain s7 0x05
  fieldstatus decode capture.pcapng
  fieldstatus list opcua`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
	})
	root.AddCommand(a.explainCommand(), a.decodeCommand(), a.recordCommand(), a.listCommand())
	return root
}

// version returns the version of the module that the command was built from.
func version() string {
	info, _ := debug.ReadBuildInfo()
	return versionIn(info)
}

// versionIn returns the version that the Go command has left in a program, if any.
func versionIn(info *debug.BuildInfo) string {
	if info == nil || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// wantArgs complains about a number of arguments in words that help.
func wantArgs(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || most >= 0 && len(args) > most {
			return fmt.Errorf("%s; see %s --help", what, cmd.CommandPath())
		}
		return nil
	}
}
