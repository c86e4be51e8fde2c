package s7

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/robinson/gos7"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// What gos7 loses comes out of an Exchange: the same call is made without and
// with one, against the same device.
func TestExchangeRecoversWhatGos7Loses(t *testing.T) {
	buf := make([]byte, 64)
	read := func(c gos7.Client) error { return c.AGReadDB(1, 0, 4, buf) }
	write := func(c gos7.Client) error { return c.AGWriteDB(1, 0, 4, buf) }
	good := "ff04002011223344"
	const anything = "*"
	for _, c := range []struct {
		name   string
		answer []byte
		op     core.Op
		call   func(gos7.Client) error
		alone  string // what gos7 alone returns; "" is nil
		code   core.Code
		want   error
		at     int // the byte that breaks the rules, 0 where none does
	}{
		{"hardware fault", readAnswer(1, "01000000"), core.Read, read, gos7.ErrorText(0x02300000), core.S7HardwareError, HardwareFault, 0},
		{"no permission", readAnswer(1, "03000000"), core.Read, read, gos7.ErrorText(0x02300000), core.S7AccessDenied, AccessingObjectNotAllowed, 0},
		{"hardware fault of a write", writeAnswer(1), core.Write, write, gos7.ErrorText(0x02300000), core.S7HardwareError, HardwareFault, 0},
		{"no permission to write", writeAnswer(3), core.Write, write, gos7.ErrorText(0x02300000), core.S7AccessDenied, AccessingObjectNotAllowed, 0},
		{"PUT/GET off, read", refusal(0x8104), core.Read, read, "ISO : Invalid Buffer passed to Send/Receive'19'", core.S7AccessDenied, HeaderError(0x8104), 0},
		{"PUT/GET off, write", refusal(0x8104), core.Write, write, gos7.ErrorText(0x00030000), core.S7AccessDenied, HeaderError(0x8104), 0},
		{"header error with parameters", answerPDU(0x8500, []byte{4, 1}, nil), core.Read, read, "ISO : Invalid Buffer passed to Send/Receive'21'", core.PluginReadFailed, HeaderError(0x8500), 0},
		{"empty value", readAnswer(1, "ff000000"), core.Read, read, "", core.S7NoValue, EmptyValue, 0},
		{"short value", readAnswer(1, "ff0400101122"), core.Read, read, "", core.S7ValueTooShort, ShortValue, 0},
		{"reserved return code", readAnswer(1, "00000000"), core.Read, read, "OK", core.PluginReadFailed, Reserved, 0},
		{"an address that gos7 knows too", readAnswer(1, "05000000"), core.Read, read, gos7.ErrorText(0x00900000), core.S7AddressInvalid, AddressOutOfRange, 0},
		{"the answer to a write", writeAnswer(0xFF), core.Read, read, "ISO : Invalid Buffer passed to Send/Receive'22'", core.PluginProtocolParseFailed, FunctionMismatch, 19},
		{"another reference", append(append([]byte{}, readAnswer(1, good)[:11]...), append([]byte{4, 0xFF}, readAnswer(1, good)[13:]...)...), core.Read, read, "", core.PluginMessageDisorder, PDUReferenceMismatch, 11},
		{"a length that lies", readAnswer(1, "ff0400401122"), core.Read, read, "", core.PluginProtocolParseFailed, LengthBeyondPDU, 23},
		{"a fragment", append([]byte{3, 0, 0, 29, 2, 0xF0, 0x00}, readAnswer(1, good)[7:]...), core.Read, read, "", core.PluginProtocolParseFailed, core.FrameMalformed, 6},
		{"a message of the device", frame(append(unhex("320700000000 000c0005 000112081204010000000000"), unhex("ff09000155")...)), core.Read, read, anything, core.PluginMessageDisorder, PDUReferenceMismatch, 8},
		{"a disconnect request of 22 bytes", unhex("0300001611 80000100010000 c1020100c2020102 0000"), core.Read, read, anything, core.S7COTPDisconnected, DisconnectReasonNotSpecified, 0},
		{"S7comm-plus", frame(unhex("7201000c320000054200000002340000007201")), core.Read, read, anything, core.PluginProtocolParseFailed, ProtocolS7CommPlus, 7},
		{"a start refused by the header", unhex("0300001502f080 320300000c0000020000 d2a9 2802"), core.Write, func(c gos7.Client) error { return c.PLCHotStart() }, gos7.ErrorText(0x00F00000), core.PluginWriteFailed, HeaderError(0xD2A9), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			alone := c.call(gos7.NewClient(plc{answer: always(c.answer)}.connect(t)))
			switch c.alone {
			case anything:
			case "":
				assert.NoError(t, alone, "gos7 alone")
			default:
				assert.EqualError(t, alone, c.alone, "gos7 alone")
			}
			var x Exchange
			err := c.call(gos7.NewClient2(&x, plc{answer: always(c.answer)}.connect(t)))
			err = Translate(c.op, err)
			coretest.RequireCode(t, err, c.code)
			coretest.AssertStatus(t, err, c.want)
			assert.Equal(t, err, x.Err(), "it reaches the caller unwrapped")
			var e *core.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, c.op, e.Op)
			if c.at > 0 {
				assertBrokenAt(t, err, c.at)
			}
		})
	}
}

