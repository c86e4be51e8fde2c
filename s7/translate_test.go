package s7

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/robinson/gos7"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

func TestTranslateLaws(t *testing.T) {
	own := []error{
		AddressOutOfRange, HeaderError(0x8104), ParamError(0xD602), EmptyValue, S7SetupFailed, DisconnectReason(3), TPDU(0xD5),
		&gos7.S7Error{High: 1}, errors.New(gos7.ErrorText(5)), core.BadFrame(BadROSCTR.Status(), 8, "test"),
	}
	for row := range Rows() {
		if row.Layer == "gos7-text" {
			own = append(own, errors.New(row.Symbol))
		}
	}
	laws.Translate(t, Translate, own...)
}

// What gos7 really returns. Each case runs the real client against a device
// that answers as the case says; it fails when gos7 changes what it returns.
func TestTranslateGos7(t *testing.T) {
	buf := make([]byte, 64)
	read := func(c gos7.Client) error { return c.AGReadDB(1, 0, 4, buf) }
	write := func(c gos7.Client) error { return c.AGWriteDB(1, 0, 4, buf) }
	multi := func(c gos7.Client) error {
		return c.AGReadMulti([]gos7.S7DataItem{{Area: 0x84, WordLen: 2, DBNumber: 1, Amount: 4, Data: buf}}, 1)
	}
	writeMulti := func(c gos7.Client) error {
		return c.AGWriteMulti([]gos7.S7DataItem{{Area: 0x84, WordLen: 2, DBNumber: 1, Amount: 4, Data: buf}}, 1)
	}
	item := func(code byte) plc { return plc{answer: always(readAnswer(1, fmt.Sprintf("%02x000000", code)))} }
	text := func(n int) string { return gos7.ErrorText(n) }
	for _, c := range []struct {
		name   string
		plc    plc
		op     core.Op
		call   func(gos7.Client) error
		text   string // what gos7 says
		code   core.Code
		layer  string
		remedy core.Remedy
	}{
		{"item 05", item(0x05), core.Read, read, text(0x00900000), core.S7AddressInvalid, "client-cli", core.Fix},
		{"item 06", item(0x06), core.Read, read, text(0x00A00000), core.S7DataTypeUnsupported, "client-cli", core.Fix},
		{"item 07", item(0x07), core.Read, read, text(0x00B00000), core.S7DataTypeInconsistent, "client-cli", core.Fix},
		{"item 0A", item(0x0A), core.Read, read, text(0x00C00000), core.S7ObjectNotExist, "client-cli", core.Fix},
		{"item 01 is lost", item(0x01), core.Read, read, text(0x02300000), core.PluginReadFailed, "client-cli", core.Fix},
		{"item 03 is lost", item(0x03), core.Read, read, text(0x02300000), core.PluginReadFailed, "client-cli", core.Fix},
		{"item 03 of a write is lost", plc{answer: always(writeAnswer(3))}, core.Write, write, text(0x02300000), core.PluginWriteFailed, "client-cli", core.Fix},
		{"item 00", item(0x00), core.Read, read, "OK", core.PluginReadFailed, "gos7-text", core.Fix},
		{"header error of a read", plc{answer: always(refusal(0x8104))}, core.Read, read, "ISO : Invalid Buffer passed to Send/Receive'19'", core.PluginReadFailed, "gos7-text", core.Fix},
		{"header error with parameters", plc{answer: always(answerPDU(0x8104, []byte{4, 1}, nil))}, core.Read, read, "ISO : Invalid Buffer passed to Send/Receive'21'", core.PluginProtocolParseFailed, "gos7-text", core.Reconnect},
		{"header error of a write", plc{answer: always(refusal(0x8104))}, core.Write, write, text(0x00030000), core.PluginWriteFailed, "client-iso", core.Reconnect},
		{"header error of several reads", plc{answer: always(refusal(0x8104))}, core.Read, multi, text(0x00030000), core.PluginProtocolParseFailed, "client-iso", core.Reconnect},
		{"header error of several writes", plc{answer: always(refusal(0x8104))}, core.Write, writeMulti, text(0x01400000), core.S7AccessDenied, "client-cli", core.Fix},
		{"protection of several writes", plc{answer: always(refusal(0xD241))}, core.Write, writeMulti, text(0x01D00000), core.S7AccessDenied, "client-cli", core.Fix},
		{"a PDU too long for several writes", plc{answer: always(refusal(0x8500))}, core.Write, writeMulti, text(0x00700000), core.PluginWriteFailed, "client-cli", core.Fix},
		{"too many items", plc{}, core.Read, func(c gos7.Client) error { return c.AGReadMulti(nil, 21) }, text(0x00400000), core.PluginReadFailed, "client-cli", core.Fix},
		{"another number of items", plc{answer: always(readAnswer(2, "ff04000855 00 ff04000855"))}, core.Read, multi, text(0x00800000), core.PluginProtocolParseFailed, "client-cli", core.Reconnect},
		{"a wrong password", plc{answer: userAnswer(0xD602, "0a000000")}, core.Write, func(c gos7.Client) error { return c.SetSessionPassword("x") }, text(0x01E00000), core.S7AccessDenied, "client-cli", core.Fix},
		{"a missing block", plc{answer: userAnswer(0xD209, "0a000000")}, core.Read, func(c gos7.Client) error { _, err := c.GetAgBlockInfo(65, 9); return err }, text(0x00C00000), core.S7ObjectNotExist, "client-cli", core.Fix},
		{"a missing status list is lost", plc{answer: userAnswer(0xD401, "0a000000")}, core.Read, func(c gos7.Client) error { _, err := c.GetProtection(); return err }, text(0x00800000), core.PluginProtocolParseFailed, "client-cli", core.Reconnect},
		{"a refused stop", plc{answer: always(answerPDU(0, []byte{plcStop, 7}, nil))}, core.Write, func(c gos7.Client) error { return c.PLCStop() }, text(0x01300000), core.PluginWriteFailed, "client-cli", core.None},
		{"the noise of S7Error", plc{answer: always(append([]byte{3, 7}, readAnswer(1, "ff04002011223344")[2:]...))}, core.Read, read, (&gos7.S7Error{High: 0, Low: 29}).Error(), core.PluginProtocolParseFailed, "gos7-text", core.Reconnect},
		{"a short disconnect request", plc{answer: always(unhex("0300000b06800000000103"))}, core.Read, read, "s7: invalid pdu", core.PluginProtocolParseFailed, "gos7-text", core.Reconnect},
		{"the peer closes", plc{end: closes}, core.Read, read, "EOF", core.S7COTPDisconnected, "transport-event", core.Reconnect},
		{"the peer resets", plc{end: resets}, core.Read, read, "", core.S7COTPDisconnected, "transport-event", core.Reconnect},
		{"the peer is silent", plc{}, core.Read, read, "", core.PluginDeviceNotResponding, "transport-event", core.Reconnect},
		{"no variable", plc{}, core.Read, func(c gos7.Client) error { _, err := c.Read("", buf); return err }, "input variable is empty, variable should be S7 syntax", core.S7AddressInvalid, "gos7-text", core.Fix},
		{"no offset", plc{}, core.Read, func(c gos7.Client) error { _, err := c.Read("DB1", buf); return err }, "Db Area read variable should not be empty", core.S7AddressInvalid, "gos7-text", core.Fix},
		{"no such bit", plc{}, core.Read, func(c gos7.Client) error { _, err := c.Read("DB1.DBX0.9", buf); return err }, "Db read bit is invalid", core.S7AddressInvalid, "gos7-text", core.Fix},
		{"no such type", plc{}, core.Read, func(c gos7.Client) error { _, err := c.Read("DB1.DBQ0", buf); return err }, "error when parsing dbtype", core.S7AddressInvalid, "gos7-text", core.Fix},
		{"no such area", plc{}, core.Read, func(c gos7.Client) error { _, err := c.Read("XX1", buf); return err }, "error when parsing db area", core.S7AddressInvalid, "gos7-text", core.Fix},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := c.plc.connect(t)
			h.Timeout = 200 * time.Millisecond
			err := c.call(gos7.NewClient(h))
			require.Error(t, err)
			if c.text != "" {
				assert.Equal(t, c.text, err.Error(), "the wording of gos7")
			}
			got := Translate(c.op, fmt.Errorf("driver: %w", err))
			coretest.AssertCode(t, got, c.code)
			coretest.AssertRemedy(t, got, c.remedy)
			assert.Equal(t, c.layer, core.StatusOf(got).Layer())
			assert.ErrorIs(t, got, err)
		})
	}
}

