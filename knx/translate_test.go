package knx

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

// clientCode behaves as knxnet.ErrCode does.
type clientCode uint8

func (c clientCode) Error() string { return clientText(uint8(c)) }

func clientText(status uint8) string {
	switch status {
	case 0x21:
		return "No active data connection"
	case 0x24:
		return "No more connections available"
	case 0x26:
		return "Data connection error"
	case 0x29:
		return "Unsupported tunnelling layer"
	}
	return fmt.Sprintf("Unknown error code %#x", status)
}

// otherCode is some error that happens to be an octet.
type otherCode uint8

func (otherCode) Error() string { return "out of paper" }

func rejected(status uint8) error {
	return fmt.Errorf("tunnelConn request has been rejected with status %#x", clientCode(status))
}

var recognizer = Recognizer{StatusText: clientText}

func TestTranslateLaws(t *testing.T) {
	own := []error{
		ENoMoreConnections, AckETunnellingLayer, ConfirmError, TDisconnect, GroupReadTimeout, FrameSequenceGap,
		clientCode(0x24), clientCode(0x99), otherCode(3), rejected(0x29), rejected(0x77),
		errors.New("response timeout reached"), errors.New("connection server has terminated"), errors.New("cannot tunnel to multicast address"),
	}
	laws.Translate(t, Translate, own...)
	laws.Translate(t, recognizer.Translate, own...)
}

func TestRecognizerAcknowledgements(t *testing.T) {
	for status := 1; status < 256; status++ {
		err := recognizer.Translate(core.Write, fmt.Errorf("group write: %w", rejected(uint8(status))))
		assert.Equal(t, AckCode(status).Status(), core.StatusOf(err))
		coretest.AssertStatus(t, err, AckCode(status))
		coretest.AssertCode(t, err, AckCode(status).Status().Code(core.Write))
	}
	for _, text := range []string{
		"tunnelConn request has been rejected with status 0x",
		"tunnelConn request has been rejected with status 0x4",
		"tunnelConn request has been rejected with status 0x6f6f7073",
		"a tunnelConn request has been rejected with status 0x4e6f",
		rejected(0).Error(), // the client says so of no telegram
	} {
		assert.Equal(t, core.Status{}, core.StatusOf(recognizer.Translate(core.Write, errors.New(text))), text)
	}
}

func TestRecognizerConnectResponses(t *testing.T) {
	for status := 1; status < 256; status++ {
		err := recognizer.Translate(core.Connect, fmt.Errorf("gateway: %w", clientCode(status)))
		assert.Equal(t, ErrorCode(status).Status(), core.StatusOf(err))
		var cause clientCode
		assert.True(t, errors.As(err, &cause))
	}
	assert.NoError(t, recognizer.Translate(core.Connect, clientCode(0)))
	err := recognizer.Translate(core.Connect, otherCode(0x24))
	assert.Equal(t, core.Status{}, core.StatusOf(err), "not every octet is a status")
}

// TestTranslateNumbers: without the client's texts only those with a number say
// which status it was.
func TestTranslateNumbers(t *testing.T) {
	coretest.AssertStatus(t, Translate(core.Connect, clientCode(0x2D)), ENoTunnellingAddress)
	coretest.AssertStatus(t, Translate(core.Write, rejected(0x2E)), AckEConnectionInUse)
	coretest.AssertCode(t, Translate(core.Write, rejected(0x21)), core.PluginWriteFailed)
}

func TestTranslateTexts(t *testing.T) {
	for _, c := range []struct {
		text string
		op   core.Op
		want error
		code core.Code
	}{
		{"response timeout reached", core.Connect, ConnectTimeout, core.PluginDeviceNotResponding},
		{"response timeout reached", core.Write, TunnelAckTimeout, core.PluginDeviceNotResponding},
		{"socket's inbound channel has been closed", core.Connect, SocketClosed, core.PluginNotConnected},
		{"connection server has terminated", core.Write, SocketClosed, core.PluginNotConnected},
		{"cannot tunnel to multicast address", core.Connect, core.NetDialFailed, core.PluginNotConnected},
		{"given application data has invalid length", core.Read, ValueLengthMismatch, core.PluginTagTypeMismatch},
		{"invalid main, middle or sub group address in 99/0/1", core.Read, AddressSyntax, 2205},
		{"string cannot be parsed to an individual address", core.Read, AddressSyntax, 2205},
	} {
		err := Translate(c.op, fmt.Errorf("driver: %w", errors.New(c.text)))
		coretest.AssertCode(t, err, c.code)
		coretest.AssertStatus(t, err, c.want)
		coretest.AssertCode(t, Translate(c.op, errors.New("not "+c.text)), core.Status{}.Code(c.op))
	}
}

func TestTranslateNetwork(t *testing.T) {
	refused := &net.OpError{Op: "read", Net: "udp", Err: os.NewSyscallError("recvfrom", syscall.ECONNREFUSED)}
	coretest.AssertCode(t, Translate(core.Connect, refused), core.PluginNotConnected)
	coretest.AssertCode(t, Translate(core.Connect, &net.DNSError{Name: "gateway", IsNotFound: true}), core.PluginNotConnected)
	coretest.AssertCode(t, Translate(core.Read, context.DeadlineExceeded), core.PluginDeviceNotResponding)
	assert.Equal(t, context.Canceled, Translate(core.Read, context.Canceled))
	joined := errors.Join(errors.New("first"), fmt.Errorf("second: %w", clientCode(0x24)))
	coretest.AssertStatus(t, recognizer.Translate(core.Connect, joined), ENoMoreConnections)
}
