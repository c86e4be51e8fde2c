package clients

import (
	"errors"
	"testing"
	"time"

	"github.com/robinson/gos7"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/s7"
	"github.com/fieldstatus/fieldstatus/s7/s7test"
)

const gos7Version = "gos7 2024-12-05"

// Reading through gos7 alone, as most drivers do, and through s7.Exchange, which
// sees the raw response.
func TestGos7(t *testing.T) {
	item := func(native error) func(*s7test.Device) {
		return func(plc *s7test.Device) { plc.FailItem("DB1.DBD0", native) }
	}
	fault := func(f s7test.Fault) func(*s7test.Device) {
		return func(plc *s7test.Device) { plc.Break(f) }
	}
	for _, c := range []struct {
		device  string
		prepare func(*s7test.Device)
		exact   core.Code // what the failure stands for
		plain   core.Code // what gos7 alone leaves of it; OK where it reports success
	}{
		{"item 0x01 HardwareFault", item(s7.HardwareFault), core.S7HardwareError, core.PluginReadFailed},
		{"item 0x03 AccessingObjectNotAllowed", item(s7.AccessingObjectNotAllowed), core.S7AccessDenied, core.PluginReadFailed},
		{"item 0x05 AddressOutOfRange", item(s7.AddressOutOfRange), core.S7AddressInvalid, core.S7AddressInvalid},
		{"item 0x06 DataTypeNotSupported", item(s7.DataTypeNotSupported), core.S7DataTypeUnsupported, core.S7DataTypeUnsupported},
		{"item 0x07 DataTypeInconsistent", item(s7.DataTypeInconsistent), core.S7DataTypeInconsistent, core.S7DataTypeInconsistent},
		{"item 0x0A ObjectDoesNotExist", item(s7.ObjectDoesNotExist), core.S7ObjectNotExist, core.S7ObjectNotExist},
		{"value of length 0", item(s7.EmptyValue), core.S7NoValue, core.OK},
		{"half of the value", item(s7.ShortValue), core.S7ValueTooShort, core.OK},
		{"header error 0x8104 (PUT/GET off)", func(plc *s7test.Device) { plc.Fail(s7.HeaderError(0x8104)) }, core.S7AccessDenied, core.PluginReadFailed},
		{"FIN instead of the answer", fault(s7test.Close), core.S7COTPDisconnected, core.S7COTPDisconnected},
		{"answer cut in the middle", fault(s7test.Cut), core.S7COTPDisconnected, core.S7COTPDisconnected},
		{"RST instead of the answer", fault(s7test.Reset), core.S7COTPDisconnected, core.S7COTPDisconnected},
		{"silence", fault(s7test.Silence), core.PluginDeviceNotResponding, core.PluginDeviceNotResponding},
		{"bytes that are no TPKT", fault(s7test.Garbage), core.PluginProtocolParseFailed, core.PluginProtocolParseFailed},
		{"answer to another PDU reference", fault(s7test.WrongID), core.PluginMessageDisorder, core.OK},
	} {
		t.Run(c.device, func(t *testing.T) {
			plc := s7test.NewDevice(t)
			plc.Set("DB1.DBD0", []byte{1, 2, 3, 4})
			dial := func() *gos7.TCPClientHandler {
				h := gos7.NewTCPClientHandler(plc.Addr(), 0, 2)
				h.Timeout = 300 * time.Millisecond
				if err := h.Connect(); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = h.Close() })
				return h
			}
			plainHandler, exactHandler := dial(), dial()
			c.prepare(plc)

			handed := gos7.NewClient(plainHandler).AGReadDB(1, 0, 4, make([]byte, 4))
			plain := s7.Translate(core.Read, handed)
			coretest.RequireCode(t, plain, c.plain)

			var x s7.Exchange
			exact := s7.Translate(core.Read, gos7.NewClient2(&x, exactHandler).AGReadDB(1, 0, 4, make([]byte, 4)))
			coretest.RequireCode(t, exact, c.exact)

			r := row{Protocol: "s7", Code: c.exact.String(), Device: c.device, Client: gos7Version, Handed: text(handed), Translated: core.CodeOf(plain).String()}
			if c.plain != c.exact {
				r.Raw = "s7.Exchange: " + core.CodeOf(exact).String()
			}
			report(t, r)
		})
	}
}

func TestGos7Connect(t *testing.T) {
	for _, c := range []struct {
		device  string
		prepare func(*s7test.Device)
		want    core.Code
	}{
		{"port closed", func(plc *s7test.Device) { plc.Refuse() }, core.PluginNotConnected},
		{"COTP disconnect request, reason 3", func(plc *s7test.Device) { plc.RefuseConnect(3) }, core.S7COTPDisconnected},
		{"Setup Communication refused with 0x8104", func(plc *s7test.Device) { plc.RefuseSetup(0x8104) }, core.S7Disconnected},
	} {
		t.Run(c.device, func(t *testing.T) {
			plc := s7test.NewDevice(t)
			c.prepare(plc)
			h := gos7.NewTCPClientHandler(plc.Addr(), 0, 2)
			h.Timeout = 300 * time.Millisecond
			defer h.Close()
			handed := h.Connect()
			err := s7.Translate(core.Connect, handed)
			coretest.RequireCode(t, err, c.want)
			report(t, row{Protocol: "s7", Code: c.want.String(), Device: c.device, Client: gos7Version, Handed: text(handed), Translated: core.CodeOf(err).String()})
		})
	}
}

// text is what a client handed over, without the part of a translation.
func text(err error) string {
	if err == nil {
		return "nil"
	}
	var e *core.Error
	if errors.As(err, &e) && e.Err != nil {
		err = e.Err
	}
	return err.Error()
}
