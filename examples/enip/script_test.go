package enip

import (
	"bufio"
	"context"
	"encoding/binary"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	enipstatus "github.com/fieldstatus/fieldstatus/enip"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
	"github.com/fieldstatus/fieldstatus/examples/southbound/drivertest"
)

// A script is a controller for one connection that gives its answers one by one,
// whatever it is asked, and then none.
type script struct {
	addr string
	said chan time.Time // when each answer was given
	left chan struct{}  // closed when the driver has hung up
}

func newScript(t *testing.T, answers ...[]byte) script {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := script{l.Addr().String(), make(chan time.Time, len(answers)), make(chan struct{})}
	go func() {
		defer close(s.left)
		c, err := l.Accept()
		if err != nil {
			return
		}
		context.AfterFunc(t.Context(), func() { _ = c.Close() }) // at the end of the test at the latest
		defer c.Close()
		frames := bufio.NewScanner(c)
		frames.Split(enipstatus.ScanFrames)
		for frames.Scan() {
			if len(answers) > 0 {
				s.said <- time.Now()
				_, _ = c.Write(answers[0]) // the driver may have hung up
				answers = answers[1:]
			}
		}
	}()
	t.Cleanup(func() {
		require.NoError(t, l.Close())
		<-s.left
	})
	return s
}

// requireLeft waits until the driver has hung up.
func (s script) requireLeft(t *testing.T) {
	t.Helper()
	select {
	case <-s.left:
	case <-time.After(drivertest.Patience):
		t.Fatal("the driver has left its socket open")
	}
}

// unconnected is the answer to an unconnected request.
func unconnected(cip string) []byte {
	message := unhex(cip)
	frame := unhex("6f00 0000 01000000 00000000 0000000000000000 00000000 00000000 0000 0200 0000 0000 b200")
	frame = append(binary.LittleEndian.AppendUint16(frame, uint16(len(message))), message...)
	binary.LittleEndian.PutUint16(frame[2:], uint16(len(frame)-24))
	return frame
}

var (
	session     = unhex("6500 0400 01000000 00000000 0000000000000000 00000000 01000000")
	sessionZero = unhex("6500 0400 00000000 00000000 0000000000000000 00000000 01000000")
	opened      = unconnected("db000000 01000000 02000000 0300 9999 04000000 40420f00 40420f00 00 00")
	nonsense    = unhex("6f00 0800 01000000 00000000 0000000000000000 00000000 00000000 0000 0000") // an answer without items
)

func TestHandshakesThatGoWrong(t *testing.T) {
	for name, c := range map[string]struct {
		answers [][]byte
		timeout time.Duration
		code    core.Code
	}{
		"a session that is none": {[][]byte{sessionZero, opened}, drivertest.Patience, core.ENIPSessionNotRegistered},
		"no answer":              {nil, 50 * time.Millisecond, core.PluginDeviceNotResponding},
		"no answer to an open":   {[][]byte{session}, 50 * time.Millisecond, core.PluginDeviceNotResponding},
		"nonsense":               {[][]byte{session, nonsense}, drivertest.Patience, core.PluginProtocolParseFailed},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t, c.answers...)
			_, err := Driver{Addr: s.addr, Timeout: c.timeout}.Open(context.Background())
			coretest.RequireCode(t, err, c.code)
			s.requireLeft(t)
		})
	}
}

func TestNonsense(t *testing.T) {
	s := newScript(t, session, opened, nonsense, nonsense, nonsense)
	link, err := Driver{Addr: s.addr, Timeout: drivertest.Patience}.Open(context.Background())
	require.NoError(t, err)
	tag := southbound.Tag{Address: "Speed", Type: southbound.Int16}
	_, err = link.Read(context.Background(), []southbound.Tag{tag})
	coretest.RequireCode(t, err, core.PluginProtocolParseFailed)
	err = link.Write(context.Background(), tag, int16(1))
	coretest.RequireCode(t, err, core.PluginProtocolParseFailed)
	assert.False(t, core.Repeatable(err), "it may have been written")
	coretest.RequireCode(t, link.Close(), core.PluginProtocolParseFailed)
	s.requireLeft(t)
}

// TestLimitBehindConnecting: a request that has to connect first has what that
// leaves of the time.
func TestLimitBehindConnecting(t *testing.T) {
	silent := newScript(t, session, opened)
	opens, err := Driver{Addr: silent.addr, Timeout: time.Hour}.Open(context.Background())
	require.NoError(t, err)
	l := opens.(*link)
	tag := southbound.Tag{Address: "Speed", Type: southbound.Int16}
	short, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err = l.Read(short, []southbound.Tag{tag})
	coretest.RequireCode(t, err, core.PluginDeviceNotResponding)
	silent.requireLeft(t)

	again := newScript(t, session, opened)
	port, err := strconv.ParseUint(again.addr[strings.LastIndex(again.addr, ":")+1:], 10, 16)
	require.NoError(t, err)
	l.client.Controller.Port = uint(port)
	long, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	require.NoError(t, l.ready(long, core.Read))
	<-again.said
	connected := <-again.said
	deadline, _ := long.Deadline()
	assert.Less(t, l.client.SocketTimeout, deadline.Sub(connected), "the request may run past the deadline")
	require.NoError(t, l.Close())
	again.requireLeft(t)
}

// TestCloseDoesNotWait for a controller that is silent.
func TestCloseDoesNotWait(t *testing.T) {
	s := newScript(t, session, opened)
	link, err := Driver{Addr: s.addr, Timeout: time.Minute}.Open(context.Background())
	require.NoError(t, err)
	started := time.Now()
	require.NoError(t, link.Close())
	assert.Less(t, time.Since(started), drivertest.Patience)
	s.requireLeft(t)
}
