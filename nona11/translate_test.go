package nona11

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

func TestTranslateLaws(t *testing.T) {
	_, syntax := ParseAddress("x")
	laws.Translate(t, Translate, AddressSyntax, Timeout, syntax, errors.New("checksum"))
}

func TestTranslate(t *testing.T) {
	_, syntax := ParseAddress("x")
	for _, tt := range []struct {
		op   core.Op
		err  error
		want core.Code
	}{
		{core.Read, io.EOF, core.PluginNotConnected},
		{core.Connect, &net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}, core.PluginNotConnected},
		{core.Read, os.ErrDeadlineExceeded, core.PluginDeviceNotResponding},
		{core.Write, os.ErrDeadlineExceeded, core.PluginDeviceNotResponding},
		{core.Read, NotConnected, core.PluginNotConnected},
		{core.Read, fmt.Errorf("reply 12: %w", Undecodable), core.PluginProtocolParseFailed},
		{core.Read, syntax, core.NONA11AddressInvalid},
		{core.Read, errors.New("checksum"), core.PluginReadFailed},
		{core.Connect, errors.New("refused"), core.PluginReadFailed},
		{core.Write, errors.New("read only"), core.PluginTagWriteUnsupported},
		{core.Write, core.PluginWriteFailed, core.PluginWriteFailed},
	} {
		if got := core.CodeOf(Translate(tt.op, tt.err)); got != tt.want {
			t.Errorf("%v: %v: %v", tt.op, tt.err, got)
		}
	}
}
