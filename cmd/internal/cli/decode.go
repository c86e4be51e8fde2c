package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fieldstatus/fieldstatus/cmd/internal/capture"
	"github.com/fieldstatus/fieldstatus/cmd/internal/decode"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
)

// decodeOptions are the flags of decode.
type decodeOptions struct {
	all, json, exitCode bool
	ports               []string
}

func (a *app) decodeCommand() *cobra.Command {
	var o decodeOptions
	cmd := &cobra.Command{
		Use:   "decode [capture | -] | protocol hex...",
		Short: "Find what failed in a network capture",
		Long: `Decode reads a network capture (pcap or pcapng, gzipped or not) from a file or from
standard input and lists what failed: the packet, when, between whom, the native status,
the documented code, what to do and what to check. Requests are paired with their
answers, so that a code can depend on what was asked.

With the name of a protocol it decodes the bytes of frames that are given in hexadecimal.

The exit status is 0 when the input could be decoded, and 2 when not; with --exit-code it
is 1 when something in it failed.`,
		Example: `  fieldstatus decode capture.pcapng
  tcpdump -i eth0 -w - tcp port 102 | fieldstatus decode -
  fieldstatus decode --port s7=1102 --port opcua=4841-4850 capture.pcap
  fieldstatus decode --all --json capture.pcap | jq .code
  fieldstatus decode s7 03000019 02f080 320300000001000200040000 0401 0a000000`,
		Args: wantArgs(0, -1, "give a capture"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return a.completeProtocols(), cobra.ShellCompDirectiveDefault
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.decode(args, o) },
	}
	cmd.Flags().BoolVarP(&o.all, "all", "a", false, "show successes and requests left without an answer too")
	cmd.Flags().BoolVar(&o.json, "json", false, "print one JSON object per line")
	cmd.Flags().BoolVar(&o.exitCode, "exit-code", false, "end with status 1 when something failed")
	cmd.Flags().StringArrayVar(&o.ports, "port", nil, "decode one more `port` or range of ports: s7=1102, knx=3671-3680 (may be repeated)")
	err := cmd.RegisterFlagCompletionFunc("port", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var words []string
		for _, name := range a.protocolNames() {
			words = append(words, name+"=")
		}
		return words, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // the flag is defined two lines above
	}
	return cmd
}

func (a *app) decode(args []string, o decodeOptions) error {
	if len(args) > 0 {
		if p := a.protocol(args[0]); p != nil && (len(args) > 1 || !exists(args[0])) {
			return a.decodeHex(p, args[1:], o)
		}
	}
	if len(args) > 1 {
		return fmt.Errorf("give one capture, or a protocol and bytes in hexadecimal; %q is no protocol", args[0])
	}
	name := "-"
	if len(args) == 1 {
		name = args[0]
	}
	return a.decodeCapture(name, o)
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// open returns the input with the name that messages use.
func (a *app) open(name string) (io.ReadCloser, string, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, "", fileError(name, err)
		}
		if info, err := f.Stat(); err == nil && info.IsDir() {
			f.Close()
			return nil, "", fmt.Errorf("%s is a directory; give a capture in it", name)
		}
		return f, name, nil
	}
	if isTerminal(a.in) {
		return nil, "", errors.New("give a capture: fieldstatus decode FILE, or pipe one into the command")
	}
	if f, ok := a.in.(*os.File); ok {
		return f, "standard input", nil
	}
	return io.NopCloser(a.in), "standard input", nil
}

func fileError(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %s; check the path", name)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be read by this user; check its permissions", name)
	}
	return err
}

func (a *app) decodeCapture(name string, o decodeOptions) error {
	ports := decode.NewPorts(a.protocols)
	for _, flag := range o.ports {
		if err := a.parsePorts(ports, flag); err != nil {
			return err
		}
	}
	in, name, err := a.open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	return a.decodeStream(newProgress(in, a.err), name, ports, o)
}

