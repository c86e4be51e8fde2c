package eniptest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/enip/eniptest"
)

func TestAttributes(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("@0x8B/1/5", uint16(7))
	plc.Set("@0x8B/1/6", "clock")
	plc.Set("@139/1/7", []byte{1, 2})
	plc.Set("@0x8B/1/300", uint8(9))
	plc.Set("@0x8B/2/301", uint8(10)) // of another instance
	c := connect(t, plc)
	single := func(service, number byte, data ...byte) []byte {
		return append([]byte{service, 3, 0x20, 0x8B, 0x24, 1, 0x30, number}, data...)
	}
	require.NoError(t, c.one(core.Write, c.connected(single(0x10, 5, 8, 0))))
	require.NoError(t, c.one(core.Read, c.connected(single(0x0E, 5))))
	r, _ := c.last.Reply()
	assert.Equal(t, []byte{8, 0}, r.Data())
	coretest.RequireCode(t, c.one(core.Read, c.connected(single(0x0E, 9))), 10720)
	coretest.RequireCode(t, c.one(core.Read, c.connected([]byte{0x0E, 3, 0x20, 0x99, 0x24, 1, 0x30, 1})), 10705)
	require.NoError(t, c.one(core.Read, c.connected([]byte{0x01, 2, 0x20, 0x8B, 0x24, 1})))
	r, _ = c.last.Reply()
	assert.Equal(t, "\x08\x00\x05clock\x01\x02\x09", string(r.Data()))

	plc.FailItem("@0x8b/0x1/5", enip.AttributeNotGettable)
	coretest.RequireStatus(t, c.one(core.Read, c.connected(single(0x0E, 5))), enip.AttributeNotGettable)
	statuses, err := c.ask(c.connected([]byte{0x03, 2, 0x20, 0x8B, 0x24, 1, 3, 0, 5, 0, 99, 0, 7, 0}))
	require.NoError(t, err)
	require.Len(t, statuses, 3)
	for i, want := range []core.Code{10744, 10720, core.OK} {
		assert.Equal(t, want, statuses[i].Code(core.Read), i)
	}
	assert.Contains(t, plc.Requests()[0].Items, "@0x8B/1/5")
}

func TestIdentity(t *testing.T) {
	plc := eniptest.NewDevice(t)
	c := dial(t, plc)
	frame := c.frame(enip.ListIdentity, nil)
	_, err := c.conn.Write(frame)
	require.NoError(t, err)
	require.True(t, c.frames.Scan())
	const want = "\x01\x00" + "\x0c\x00\x2a\x00" + "\x01\x00" + "\x00\x02\xaf\x12\x7f\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00" +
		"\x01\x00" + "\x0e\x00" + "\x36\x00" + "\x21\x0b" + "\x60\x30" + "\x78\x56\x34\x12" + "\x08eniptest" + "\x03"
	assert.Equal(t, want, string(c.frames.Bytes()[24:]))
}
