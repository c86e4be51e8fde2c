package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/cmd/internal/record"
)

// recordOptions are the flags of record.
type recordOptions struct {
	listen, to, output string
	appending          bool
	all, udp           bool
}

func (a *app) recordCommand() *cobra.Command {
	var o recordOptions
	cmd := &cobra.Command{
		Use:   "record protocol --listen address --to address --output file",
		Short: "Record failures between a driver and a device as test cases",
		Long: `Record stands between a driver and a device: point the driver at the address given with
--listen, and everything is passed on to the one given with --to and back, byte for byte.
Each exchange that fails is written to a .frames file, as a case that a unit test runs with
coretest, or that a test device replays. What the file already has is not written again:
the same kind of request with the same result.

Traffic goes on whatever happens to the recording. Ctrl-C ends both.

The file holds what was said, passwords included. Not seen are encrypted messages, and
what a client sends elsewhere because the device has named another address: OPC UA clients
that follow endpoint URLs, KNX clients that do not use NAT mode.`,
		Example: `  fieldstatus record s7 --listen 127.0.0.1:1102 --to plc:102 -o my.frames
  fieldstatus record fins --udp --listen :9600 --to 192.0.2.20 -o my.frames
  fieldstatus record opcua --all --append --listen :4841 --to plc:4840 -o my.frames`,
		Args: wantArgs(1, 1, "give one protocol"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return a.completeProtocols(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			context.AfterFunc(ctx, stop) // a second Ctrl-C ends the command at once
			return a.record(ctx, args[0], o)
		},
	}
	cmd.Flags().StringVarP(&o.listen, "listen", "l", "", "`address` for the driver: 127.0.0.1:1102, or :1102 on all interfaces")
	cmd.Flags().StringVarP(&o.to, "to", "t", "", "`address` of the device: plc:102; without a port that of the protocol")
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "`file` to write, such as my.frames")
	cmd.Flags().BoolVar(&o.appending, "append", false, "add to the file when it exists")
	cmd.Flags().BoolVarP(&o.all, "all", "a", false, "record successes too")
	cmd.Flags().BoolVar(&o.udp, "udp", false, "pass datagrams on instead of connections")
	return cmd
}

// record runs until ctx ends.
func (a *app) record(ctx context.Context, name string, o recordOptions) error {
	p := a.protocol(name)
	if p == nil {
		return a.unknownProtocol(name)
	}
	if err := o.check(p); err != nil {
		return err
	}
	port, err := record.Listen(ctx, o.listen, o.udp)
	if err != nil {
		return listenError(o.listen, err)
	}
	out, err := record.Create(o.output, p.Name, o.appending)
	if err != nil {
		port.Close()
		return err
	}
	view := newRecordView(a.err)
	r := record.New(record.Options{Protocol: p, To: o.to, All: o.all, Version: version(), Output: out, Note: view.note})
	view.start(r.Counts, fmt.Sprintf("recording %s from %v to %s into %s; Ctrl-C ends it", p.Name, port.Addr(), o.to, o.output))
	err = r.Serve(ctx, port)
	r.Close()
	view.end()
	fmt.Fprintln(a.err, recordSummary(r.Counts(), o.output))
	return errors.Join(err, out.Close())
}

// check completes the flags and says what is wrong with them.
func (o *recordOptions) check(p *protocol.Protocol) error {
	ports := p.TCP
	if o.udp {
		ports = p.UDP
	}
	switch {
	case p.Scan == nil:
		return fmt.Errorf("%s has no frames that could be recorded", p.Name)
	case len(ports) == 0 && o.udp:
		return fmt.Errorf("%s does not run over UDP; leave out --udp", p.Name)
	case len(ports) == 0:
		return fmt.Errorf("%s runs over UDP; add --udp", p.Name)
	case o.listen == "":
		return errors.New("give the address that the driver connects to: --listen 127.0.0.1:1102")
	case o.to == "":
		return errors.New("give the address of the device: --to plc:102")
	case o.output == "":
		return errors.New("give the file to write: --output my.frames")
	}
	if err := checkAddress("--listen", o.listen); err != nil {
		return err
	}
	if host, ok := withoutPort(o.to); ok {
		o.to = net.JoinHostPort(host, strconv.Itoa(int(ports[0])))
	}
	if host, port, err := net.SplitHostPort(o.to); err == nil && (host == "" || port == "0") {
		return fmt.Errorf("--to %s is no address of a device; write host:port, such as plc:102", o.to)
	}
	if err := checkAddress("--to", o.to); err != nil {
		return err
	}
	if itself(o.listen, o.to) {
		return fmt.Errorf("--to %s is where record itself listens; give the address of the device", o.to)
	}
	return nil
}

// withoutPort reports whether an address is a host alone.
func withoutPort(address string) (host string, ok bool) {
	host = strings.TrimSuffix(strings.TrimPrefix(address, "["), "]")
	if net.ParseIP(host) != nil {
		return host, true
	}
	return address, address != "" && !strings.ContainsAny(address, ":[]")
}

func checkAddress(flag, address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil || strings.ContainsAny(host, " \t/") {
		return fmt.Errorf("%s %s is no address; write host:port, such as 127.0.0.1:1102", flag, address)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%s %s: %q is no port from 0 to 65535", flag, address, port)
	} else if n == 0 && flag == "--to" {
		return fmt.Errorf("%s %s: the port of a device is not 0", flag, address)
	}
	return nil
}

// itself reports whether what is passed on would come back.
func itself(listen, to string) bool {
	listenHost, listenPort, _ := net.SplitHostPort(listen)
	toHost, toPort, _ := net.SplitHostPort(to)
	if listenPort != toPort {
		return false
	}
	here, there := literal(listenHost), literal(toHost)
	return here.Equal(there) || there.IsUnspecified() || here.IsUnspecified() && there.IsLoopback()
}

// literal returns the address of a host that needs no look-up, nil for others.
func literal(host string) net.IP {
	switch host {
	case "":
		return net.IPv4zero
	case "localhost":
		return net.IPv4(127, 0, 0, 1)
	}
	return net.ParseIP(host)
}

// listenError says why the port cannot be opened.
func listenError(address string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("--listen %s: another program uses this port; give another one", address)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("--listen %s: this user may not open the port; give one from 1024 on", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("--listen %s: this machine does not have the address", address)
	}
	return fmt.Errorf("--listen %s: %w", address, err)
}
