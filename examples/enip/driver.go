// Package enip is a small driver for tags of Logix controllers, on the client
// library gologix. It shows where the documented codes come from: the texts of
// the library, the session that it does not look at, and its panics.
package enip

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/danomagnum/gologix"

	"github.com/fieldstatus/fieldstatus/core"
	enipstatus "github.com/fieldstatus/fieldstatus/enip"
)

// recognizer knows gologix's texts, which it takes from gologix.
var recognizer = enipstatus.Recognizer{
	StatusText: func(general uint8) string { return gologix.CIPStatus(general).String() },
}

// A Driver reads and writes tags.
type Driver struct{ client *gologix.Client }

// Open connects to the controller in slot 0 behind host and port.
func Open(host string, port uint, timeout time.Duration) (*Driver, error) {
	client := gologix.NewClient(host)
	client.Controller.Port = port
	client.SocketTimeout = timeout
	client.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	client.AutoConnect = false // the driver decides when to connect again
	if err := client.Connect(); err != nil {
		hangUp(client)
		return nil, recognizer.Translate(core.Connect, err)
	}
	if client.SessionHandle == 0 { // gologix does not look at a refusal
		_ = client.Disconnect() // only tidies up
		return nil, &core.Error{Code: core.ENIPSessionNotRegistered, Op: core.Connect}
	}
	return &Driver{client}, nil
}

// hangUp closes the socket that gologix leaves open when the controller refuses
// the handshake. When there is none, because the dial failed, gologix panics.
func hangUp(client *gologix.Client) {
	defer func() { _ = recover() }()
	client.DebugCloseConn()
}

// Close closes the connection.
func (d *Driver) Close() error { return recognizer.Translate(core.Other, d.client.Disconnect()) }

// Read reads one tag into the variable that value points to.
func (d *Driver) Read(tag string, value any) (err error) {
	defer recovered(&err)
	return core.Tagged(tag, recognizer.Translate(core.Read, d.client.Read(tag, value)))
}

// ReadAll reads several tags at once. The keys are the tags, the values say
// which types they have. It fails as a whole: read the tags one by one then.
func (d *Driver) ReadAll(values map[string]any) (err error) {
	defer recovered(&err)
	return recognizer.Translate(core.Read, d.client.ReadMap(values))
}

// Write writes one tag. Several are written one by one: gologix does not look
// at the answer to a packet of writes.
func (d *Driver) Write(tag string, value any) (err error) {
	defer recovered(&err)
	return core.Tagged(tag, recognizer.Translate(core.Write, d.client.Write(tag, value)))
}

// recovered turns a panic of gologix, which trusts the offsets and counts of a
// reply, into the 3009 that it is.
func recovered(err *error) {
	if p := recover(); p != nil {
		cause := fmt.Errorf("gologix: %v", p)
		*err = core.FrameMalformed.Status().Wrap(core.Read, cause)
	}
}
