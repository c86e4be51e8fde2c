package opcua_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uacp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

func TestTranslate(t *testing.T) {
	opErr := func(op string, err error) error { return &net.OpError{Op: op, Net: "tcp", Err: err} }
	_, parse := url.Parse(strings.Join([]string{"opc.tcp://a", "b"}, " "))
	for _, tt := range []struct {
		name string
		op   core.Op
		err  error
		want core.Code
	}{
		{"status", core.Read, ua.StatusBadNodeIDUnknown, core.OPCUABadNodeIDUnknown},
		{"wrapped status with information bits", core.Read, fmt.Errorf("read: %w", ua.StatusCode(0x80340400)), core.OPCUABadNodeIDUnknown},
		{"service level", core.Read, ua.StatusBadCommunicationError, core.PluginNotConnected},
		{"good service result", core.Read, ua.StatusGoodOverload, core.OK},
		{"uncertain service result", core.Read, fmt.Errorf("%w", ua.StatusUncertainNotAllNodesAvailable), core.OK},
		{"StatusOK as an error", core.Write, ua.StatusOK, core.OK},
		{"a success beside a failure", core.Read, errors.Join(ua.StatusGoodOverload, ua.StatusBadTimeout), core.OPCUATimeout},
		{"a success beside an unknown error", core.Read, errors.Join(ua.StatusGoodOverload, errors.New("boom")), core.PluginReadFailed},
		{"a success beside the end of the connection", core.Read, errors.Join(io.EOF, ua.StatusGoodOverload), core.PluginNotConnected},
		{"ERR message", core.Connect, &uacp.Error{ErrorCode: uint32(ua.StatusBadSecurityPolicyRejected)}, core.OPCUAConnectionConfigError},
		{"ERR message without an error", core.Connect, &uacp.Error{}, core.PluginNotConnected},
		{"ERR message, invalid state", core.Connect, fmt.Errorf("x: %w", &uacp.Error{ErrorCode: uint32(ua.StatusBadInvalidState)}), core.PluginNotConnected},
		{"end of file", core.Read, io.EOF, core.PluginNotConnected},
		{"end of file while opening", core.Connect, io.EOF, core.PluginNotConnected},
		{"reset while opening", core.Connect, opErr("read", os.NewSyscallError("read", syscall.ECONNRESET)), core.PluginNotConnected},
		{"refused", core.Connect, opErr("dial", os.NewSyscallError("connect", syscall.ECONNREFUSED)), core.PluginNotConnected},
		{"unreachable", core.Connect, opErr("dial", os.NewSyscallError("connect", syscall.EHOSTUNREACH)), core.PluginNotConnected},
		{"dial timeout", core.Connect, opErr("dial", context.DeadlineExceeded), core.PluginDeviceNotResponding},
		{"hello not answered", core.Connect, opErr("read", os.ErrDeadlineExceeded), core.PluginDeviceNotResponding},
		{"deadline of a request", core.Read, fmt.Errorf("x: %w", context.DeadlineExceeded), core.OPCUATimeout},
		{"deadline of a write", core.Write, context.DeadlineExceeded, core.OPCUATimeout},
		{"closed", core.Read, opErr("write", net.ErrClosed), core.PluginNotConnected},
		{"cut off inside a value", core.Read, io.ErrUnexpectedEOF, core.PluginProtocolParseFailed},
		{"name not known", core.Connect, &net.DNSError{Name: "plc", IsNotFound: true}, core.OPCUAConnectionConfigError},
		{"resolver away", core.Connect, &net.DNSError{Name: "plc", IsTemporary: true}, core.PluginNotConnected},
		{"certificate", core.Connect, errors.New("x509: malformed certificate"), core.OPCUAConnectionConfigError},
		{"endpoint", core.Connect, parse, core.OPCUAConnectionConfigError},
		{"endpoint of a reconnect", core.Read, parse, core.OPCUAConnectionConfigError},
		{"address that something else refuses", core.Read, &url.Error{Op: "Get", URL: "opc.tcp://a", Err: errors.New("no")}, core.PluginReadFailed},
		{"response of another type", core.Read, opcua.InvalidResponseTypeError{}, core.PluginProtocolParseFailed},
		{"unknown error of gopcua", core.Read, errors.New("opcua: something new"), core.OPCUAError},
		{"unknown error of gopcua while opening", core.Connect, errors.New("opcua: something new"), core.OPCUAConnectionConfigError},
		{"unknown error while opening", core.Connect, errors.New("boom"), core.OPCUAConnectionConfigError},
		{"unknown error", core.Read, errors.New("boom"), core.PluginReadFailed},
		{"unknown error of a write", core.Write, errors.New("boom"), core.PluginWriteFailed},
		{"gopcua's words in the middle prove nothing", core.Read, errors.New("seen: opcua: invalid node id: x"), core.PluginReadFailed},
		{"gopcua's words wrapped", core.Read, fmt.Errorf("seen: %w", errors.New("opcua: invalid node id: x")), core.OPCUABadNodeIDInvalid},
		{"the driver's own prefix", core.Read, fmt.Errorf("opcua: driver: %w", ua.StatusBadNotReadable), core.OPCUABadNotReadable},
		{"code of the library", core.Read, core.OPCUATagNotExist, core.OPCUATagNotExist},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := opcuastatus.Translate(tt.op, tt.err)
			coretest.AssertCode(t, err, tt.want)
			if err != nil {
				assert.ErrorIs(t, err, tt.err, "the cause is kept")
			}
		})
	}
	assert.Equal(t, context.Canceled, opcuastatus.Translate(core.Read, context.Canceled))
	assert.NoError(t, opcuastatus.Translate(core.Read, nil))
	assert.NoError(t, opcuastatus.TranslateItem(core.Read, nil))
	assert.NoError(t, opcuastatus.TranslateSecured(nil))

	// a hint where the client has lost the reason
	closed := core.StatusOf(opcuastatus.Translate(core.Connect, io.EOF))
	assert.Contains(t, closed.Hint(), "certificate")
	assert.Equal(t, core.Reconnect, closed.Remedy())
	refused := opcuastatus.TranslateSecured(fmt.Errorf("dial: %w", io.EOF))
	coretest.AssertCode(t, refused, core.OPCUAConnectionConfigError)
	coretest.AssertRemedy(t, refused, core.Fix)
	coretest.AssertCode(t, opcuastatus.TranslateSecured(ua.StatusBadTooManySessions), core.PluginNotConnected)

	// statuses of items
	coretest.AssertCode(t, opcuastatus.TranslateItem(core.Read, ua.StatusBadCommunicationError), core.OPCUABadNoCommunication)
	coretest.AssertCode(t, opcuastatus.TranslateItem(core.Read, ua.StatusBadNotConnected), core.PluginTagValueInvalid)
	assert.NoError(t, opcuastatus.TranslateItem(core.Read, ua.StatusCode(0x480)))
	coretest.AssertCode(t, opcuastatus.TranslateItem(core.Read, io.EOF), core.PluginNotConnected)
}

