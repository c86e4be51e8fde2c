package fins

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/fins/internal/gofins/bronystylecrazy"
	"github.com/fieldstatus/fieldstatus/fins/internal/gofins/chia0hwan9"
	"github.com/fieldstatus/fieldstatus/fins/internal/gofins/l1va"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

// clientErrors are errors of the clients that Translate names, and what they
// mean for a read.
func clientErrors() []struct {
	err    error
	status core.Status
} {
	type c = []struct {
		err    error
		status core.Status
	}
	text := errors.New
	return c{
		// l1va/gofins, folke99/gofins, siyka-au/gofins
		{text("error reported by destination, end code 0x1104"), AddressRangeExceeded.Status()},
		{text("error reported by destination, end code 0x402"), NotSupportedByModelOrVersion.Status()},
		{text("error reported by destination, end code 0x1"), ServiceCanceled.Status()},
		{text("error reported by destination, end code 0x8545"), EndCode(0x8545).Status()},
		{text("error reported by destination, end code 0x40"), ValueDropped.Status().WithExtended(0x40)},
		{text("error reported by destination, end code 0x4a10a0"), EndCodeLost.Status()},
		{text("error reported by destination, end code 0xffffffffffffffffff"), EndCodeLost.Status()},
		{text("Response timeout of 20ms has been reached"), core.NetDeadline.Status()},
		{l1va.ResponseTimeoutError{}, core.NetDeadline.Status()},
		{l1va.IncompatibleMemoryAreaError{}, AreaMismatch.Status()},
		// bronystylecrazy/gofins
		{bronystylecrazy.EndCodeError{EndCode: 0x2002}, ReadProtected.Status()},
		{text("destination returned end code 0x2002"), ReadProtected.Status()},
		{text("FINS/TCP error: 32"), TCPAllConnectionsInUse.Status()},
		{text("FINS/TCP error: 4294967295"), TCPError(0xFFFFFFFF).Status()},
		{text("FINS/TCP error: 4294967296"), TCPFrameSendErrorNotification.Status()},
		{text("handshake failed with error code: 34"), TCPProtectedNodeAccess.Status()},
		{text("unexpected handshake command: 1"), HandshakeFailed.Status()},
		// chia0hwan9/gofins
		{&chia0hwan9.EndCodeError{Code: 0x1103, Command: 0x0101}, AddressRangeError.Status()},
		{text("FINS error: address range error (code 0x1103) for command 0x0101"), AddressRangeError.Status()},
		{text("FINS error: (code 0x12345) for command 0x0101"), EndCodeLost.Status()},
		{&chia0hwan9.TCPError{Code: 0x21, Stage: "handshake"}, TCPNodeAlreadyConnected.Status()},
		{text("FINS/TCP error 0x00000024"), TCPSameNodeAddress.Status()},
		{&chia0hwan9.TCPError{}, TCPFrameSendErrorNotification.Status()},
		{&chia0hwan9.ProtocolError{}, core.FrameMalformed.Status()},
		{&chia0hwan9.NotConnectedError{}, core.NetClosed.Status()},
		{&chia0hwan9.ConnectionClosedError{}, Disconnected.Status()},
		{&chia0hwan9.ResponseTimeoutError{}, core.NetDeadline.Status()},
		{text("response timeout after 2s"), core.NetDeadline.Status()},
		// hiroeorz/omron-fins-go, decimal
		{text("failure code: 17 : 3\n"), AddressRangeError.Status()},
		{text("failure code: 64 : 1\n"), ServiceAborted.Status()},
		{text("failure code: 255 : 255\n"), EndCode(0xFFFF).Status()},
		{text("failure code: 300 : 1\n"), EndCodeLost.Status()},
		{text("failure code: 256 : 1\n"), EndCodeLost.Status()},
		{text("failure code: 1 : 256\n"), EndCodeLost.Status()},
		// nobody's
		{l1va.EndCodeError{Code: "0x1103"}, EndCodeLost.Status()},
		{l1va.TCPError("FINS/TCP error 0x20"), TCPAllConnectionsInUse.Status()},
	}
}

func TestTranslateClients(t *testing.T) {
	for _, c := range clientErrors() {
		for _, err := range []error{c.err, fmt.Errorf("read D100: %w", c.err), errors.Join(errors.New("poll"), c.err)} {
			got := Translate(core.Read, err)
			require.Error(t, got, "%T %v", err, err)
			assert.Equal(t, c.status, core.StatusOf(got), "%T %v", err, err)
			assert.ErrorIs(t, got, c.err)
		}
	}
}

func TestTranslateLaws(t *testing.T) {
	var own []error
	for _, c := range clientErrors() {
		own = append(own, c.err)
	}
	laws.Translate(t, Translate, own...)
}