func TestExchangeLetsGoodValuesThrough(t *testing.T) {
	var x Exchange
	buf := make([]byte, 4)
	h := plc{answer: always(readAnswer(1, "ff04002011223344"))}.connect(t)
	require.NoError(t, gos7.NewClient2(&x, h).AGReadDB(1, 0, 4, buf))
	assert.Equal(t, []byte{0x11, 0x22, 0x33, 0x44}, buf)
	assert.Equal(t, []core.Status{Success.Status()}, x.Statuses())
	assert.NoError(t, x.ItemErr(0))

	h = plc{answer: always(writeAnswer(0xFF))}.connect(t)
	require.NoError(t, gos7.NewClient2(&x, h).AGWriteDB(1, 0, 4, buf))
	assert.NoError(t, x.Err())
}

func dbItem(length int) gos7.S7DataItem {
	return gos7.S7DataItem{Area: 0x84, WordLen: 2, DBNumber: 1, Amount: length, Data: make([]byte, 64)}
}

func TestExchangeWithSeveralItems(t *testing.T) {
	items := []gos7.S7DataItem{dbItem(1), dbItem(1), dbItem(1), dbItem(4), dbItem(4), dbItem(2)}
	h := plc{answer: always(readAnswer(6, "ff04000811 00 01000000 03000000 ff0400101122 ff040000 ff0400103344"))}.connect(t)
	var x Exchange
	require.NoError(t, gos7.NewClient2(&x, h).AGReadMulti(items, len(items)), "the good values are not lost")
	assert.Equal(t, byte(0x11), items[0].Data[0])
	assert.Equal(t, []byte{0x33, 0x44}, items[5].Data[:2])
	assert.Empty(t, items[3].Error, "gos7 takes a short value for a good one")
	assert.Equal(t, items[1].Error, items[2].Error, "gos7 cannot tell a fault from a refusal")

	for i, want := range []core.Code{core.OK, core.S7HardwareError, core.S7AccessDenied, core.S7ValueTooShort, core.S7NoValue, core.OK} {
		coretest.AssertCode(t, x.ItemErr(i), want)
	}
	coretest.AssertStatus(t, x.ItemErr(2), AccessingObjectNotAllowed)
	coretest.AssertCode(t, x.ItemErr(6), core.PluginReadFailed)
	coretest.AssertCode(t, x.ItemErr(-1), core.PluginReadFailed)

	h = plc{answer: always(writeAnswer(0xFF, 3, 1))}.connect(t)
	require.NoError(t, gos7.NewClient2(&x, h).AGWriteMulti(items, 3))
	for i, want := range []core.Code{core.OK, core.S7AccessDenied, core.S7HardwareError} {
		coretest.AssertCode(t, x.ItemErr(i), want)
	}

	h = plc{answer: always(refusal(0x8104))}.connect(t)
	err := gos7.NewClient2(&x, h).AGReadMulti(items, len(items))
	coretest.AssertCode(t, err, core.S7AccessDenied)
	coretest.AssertCode(t, x.ItemErr(5), core.S7AccessDenied)
}

// When nothing was heard, no item is good.
func TestExchangeThatHeardNothing(t *testing.T) {
	var x Exchange
	coretest.AssertCode(t, x.ItemErr(0), core.PluginReadFailed)
	assert.NoError(t, x.Err())
	assert.NoError(t, x.Verify(nil, nil))
	assert.NoError(t, x.Verify(unhex("ff"), readAnswer(1, "ff04000811")), "a request that it cannot read judges nothing")
	assert.Len(t, x.Statuses(), 1)
}

// Answers on which gos7 alone ends the driver, or puts values into the wrong tags.
func TestExchangeGuardsGos7(t *testing.T) {
	items := func() []gos7.S7DataItem { return []gos7.S7DataItem{dbItem(4), dbItem(4)} }
	readMulti := func(c gos7.Client) error { return c.AGReadMulti(items(), 2) }
	for _, c := range []struct {
		name   string
		answer func([]byte) []byte
		call   func(gos7.Client) error
		panics bool
		code   core.Code
	}{
		{"an item length that lies", always(readAnswer(2, "ff04ffff11223344 ff04002011223344")), readMulti, true, core.PluginProtocolParseFailed},
		{"a missing second item", always(readAnswer(2, "ff04002011223344")), readMulti, false, core.PluginProtocolParseFailed},
		{"a length in a unit that gos7 mistakes", always(readAnswer(2, "ff06000411223344 ff04002011223344")), readMulti, false, core.PluginProtocolParseFailed},
		{"an acknowledgement of writes without their codes", always(refusal(0)), func(c gos7.Client) error { return c.AGWriteMulti(items(), 2) }, true, core.PluginProtocolParseFailed},
		{"a block description cut short", userAnswer(0, "ff09000401020304"), func(c gos7.Client) error { _, err := c.GetAgBlockInfo(65, 1); return err }, true, core.S7ValueTooShort},
		{"a status of the CPU cut short", userAnswer(0, "ff09000404240000"), func(c gos7.Client) error { _, err := c.PLCGetStatus(); return err }, true, core.S7ValueTooShort},
		{"no status of the CPU", userAnswer(0, "0a000000"), func(c gos7.Client) error { _, err := c.PLCGetStatus(); return err }, true, core.S7NoValue},
		{"a list of the CPU cut short", userAnswer(0, "ff090008 001c0000 00000000"), func(c gos7.Client) error { _, err := c.GetCPUInfo(); return err }, true, core.S7ValueTooShort},
		{"a list of blocks refused", always(refusal(0xD241)), func(c gos7.Client) error { _, err := c.PGListBlocks(); return err }, true, core.S7AccessDenied},
	} {
		t.Run(c.name, func(t *testing.T) {
			alone := gos7.NewClient(plc{answer: c.answer}.connect(t))
			if c.panics {
				assert.Panics(t, func() { c.call(alone) }, "gos7 alone")
			} else {
				assert.NoError(t, c.call(alone), "gos7 alone")
			}
			err := c.call(gos7.NewClient2(new(Exchange), plc{answer: c.answer}.connect(t)))
			coretest.AssertCode(t, err, c.code)
		})
	}
}