func TestTranslateGos7CutFrame(t *testing.T) {
	h := plc{answer: nil, end: func(c *net.TCPConn) { c.Write(goodConfirm[:5]); c.Close() }}.connect(t)
	err := gos7.NewClient(h).AGReadDB(1, 0, 4, make([]byte, 4))
	coretest.AssertStatus(t, Translate(core.Read, err), UnexpectedEOF)
}

// What connects fail with: everything but a failed dial is one text.
func TestTranslateGos7Connect(t *testing.T) {
	refused, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	refused.Close()
	invalid := gos7.ErrorText(0x00030000)
	for _, c := range []struct {
		name string
		addr string
		text string
		code core.Code
		want error // nil: whatever
	}{
		{"refused port", refused.Addr().String(), "", core.PluginNotConnected, DialRefused},
		{"end of file", plc{accept: afterRequest(closes)}.start(t), invalid, core.S7COTPDisconnected, nil},
		{"reset", plc{accept: afterRequest(resets)}.start(t), invalid, core.S7COTPDisconnected, nil},
		{"silence", plc{accept: func(*net.TCPConn) {}}.start(t), invalid, core.S7COTPDisconnected, nil},
		{"disconnect request", plc{confirm: unhex("0300000b06800001000103")}.start(t), invalid, core.S7COTPDisconnected, nil},
		{"a legal short confirm", plc{confirm: unhex("0300000e09d00001000100c0010a")}.start(t), invalid, core.S7COTPDisconnected, nil},
		{"disconnect request of 22 bytes", plc{confirm: unhex("03000016118000010001 00c0010ac1020100c2020102")}.start(t), "errIsoConnect", core.S7COTPDisconnected, nil},
		{"no setup", plc{setup: []byte{}, end: closes}.start(t), gos7.ErrorText(0x00100000), core.S7Disconnected, nil},
		{"refused setup", plc{setup: unhex("0300001302f080320200000400000000008104")}.start(t), gos7.ErrorText(0x00100000), core.S7Disconnected, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := gos7.NewTCPClientHandler(c.addr, 0, 2)
			h.Timeout = 200 * time.Millisecond
			defer h.Close()
			err := h.Connect()
			require.Error(t, err)
			if c.text != "" {
				assert.Equal(t, c.text, err.Error(), "the wording of gos7")
			}
			got := Translate(core.Connect, err)
			coretest.AssertCode(t, got, c.code)
			coretest.AssertRemedy(t, got, core.Reconnect)
			if c.want != nil {
				coretest.AssertStatus(t, got, c.want)
			}
		})
	}
}

