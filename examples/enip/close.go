package enip

import (
	"time"

	"github.com/fieldstatus/fieldstatus/core"
)

// goodbye is how long a controller may take to close the connection with us. One
// that is silent keeps it for some seconds more.
const goodbye = 100 * time.Millisecond

// Close implements [southbound.Link].
func (l *link) Close() (err error) {
	l.closed = true
	defer l.hangUp()
	defer recovered(core.Other, &err)
	if !l.client.Connected() { // gologix has closed it when a request failed
		return nil
	}
	l.client.SocketTimeout = goodbye
	return recognizer.Translate(core.Other, l.client.Disconnect())
}

// hangUp closes the socket, which gologix leaves open when the controller refuses
// the handshake. When there is none, because the dial failed, gologix panics.
func (l *link) hangUp() {
	defer func() { _ = recover() }()
	l.client.DebugCloseConn()
}
