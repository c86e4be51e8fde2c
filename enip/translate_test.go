package enip

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

// texts stands for gologix's CIPStatus.String; the real one is tested in the
// examples module.
func texts(b uint8) string { return fmt.Sprintf("Text of %d - it is long", b) }

var recognizer = Recognizer{StatusText: texts}

var reset = &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
var dialRefused = &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
var timeout = &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}

// cases are the wordings of gologix v0.41.0-beta.
var cases = []struct {
	err   error
	op    core.Op
	code  core.Code
	plain core.Code // without the texts of gologix, 0 when it is the same
}{
	// The transport.
	{fmt.Errorf("cannot connect to controller: %w", dialRefused), core.Connect, 3002, 0},
	{fmt.Errorf("cannot get connect response: %w", fmt.Errorf("error disconnecting after recvError %w: %w", fmt.Errorf("problem reading header from socket: %w", io.EOF), errors.New("client is still connecting, cannot disconnect"))), core.Connect, 3002, 0},
	{fmt.Errorf("error receiving data resulting in forced disconnect: problem reading header from socket: %w", reset), core.Read, 3002, 0},
	{fmt.Errorf("error receiving data resulting in forced disconnect: problem reading header from socket: %w", timeout), core.Read, 3015, 0},
	{fmt.Errorf("error sending data resulting in forced disconnect: problem writing to socket: %w", syscall.EPIPE), core.Write, 3002, 0},
	{errors.New("not connected and AutoConnect not enabled"), core.Read, 3002, 0},
	{fmt.Errorf("not connected and connect attempt failed: cannot connect to controller: %w", dialRefused), core.Read, 3002, 0},
	{errors.New("not connected and connect attempt failed: connection is already in progress"), core.Read, 3002, 0},

	// Forward Open.
	{errors.New("forward open failed. status: 100"), core.Connect, 10799, 0},
	{errors.New("forward open failed. status: 1"), core.Connect, 10708, 0},
	{errors.New("bad status on response status: " + texts(1)), core.Connect, 10797, 3000},
	{errors.New("not connected and connect attempt failed: bad status on response status: " + texts(1)), core.Read, 10797, 3002},
	{errors.New("bad status on response status: " + texts(2)), core.Connect, 10702, 3000},

	// Reads.
	{errors.New("read of Speed returned status " + texts(0xFF)), core.Read, 10731, 3000},
	{errors.New("partial transfer read of Speed: FragRead at offset 8 returned status " + texts(5)), core.Read, 10705, 3000},
	{errors.New("partial transfer read of Speed: structured tag types are not yet supported in fragmented reads"), core.Read, 10706, 0},
	{fmt.Errorf("problem reading item 2's header. %w", io.ErrUnexpectedEOF), core.Read, 3000, 0},
	{fmt.Errorf("couldn't read item count. %w", io.EOF), core.Read, 10799, 0},
	{fmt.Errorf("couldn't read item 1 header. %w", io.ErrUnexpectedEOF), core.Read, 3009, 0},
	{fmt.Errorf("couldn't read item 1 (hdr: {ID:177 Length:20}) data. %w", io.ErrUnexpectedEOF), core.Read, 3009, 0},
	{errors.New("couldn't convert to correct type"), core.Read, 10798, 0},
	{errors.New("couldn't convert to byte slice"), core.Read, 10798, 0},
	{errors.New("service returned status " + texts(8)), core.Read, 10708, 3000},
	{errors.New("problem reading {Speed 0xC4 - DINT 1 0}. Status 261"), core.Read, 10705, 0},
	{fmt.Errorf("problem reading multi result header. %w", io.ErrUnexpectedEOF), core.Read, 3000, 0},
	{errors.New("problem reading tags. Status " + texts(0x64)), core.Read, 10799, 3000},
	{errors.New("problem reading tags. Status " + texts(1)), core.Read, 10708, 3000},

	// Writes and messages.
	{errors.New("got status 255:1:8455 instead of 0 in write response.  Problem getting extended status %!w(<nil>)"), core.Write, 10798, 0},
	{errors.New("got status 255:1:8453 instead of 0 in write response.  Problem getting extended status %!w(<nil>)"), core.Write, 10704, 0},
	{errors.New("got status 31:2:0 instead of 0 in write response"), core.Write, 10731, 0},
	{errors.New("got status 15:0:0 instead of 0 in write response"), core.Write, 10715, 0},
	{errors.New("got non-success status 100 when writing"), core.Write, 10799, 0},
	{errors.New("response header has status 0xA (" + texts(10) + ")"), core.Read, 10710, 0},
	{errors.New("response header has status 0x104 (" + texts(4) + ")"), core.Read, 10704, 0},
	{fmt.Errorf("problpm reading read result header: %w", io.EOF), core.Read, 10799, 0},
	{errors.New("problem reading sequence counter: item out of data"), core.Read, 3009, 0},
	{errors.New("problem reading service response: item out of data"), core.Read, 3009, 0},
	{errors.New("problem getting resposne status: item out of data"), core.Read, 3009, 0},
	{fmt.Errorf("problem deserializing write response header, %w", io.ErrUnexpectedEOF), core.Write, 3009, 0},
	{fmt.Errorf("problem deserializing write response header, %w", io.EOF), core.Write, 3009, 0},
	{errors.New("expected service response 0x0A but got 0x4C"), core.Read, 3012, 0},
	{errors.New("CIP status error: expected 0x0 (OK), got 0x2C (" + texts(0x2C) + ")"), core.Read, 10744, 0},
}