// TestTranslateGopcua gets the errors from gopcua itself.
func TestTranslateGopcua(t *testing.T) {
	check := func(name string, op core.Op, err error, want core.Code) {
		t.Helper()
		require.Error(t, err, name)
		t.Run(name, func(t *testing.T) { coretest.AssertCode(t, opcuastatus.Translate(op, err), want) })
	}
	for _, id := range []string{"ns=x;i=1", "ns=70000;i=1", "i=x", "i=9999999999", "g=x", "b=?", "x=1;s=2", "nsu=urn:x;s=1"} {
		_, err := ua.ParseNodeID(id)
		check("node id "+id, core.Read, err, core.OPCUABadNodeIDInvalid)
	}
	_, err := ua.ParseExpandedNodeID("nsu=urn:x;s=1", []string{"urn:y"})
	check("namespace not on the server", core.Read, err, core.OPCUATagNotExist)
	check("number of a node id", core.Read, ua.NewTwoByteNodeID(1).SetIntID(300), core.OPCUABadNodeIDInvalid)
	_, err = ua.NewVariant(struct{}{})
	check("value of no type of OPC UA", core.Write, err, core.OPCUATagUnsupported)
	_, err = opcua.SelectEndpoint(nil, "", 0)
	check("no endpoints", core.Connect, err, core.OPCUAConnectionConfigError)
	_, err = opcua.SelectEndpoint([]*ua.EndpointDescription{{}}, "Basic256", ua.MessageSecurityModeSign)
	check("no endpoint with this policy", core.Other, err, core.OPCUAConnectionConfigError)
	dir := t.TempDir()
	junk := filepath.Join(dir, "junk.pem")
	require.NoError(t, os.WriteFile(junk, []byte("junk"), 0o600))
	for _, option := range []opcua.Option{
		opcua.PrivateKeyFile(filepath.Join(dir, "missing")), opcua.PrivateKeyFile(junk), opcua.CertificateFile(filepath.Join(dir, "missing")),
		opcua.CertificateFile(junk), opcua.Certificate([]byte("junk")),
	} {
		_, err = opcua.NewClient("opc.tcp://127.0.0.1:1", option)
		check("configuration", core.Other, err, core.OPCUAConnectionConfigError)
	}
	assert.Regexp(t, `^invalid response: got .* want .*`, opcua.InvalidResponseTypeError{}.Error())

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	connectTo := func(url string, options ...opcua.Option) error {
		c, err := opcua.NewClient(url, append([]opcua.Option{opcua.AutoReconnect(false), opcua.RequestTimeout(200 * time.Millisecond)}, options...)...)
		require.NoError(t, err)
		err = c.Connect(ctx)
		c.Close(ctx)
		return err
	}
	check("scheme", core.Other, connectTo("http://127.0.0.1"), core.OPCUAConnectionConfigError)
	check("policy without a key", core.Other, connectTo(fake(t, ack, nothing), opcua.SecurityPolicy("Basic256Sha256"), opcua.SecurityMode(ua.MessageSecurityModeSign)), core.OPCUAConnectionConfigError)
	check("policy None with Sign", core.Other, connectTo(fake(t, ack, nothing), opcua.SecurityPolicy("None"), opcua.SecurityMode(ua.MessageSecurityModeSign)), core.OPCUAConnectionConfigError)

	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l.Close()
	check("nobody listens", core.Connect, connectTo("opc.tcp://"+l.Addr().String()), core.PluginNotConnected)

	err32 := func(code ua.StatusCode) []byte {
		b := binary.LittleEndian.AppendUint32([]byte("ERRF\x10\x00\x00\x00"), uint32(code))
		return append(b, 0xFF, 0xFF, 0xFF, 0xFF)
	}
	check("ERR to hello", core.Connect, connectTo(fake(t, err32(ua.StatusBadTCPEndpointURLInvalid))), core.OPCUAConnectionConfigError)
	check("ERR to hello without an error", core.Connect, connectTo(fake(t, err32(0))), core.PluginNotConnected)
	check("hang-up after hello", core.Connect, connectTo(fake(t, nil)), core.PluginNotConnected)
	check("answer of another protocol", core.Connect, connectTo(fake(t, []byte("HTTP/1.1 400 Bad Request\r\n"))), core.PluginProtocolParseFailed)
	check("answer of another type", core.Connect, connectTo(fake(t, []byte("MSGF\x08\x00\x00\x00"))), core.PluginProtocolParseFailed)
	check("answer with a size that lies", core.Connect, connectTo(fake(t, []byte("ACKF\x01\x00\x00\x00"))), core.PluginProtocolParseFailed)
	check("answer cut off", core.Connect, connectTo(fake(t, ack[:20])), core.PluginProtocolParseFailed)
	check("hang-up after the acknowledgement", core.Connect, connectTo(fake(t, ack, nil)), core.PluginNotConnected)
	check("ERR after the acknowledgement is lost", core.Connect, connectTo(fake(t, ack, err32(ua.StatusBadCertificateUntrusted))), core.PluginNotConnected)
	check("silence after the acknowledgement", core.Connect, connectTo(fake(t, ack, nothing)), core.OPCUATimeout)
	func() {
		short, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		c, err := opcua.NewClient(fake(t, nothing))
		require.NoError(t, err)
		check("silence after hello", core.Connect, c.Connect(short), core.PluginDeviceNotResponding)
		canceled, cancel := context.WithCancel(context.Background())
		cancel()
		err = opcuastatus.Translate(core.Connect, c.Connect(canceled))
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, core.PluginNotRunning, core.CodeOf(err))
	}()
}