// decodeStream decodes a capture from its first byte to its last.
func (a *app) decodeStream(progress *progress, name string, ports *decode.Ports, o decodeOptions) error {
	r, err := capture.NewReader(progress)
	switch {
	case errors.Is(err, capture.ErrFormat):
		return fmt.Errorf("%s: %w; save it as pcap or pcapng (in Wireshark: File, Save As)", name, err)
	case err != nil:
		return fmt.Errorf("%s cannot be read as a capture: %w", name, err)
	}
	progress.packets = r.Number
	w := bufio.NewWriter(a.out)
	f := a.newFindings(w, o.all, o.json, true)
	progress.idle = f.show
	engine := decode.NewEngine(ports, f.report)
	ended := engine.Run(r)
	progress.done()
	if err := f.finish(plural(r.Number(), "packet", "packets")); err != nil {
		return err
	}
	a.notes(r, engine)
	if ended != nil {
		return fmt.Errorf("%s: %w; what came before it was decoded", name, ended)
	}
	if o.exitCode && f.failures() > 0 {
		return errFailed
	}
	return nil
}

// notes tells on standard error what the results are based on.
func (a *app) notes(r *capture.Reader, e *decode.Engine) {
	note := func(format string, args ...any) { fmt.Fprintf(a.err, "note: "+format+"\n", args...) }
	n, s := e.Notes, r.Skipped
	if n.Packets == 0 && r.Number() > 0 {
		if port, packets := e.BusiestPort(); packets > 0 {
			transport := "TCP"
			if port.UDP {
				transport = "UDP"
			}
			note("no packet is on a port of a known protocol; most others (%d) use %s port %d: try --port PROTOCOL=%d", packets, transport, port.Number, port.Number)
		} else {
			note("no packet is on a port of a known protocol")
		}
	}
	if s.Fragments > 0 {
		note("%s of fragmented IP packets skipped; fragments are not put together", plural(s.Fragments, "piece", "pieces"))
	}
	var types []string
	for t, count := range s.LinkTypes {
		types = append(types, fmt.Sprintf("%d of link type %d (%s)", count, t, t))
	}
	if slices.Sort(types); len(types) > 0 {
		note("packets skipped: %s; known are Ethernet, loopback, raw IP and Linux cooked captures", strings.Join(types, ", "))
	}
	if n.CutFrames > 0 || s.CutShort > 0 {
		note("%s cut off by the snapshot length; capture whole packets (tcpdump -s 0)", plural(n.CutFrames+s.CutShort, "frame", "frames"))
	}
	if n.LostBytes > 0 {
		note("%d bytes of TCP streams are missing in the capture", n.LostBytes)
	}
	if n.UnreadBytes > 0 {
		note("%d bytes belong to no frame: the capture starts in mid-stream, or the port speaks another protocol", n.UnreadBytes)
	}
	if n.TooLong > 0 || n.Forgotten > 0 {
		note("limits reached: %s, %s", plural(n.TooLong, "frame too long", "frames too long"), plural(n.Forgotten, "connection forgotten", "connections forgotten"))
	}
}

// decodeHex decodes frames that are given as hexadecimal digits.
func (a *app) decodeHex(p *protocol.Protocol, args []string, o decodeOptions) error {
	if p.Scan == nil {
		return fmt.Errorf("%s has no frames that could be decoded", p.Name)
	}
	if len(o.ports) > 0 {
		return errors.New("--port is for captures; bytes have no port")
	}
	if len(args) == 0 || len(args) == 1 && args[0] == "-" {
		if isTerminal(a.in) {
			return fmt.Errorf("give the bytes of a frame: fieldstatus decode %s HEX, or pipe them into the command", p.Name)
		}
		b, err := io.ReadAll(io.LimitReader(a.in, maxHex))
		if err != nil {
			return err
		}
		args = strings.Split(string(b), "\n")
	}
	pieces, err := parseHex(args)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(a.out)
	f := a.newFindings(w, true, o.json, false)
	frames, silent, ended := decode.Bytes(p, pieces, f.report)
	if ended != nil && frames == 1 {
		return ended
	}
	if err := f.finish(plural(frames, "frame", "frames")); err != nil {
		return err
	}
	if silent > 0 {
		fmt.Fprintf(a.err, "note: %s without a status: requests, or messages that a device sends on its own\n", plural(silent, "frame", "frames"))
	}
	if ended != nil {
		return ended
	}
	if o.exitCode && f.failures() > 0 {
		return errFailed
	}
	return nil
}

// maxHex bounds what is read as hexadecimal digits from standard input.
const maxHex = 16 << 20