func TestExchangeNamesTheItemThatGos7Mistakes(t *testing.T) {
	request := frame([]byte{0x32, job, 0, 0, 5, 0, 0, 26, 0, 0, readVar, 2, 0x12, 10, 0x10, 2, 0, 4, 0, 1, 0x84, 0, 0, 0, 0x12, 10, 0x10, 2, 0, 4, 0, 1, 0x84, 0, 0, 0})
	var x Exchange
	require.NoError(t, x.Verify(request, readAnswer(2, "ff04002011223344 ff04002011223344")))
	err := x.Verify(request, readAnswer(2, "ff04002011223344 ff06000411223344"))
	coretest.AssertStatus(t, err, UnknownTransportSize)
	assertBrokenAt(t, err, 30)
}

// gos7 reads the clock with PGClockWrite, and crashes when it gets an error
// from a packager.
func TestExchangeAndTheClock(t *testing.T) {
	var x Exchange
	clock := func(answer func([]byte) []byte) error {
		_, err := gos7.NewClient2(&x, plc{answer: answer}.connect(t)).PGClockWrite()
		return err
	}
	require.NoError(t, clock(userAnswer(0, "ff09000a00202611250029040003")))
	assert.NoError(t, x.Err())
	require.Error(t, clock(userAnswer(0xD406, "0a000000")))
	coretest.AssertCode(t, x.Err(), core.S7NoValue)
	require.Error(t, clock(always(unhex("0300001302f080 32020000380000000000 d241"))))
	coretest.AssertCode(t, x.Err(), core.S7AccessDenied)
}

// A part of a status list that others follow may be short.
func TestExchangeWithMoreToCome(t *testing.T) {
	first := userAnswer(0, "ff090008 00110000 00000000")(unhex("0300002102f080320700000500000800080001120411440100ff09000400110000"))
	first[26] = 1 // last data unit: no
	var x Exchange
	require.NoError(t, x.Verify(unhex("0300002102f080320700000500000800080001120411440100ff090004001c0000"), first))
	next := unhex("0300002102f080320700000600000c0004000112081244010100000000 0a000000")
	require.NoError(t, x.Verify(next, userAnswer(0, "ff0900020102")(next)))
	assert.ErrorIs(t, x.Verify(next, userAnswer(0, "0a000000")(next)), core.S7NoValue)
}

// The late answer to an earlier read of the same length cannot be told apart:
// gos7 gives all requests one reference. It can when the length differs.
func TestExchangeAfterATimeout(t *testing.T) {
	late := make(chan struct{})
	answerLate := sync.OnceFunc(func() { close(late) })
	defer answerLate()
	n := 0
	h := plc{answer: func([]byte) []byte {
		if n++; n == 1 {
			<-late
			return readAnswer(1, "ff0400101122")
		}
		return readAnswer(1, "ff04002033445566")
	}}.connect(t)
	var x Exchange
	client := gos7.NewClient2(&x, h)
	buf := make([]byte, 4)
	patient := h.Timeout
	h.Timeout = 50 * time.Millisecond
	err := Translate(core.Read, client.AGReadDB(1, 0, 2, buf))
	coretest.RequireStatus(t, err, ReadTimeout)
	coretest.AssertRemedy(t, err, core.Reconnect)
	h.Timeout = patient
	answerLate()
	err = Translate(core.Read, client.AGReadDB(1, 0, 4, buf))
	coretest.AssertStatus(t, err, ShortValue)
}

func TestExchangeErrorsAsNativeValues(t *testing.T) {
	h := plc{answer: always(refusal(0x8104))}.connect(t)
	err := fmt.Errorf("driver: %w", gos7.NewClient2(new(Exchange), h).AGReadDB(1, 0, 4, make([]byte, 4)))
	var native HeaderError
	require.True(t, errors.As(err, &native))
	assert.Equal(t, HeaderError(0x8104), native)
}