// TestTranslateConnected gets errors from a client that is connected.
func TestTranslateConnected(t *testing.T) {
	port := startServer(t, nil)
	c := connect(t, fmt.Sprintf("opc.tcp://127.0.0.1:%d", port))
	ctx := context.Background()
	coretest.AssertCode(t, opcuastatus.Translate(core.Connect, c.Connect(ctx)), core.OPCUAError)
	_, err := c.FindNamespace(ctx, "urn:missing")
	coretest.AssertCode(t, opcuastatus.Translate(core.Read, err), core.OPCUATagNotExist)

	late, cancel := context.WithDeadline(ctx, time.Now().Add(-time.Second))
	defer cancel()
	_, err = c.Read(late, &ua.ReadRequest{NodesToRead: []*ua.ReadValueID{{NodeID: node("value:0")}}})
	coretest.AssertCode(t, opcuastatus.Translate(core.Read, err), core.OPCUATimeout)
	coretest.AssertCode(t, opcuastatus.Translate(core.Write, err), core.OPCUATimeout)

	require.NoError(t, c.Close(ctx))
	_, err = c.Read(ctx, &ua.ReadRequest{NodesToRead: []*ua.ReadValueID{{NodeID: node("value:0")}}})
	coretest.AssertCode(t, opcuastatus.Translate(core.Read, err), core.PluginNotConnected)
}

var (
	ack     = append([]byte("ACKF"), 28, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	nothing = []byte{}
)

// fake listens on loopback and answers each frame with the next of answers:
// nil closes the connection, nothing leaves it open without a word. It closes
// the connection behind the last answer.
func fake(t *testing.T, answers ...[]byte) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				b := make([]byte, 1<<16)
				for _, answer := range answers {
					if _, err := c.Read(b); err != nil || answer == nil {
						return
					}
					if len(answer) == 0 {
						io.Copy(io.Discard, c)
						return
					}
					c.Write(answer)
				}
			}()
		}
	}()
	return "opc.tcp://" + l.Addr().String()
}