func TestTranslateTexts(t *testing.T) {
	for _, c := range cases {
		err := recognizer.Translate(c.op, c.err)
		assert.Equal(t, c.code, core.CodeOf(err), "%v", c.err)
		assert.ErrorIs(t, err, c.err)
		plain := c.plain
		if plain == 0 {
			plain = c.code
		}
		assert.Equal(t, plain, core.CodeOf(Translate(c.op, c.err)), "plain: %v", c.err)
	}
	err := Translate(core.Write, errors.New("got status 255:1:8455 instead of 0 in write response.  Problem getting extended status %!w(<nil>)"))
	assert.ErrorIs(t, err, LogixDataTypeMismatch)
	assert.ErrorIs(t, err, GeneralError)
	assert.Equal(t, core.Fix, core.RemedyOf(err))
	err = Translate(core.Read, fmt.Errorf("couldn't read item count. %w", io.EOF))
	assert.Equal(t, core.Reconnect, core.RemedyOf(err))
	err = Translate(core.Read, fmt.Errorf("problem reading item 2's header. %w", io.ErrUnexpectedEOF))
	assert.Equal(t, core.Request, core.ScopeOf(err), "the connection is fine")
}

// TestTranslateEveryText: all 256 texts, in every wording that ends in one.
func TestTranslateEveryText(t *testing.T) {
	for n := range 256 {
		text := texts(uint8(n))
		for _, mark := range []string{"read of Speed returned status ", "service returned status ", "FragRead at offset 4 returned status "} {
			got := core.CodeOf(recognizer.Translate(core.Read, errors.New(mark+text)))
			assert.Equal(t, generalCode(n, -1, core.Read), got, mark+text)
		}
		got := core.CodeOf(recognizer.Translate(core.Connect, errors.New("bad status on response status: "+text)))
		assert.Equal(t, generalCode(n, -1, core.Connect), got, text)
		got = core.CodeOf(recognizer.Translate(core.Read, errors.New("problem reading tags. Status "+text)))
		assert.Equal(t, EncapsulationStatus(n).Status().Code(core.Read), got, text)
	}
}

// TestTranslateForeign: nothing is recognised by guessing.
func TestTranslateForeign(t *testing.T) {
	for _, text := range []string{
		"status 8", "got status 8", "got status 255:1:8455", "got status 300:0:0 instead of 0 in write response", "got status 8:x:0 instead of 0 in write response",
		"got status 8:0:y instead of 0 in write response", "got status : instead of 0 in write response", "response header has status 0x", "response header has status 0xA",
		"response header has status 0x1FFFF (x)", "CIP status error: expected 0x0 (OK)", "CIP status error: expected 0x0 (OK), got 0xFFF (x)", "problem reading {x}. Status ",
		"problem reading {x}. Status 5 and more", "got non-success status 100", "got non-success status 100 when reading", "forward open failed. status: ", "forward open failed. status: 5x",
		"read of Speed returned status Unknown", "service returned status ", "problem reading x. Status 5", "expected service response 0x0A", "problem reading something: item out of data", "couldn't convert to correct type at all",
	} {
		err := recognizer.Translate(core.Read, errors.New(text))
		if text == "got non-success status 100" {
			continue // the number is what counts
		}
		assert.Equal(t, core.PluginReadFailed, core.CodeOf(err), text)
		assert.Equal(t, core.Status{}, core.StatusOf(err), text)
	}
}

func TestTranslateLaws(t *testing.T) {
	own := []error{PathSegmentError, CMPortNotAvailable, LogixDataTypeMismatch, EncapsulationInvalidSessionHandle, PCCCHostProblem, PCCCExtTimeout, &TypeError{}}
	for _, c := range cases {
		own = append(own, c.err)
	}
	laws.Translate(t, Translate, own...)
	laws.Translate(t, recognizer.Translate, own...)
}

func TestTranslateCompletes(t *testing.T) {
	err := Translate(core.Other, errors.New("bad status on response status: "+texts(1)))
	assert.Equal(t, core.PluginReadFailed, core.CodeOf(err))
	err = recognizer.Translate(core.Other, errors.New("bad status on response status: "+texts(1)))
	require.Equal(t, core.ENIPNoCIPConnection, core.CodeOf(err))
	assert.Equal(t, core.ENIPNoCIPConnection, core.CodeOf(recognizer.Translate(core.Read, err)), "an op that comes later changes nothing")
	assert.Equal(t, context.Canceled, recognizer.Translate(core.Read, context.Canceled))
}
