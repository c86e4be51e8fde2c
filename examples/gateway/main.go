// Command gateway runs the drivers of these examples as an edge gateway does: it
// polls devices, answers the gateway's API over HTTP, uploads over MQTT, and shows
// the tags on a page with buttons that make the devices fail.
//
//	go run ./examples/gateway
//	go run ./examples/gateway --config plant.json --mqtt tcp://127.0.0.1:1883
//
// Devices that the configuration gives no address for run in this process, so
// that nothing has to be installed. gateway.json is what it does without
// --config, and the model for a file of your own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends at once
	switch err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "gateway:", err)
		os.Exit(1)
	}
}

const usage = `gateway runs the example drivers as an edge gateway: tags, API, page.

  go run ./examples/gateway
  go run ./examples/gateway --config plant.json --mqtt tcp://127.0.0.1:1883

  curl -d '{"node":"press","group":"line1"}' http://127.0.0.1:8080/api/v2/read
  curl -d '{"node":"press","group":"line1","tag":"setpoint","value":7}' http://127.0.0.1:8080/api/v2/write

A configuration:

  {"nodes": [{
    "name": "plant", "protocol": "s7", "group": "line1", "address": "192.168.0.1",
    "interval": "1s", "timeout": "3s", "settings": {"rack": 0, "slot": 1},
    "tags": [{"name": "speed", "address": "DB1.DBW4", "type": "INT16", "readonly": true}]
  }]}

interval is the time from one poll to the next, 500ms when left out. timeout is how long
connecting and a request may take, 700ms when left out. settings are fields of the Driver
of examples/<protocol>. A node without an address gets a device in this process.

Flags:
`

// patience is that of the nodes: a person looks on, so that it is short. A node can
// have a longer timeout.
var patience = southbound.Options{
	Timeout: 700 * time.Millisecond, Retry: 100 * time.Millisecond, RetryMax: 2 * time.Second, Probe: 2 * time.Second, Attempts: 3,
}

// run is the program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("gateway", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // main prints the error, once
	listen := flags.String("listen", "127.0.0.1:8080", "`address` of the API and the page")
	config := flags.String("config", "", "`file` with the nodes; gateway.json of the example when empty")
	broker := flags.String("mqtt", "", "`broker` to upload to, such as tcp://127.0.0.1:1883; none when empty")
	topic := flags.String("topic", "/neuron/example", "`prefix` of the topics: /upload and /state/update come behind it")
	interval := flags.Duration("upload", time.Second, "`pause` between uploads")
	verbose := flags.Bool("v", false, "log what the devices say about themselves")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stderr, usage)
		flags.SetOutput(stderr)
		flags.PrintDefaults()
		return err
	case err != nil:
		return fmt.Errorf("%w, see --help", err)
	case flags.NArg() > 0:
		return fmt.Errorf("%q: give flags only, see --help", flags.Arg(0))
	case *interval <= 0:
		return fmt.Errorf("--upload %v: the pause has to be longer", *interval)
	}
	level := slog.LevelInfo
	if *verbose {
		level = slog.LevelDebug
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level})))
	if !*verbose {
		log.SetOutput(io.Discard) // where clients and devices talk to themselves
	}

	c, err := readConfig(*config)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return fmt.Errorf("%w; give another address with --listen, such as 127.0.0.1:8081", err)
	}
	g, err := newGateway(c, patience)
	if err != nil {
		_ = listener.Close()
		return err
	}
	defer g.Close()
	fmt.Fprintf(stdout, "%d nodes, page and API at http://%s/, end with Ctrl-C\n", len(g.nodes), listener.Addr())
	return g.serve(ctx, listener, func(ctx context.Context) error {
		if *broker == "" {
			return nil
		}
		return uploader{g, *broker, *topic, *interval, 3 * time.Second}.run(ctx)
	})
}

// serve polls, answers and uploads until ctx ends or one of these fails.
func (g *Gateway) serve(ctx context.Context, listener net.Listener, upload func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := &http.Server{
		Handler:           g.handler(),
		ReadHeaderTimeout: 5 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // ends the streams of events too
	}
	var running sync.WaitGroup
	failed := make(chan error, 2)
	running.Go(func() { g.Run(ctx) })
	running.Go(func() {
		if err := upload(ctx); err != nil {
			failed <- err
		}
	})
	running.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	})
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	cancel()
	// A browser keeps connections on which it has asked for nothing yet: no reason
	// to wait.
	last, stop := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer stop()
	if server.Shutdown(last) != nil {
		_ = server.Close()
	}
	running.Wait()
	return err
}