func TestTranslateGos7NotConnected(t *testing.T) {
	for _, address := range []string{"127.0.0.1:102", ""} { // nobody named one
		h := gos7.NewTCPClientHandler("127.0.0.1:102", 0, 2)
		h.Address = address
		_, err := h.Send(unhex("0300001611e00000000100c0010ac1020100c2020102"))
		require.EqualError(t, err, "Connection to address "+address+" is null")
		got := Translate(core.Read, err)
		coretest.AssertCode(t, got, core.PluginNotConnected)
		coretest.AssertRemedy(t, got, core.Reconnect)
		assert.True(t, core.Repeatable(Translate(core.Write, err)), "nothing was sent")
	}
}

// nothing is a gos7.Transporter that delivers nothing.
type nothing struct{}

func (nothing) Send([]byte) ([]byte, error) { return nil, nil }

func TestTranslateGos7Empty(t *testing.T) {
	_, err := gos7.NewClient2(new(Exchange), nothing{}).PLCGetStatus()
	require.EqualError(t, err, "s7: response data is empty")
	coretest.AssertCode(t, Translate(core.Read, err), core.PluginProtocolParseFailed)
}

// Every number of gos7 is found again by its text, without a copy of the texts.
func TestTranslateEveryTextOfGos7(t *testing.T) {
	texts := map[string]bool{}
	all := fnv.New64a()
	for row := range Rows() {
		switch row.Layer {
		case "client-tcp", "client-iso", "client-cli":
		default:
			continue
		}
		n, err := strconv.Atoi(row.Value)
		if err != nil {
			v, err := strconv.ParseInt(row.Value, 0, 64)
			require.NoError(t, err)
			n = int(v)
		}
		if row.Symbol == "errTCPDataReceive" {
			n = gos7DataReceive
		}
		text := gos7.ErrorText(n)
		io.WriteString(all, text)
		got := core.StatusOf(Translate(core.Read, errors.New(text)))
		if isUnknownNumber(text) {
			assert.Equal(t, "CLI : Unknown error (", got.Symbol(), text)
			continue
		}
		texts[text] = true
		assert.Equal(t, row.Symbol, got.Symbol(), text)
		assert.Equal(t, row.Layer, got.Layer(), text)
	}
	assert.Len(t, texts, 49, "texts of gos7, without OK")
	assert.Equal(t, "ff2fb353984e19a1", strconv.FormatUint(all.Sum64(), 16), "gos7 has changed its texts: run the tests of its errors again, then pin the new sum")
}

// What looks like a text of gos7, but is none.
func TestTranslateDoesNotGuess(t *testing.T) {
	for _, text := range []string{
		"CPU : Address out of range ", "address out of range", "OK.", "Connection to address", "Connection to address is null",
		"ISO : Invalid Buffer passed to Send/Receive'x'", "ISO : Invalid Buffer passed to Send/Receive'19", "", "(", ")(", "(5)",
		"S7 : exception", "read: CPU : Address out of range", "errIsoConnect2",
	} {
		got := Translate(core.Read, errors.New(text))
		coretest.AssertCode(t, got, core.PluginReadFailed)
		assert.False(t, core.StatusOf(got).Known(), text)
	}
}