// TestTranslateFlagsOfSuccess: clients report flags as failures. A write has
// been carried out; of a read the client has dropped the value.
func TestTranslateFlagsOfSuccess(t *testing.T) {
	for _, err := range []error{
		errors.New("error reported by destination, end code 0x40"), &chia0hwan9.EndCodeError{Code: 0x00C0, Command: 0x0102}, errors.New("failure code: 0 : 128\n"),
	} {
		assert.NoError(t, Translate(core.Write, err), err)
		assert.NoError(t, Translate(core.Other, err), err)
		read := Translate(core.Read, err)
		assert.ErrorIs(t, read, ValueDropped)
		assert.Equal(t, core.PluginReadFailed, core.CodeOf(read))
		code, ok := core.StatusOf(read).Extended()
		assert.True(t, ok && EndCode(code).Plain() == NormalCompletion)
	}
}

func TestTranslateConnections(t *testing.T) {
	on := func(op string, err error) error { return &net.OpError{Op: op, Net: "tcp", Err: err} }
	call := os.NewSyscallError
	for _, c := range []struct {
		err           error
		connect, read core.Code
	}{
		{on("dial", call("connect", syscall.ECONNREFUSED)), core.PluginNotConnected, core.PluginNotConnected},
		{on("dial", os.ErrDeadlineExceeded), core.PluginNotConnected, core.PluginNotConnected},
		{&net.DNSError{Err: "no such host", Name: "plc", IsNotFound: true}, core.PluginNotConnected, core.PluginNotConnected},
		{io.EOF, core.FINSDisconnected, core.FINSDisconnected},
		{io.ErrUnexpectedEOF, core.FINSDisconnected, core.FINSDisconnected},
		{on("read", call("read", syscall.ECONNRESET)), core.FINSDisconnected, core.FINSDisconnected},
		{on("write", call("write", syscall.EPIPE)), core.FINSDisconnected, core.FINSDisconnected},
		{on("read", net.ErrClosed), core.FINSDisconnected, core.FINSDisconnected},
		{on("read", os.ErrDeadlineExceeded), core.FINSDisconnected, core.PluginDeviceNotResponding},
		{context.DeadlineExceeded, core.FINSDisconnected, core.PluginDeviceNotResponding},
		{on("read", call("read", syscall.ETIMEDOUT)), core.FINSDisconnected, core.PluginDeviceNotResponding},
		{&net.OpError{Op: "read", Net: "udp", Err: call("read", syscall.ECONNREFUSED)}, core.PluginNotConnected, core.PluginNotConnected},
		{badFrame(fault{0, "no FINS/TCP magic"}), core.FINSDisconnected, core.PluginProtocolParseFailed},
		{errors.New("no idea"), core.PluginReadFailed, core.PluginReadFailed},
	} {
		assert.Equal(t, c.connect, core.CodeOf(Translate(core.Connect, c.err)), "connect: %v", c.err)
		assert.Equal(t, c.read, core.CodeOf(Translate(core.Read, c.err)), "read: %v", c.err)
	}
	assert.ErrorIs(t, Translate(core.Connect, io.EOF), HandshakeFailed)
	assert.ErrorIs(t, Translate(core.Write, io.EOF), Disconnected)
	assert.False(t, core.Repeatable(Translate(core.Write, io.EOF)), "the write may have happened")
	assert.Equal(t, core.Reconnect, core.RemedyOf(Translate(core.Read, io.EOF)))
	assert.Equal(t, context.Canceled, Translate(core.Read, context.Canceled))
}

// An EndCodeError is a type of another package, with the name of one of gofins.
type EndCodeError struct{ EndCode uint16 }

func (EndCodeError) Error() string { return "no idea" }

func TestTypesOfOtherPackagesAreLeftAlone(t *testing.T) {
	got := Translate(core.Read, EndCodeError{0x1103})
	assert.Equal(t, core.PluginReadFailed, core.CodeOf(got))
	assert.Equal(t, core.Status{}, core.StatusOf(got))
}

func TestAlphanumerics(t *testing.T) {
	one := regexp.MustCompile(`^[0-9A-Za-z]$`)
	for c := range 256 {
		assert.Equal(t, one.Match([]byte{byte(c)}), isAlphanumeric(byte(c)), "%q", rune(c))
	}
}

// TestTranslateDoesNotGuess: texts that only look alike are left alone.
func TestTranslateDoesNotGuess(t *testing.T) {
	for _, text := range []string{
		"end code 0x", "end code 0xZZ", "end code 0x11g4", "end code 1104", "bend codes 0x1104",
		"FINS error: something", "(code 0x1103) for command 0x0101", "FINS error: (code 0x1103", "status code 0x80340000",
		"failure code: 17", "failure code: 17 - 3", "failure code: x : 3", "failure code: 17, see manual : 3",
		"FINS/TCP error: none", "FINS/TCP error: 0x20", "FINS/TCP error 32", "handshake failed with error code: ?", "timeout",
	} {
		got := Translate(core.Read, errors.New(text))
		assert.Equal(t, core.PluginReadFailed, core.CodeOf(got), text)
		assert.Equal(t, core.Status{}, core.StatusOf(got), text)
	}
}