func TestTranslateTransport(t *testing.T) {
	read := func(err error) error { return &net.OpError{Op: "read", Net: "tcp", Err: err} }
	write := func(err error) error { return &net.OpError{Op: "write", Net: "tcp", Err: err} }
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for _, c := range []struct {
		err     error
		open    Event // on an open connection
		connect Event // while connecting
	}{
		{dial(syscall.ECONNREFUSED), DialRefused, DialRefused},
		{dial(os.ErrDeadlineExceeded), DialTimeout, DialTimeout},
		{dial(syscall.EHOSTUNREACH), HostUnreachable, HostUnreachable},
		{read(syscall.ENETUNREACH), HostUnreachable, HostUnreachable},
		{dial(&net.DNSError{Err: "no such host", Name: "plc", IsNotFound: true}), NameResolution, NameResolution},
		{dial(&net.DNSError{Err: "server misbehaving", Name: "plc"}), NameResolution, NameResolution},
		{io.EOF, EOF, COTPHandshakeFailed},
		{io.ErrUnexpectedEOF, UnexpectedEOF, COTPHandshakeFailed},
		{read(syscall.ECONNRESET), Reset, COTPHandshakeFailed},
		{read(syscall.ECONNABORTED), Reset, COTPHandshakeFailed},
		{write(syscall.EPIPE), BrokenPipe, COTPHandshakeFailed},
		{read(os.ErrDeadlineExceeded), ReadTimeout, COTPHandshakeFailed},
		{write(os.ErrDeadlineExceeded), WriteTimeout, COTPHandshakeFailed},
		{context.DeadlineExceeded, ReadTimeout, COTPHandshakeFailed},
		{read(syscall.ETIMEDOUT), ReadTimeout, COTPHandshakeFailed},
		{net.ErrClosed, LocallyClosed, LocallyClosed},
	} {
		coretest.AssertStatus(t, Translate(core.Read, c.err), c.open)
		coretest.AssertStatus(t, Translate(core.Write, c.err), c.open)
		coretest.AssertStatus(t, Translate(core.Connect, c.err), c.connect)
	}
	got := Translate(core.Connect, errors.New("dial tcp: something else"))
	coretest.AssertCode(t, got, core.PluginReadFailed)
	coretest.AssertCode(t, Translate(core.Connect, S7SetupFailed), core.S7Disconnected)
	coretest.AssertCode(t, Translate(core.Connect, HeaderError(0x8104)), core.S7Disconnected)
	assert.False(t, core.Repeatable(Translate(core.Write, io.EOF)), "the write may have been carried out")
	assert.True(t, core.Repeatable(Translate(core.Write, write(syscall.EPIPE))))
}

// Drivers join and wrap what gos7 returns.
func TestTranslateLooksThroughWrapping(t *testing.T) {
	cause := errors.New(gos7.ErrorText(0x00900000))
	for _, err := range []error{
		fmt.Errorf("read: %w", cause), errors.Join(errors.New("first"), cause), fmt.Errorf("%w, %w", errors.New("x"), fmt.Errorf("y: %w", cause)),
	} {
		coretest.AssertCode(t, Translate(core.Read, err), core.S7AddressInvalid)
	}
	coretest.AssertCode(t, Translate(core.Read, errors.Join(errors.New("x"), errors.New("y"))), core.PluginReadFailed)
}

// A port that speaks something else is a COTP connection that did not come up,
// whoever finds it out.
func TestTranslateAPeerThatIsNotS7(t *testing.T) {
	_, _, err := ScanFrames([]byte("SSH-2.0-OpenSSH_9.2p1\r\n"), false)
	require.Error(t, err)
	assert.Equal(t, core.PluginProtocolParseFailed, core.CodeOf(Translate(core.Read, err)))
	connect := Translate(core.Connect, err)
	assert.Equal(t, core.S7COTPDisconnected, core.CodeOf(connect))
	assert.Same(t, connect, Translate(core.Connect, connect))
	assert.ErrorIs(t, connect, err)

	plus := core.BadFrame(ProtocolS7CommPlus.Status(), 7, "S7comm-plus, not S7comm")
	assert.Equal(t, core.PluginProtocolParseFailed, core.CodeOf(Translate(core.Connect, plus)))
}

func TestUnlistedHeaderErrorsKeepTheirWidth(t *testing.T) {
	assert.Equal(t, "s7 header-class 0x0500", HeaderError(0x0500).Status().String())
}
