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

func TestPCCC(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("N7:0", []int16{1, 2, 3})
	plc.Set("F8:300", float32(1.5))
	c := connect(t, plc)
	ask := func(command ...byte) []byte {
		m := append([]byte{0x4B, 2, 0x20, 0x67, 0x24, 1, 7, 0x4D, 0, 1, 2, 3, 4}, command...)
		return c.unconnected(m)
	}
	read := func() []byte { return ask(0x0F, 0, 1, 0, 0xA2, 4, 7, 0x89, 0, 0) }
	require.NoError(t, c.one(core.Read, read()))
	r, _ := c.last.Reply()
	answer, ok := r.PCCC()
	assert.True(t, ok)
	assert.Equal(t, []byte{1, 0, 2, 0}, answer.Data())
	require.NoError(t, c.one(core.Write, ask(0x0F, 0, 2, 0, 0xAA, 2, 7, 0x89, 0, 0, 9, 0)))
	require.NoError(t, c.one(core.Read, read()))
	r, _ = c.last.Reply()
	answer, _ = r.PCCC()
	assert.Equal(t, []byte{9, 0, 2, 0}, answer.Data())
	require.NoError(t, c.one(core.Read, ask(0x0F, 0, 3, 0, 0xA2, 4, 8, 0x8A, 0xFF, 0x2C, 0x01, 0)))

	for native, code := range map[error]core.Code{
		enip.PCCCProcessorInProgramMode: 10716, enip.PCCCExtAccessDenied: 10715, enip.PCCCExtTypeMismatch: core.ENIPDataTypeMismatch,
		enip.ResourceUnavailable: 10702, // of CIP, around it
	} {
		plc.FailItem("n7:0", native)
		err := c.one(core.Read, read())
		coretest.RequireCode(t, err, code)
		coretest.RequireStatus(t, err, native)
		plc.Recover()
	}
	coretest.RequireStatus(t, c.one(core.Read, ask(0x0F, 0, 3, 0, 0xA2, 2, 9, 0x89, 0, 0)), enip.PCCCExtAddressNotUsable)
	coretest.RequireStatus(t, c.one(core.Read, ask(0x0F, 0, 4, 0, 0xA2, 8, 7, 0x89, 0, 0)), enip.PCCCExtFileWrongSize)
	coretest.RequireStatus(t, c.one(core.Write, ask(0x0F, 0, 5, 0, 0xAA, 2, 7, 0x89, 0, 0, 1)), enip.PCCCIllegalCommandOrFormat)
	coretest.RequireStatus(t, c.one(core.Other, ask(0x06, 0, 6, 0, 3)), enip.PCCCIllegalCommandOrFormat)
	requests := plc.Requests()
	assert.Equal(t, core.Write, requests[1].Op)
	assert.Equal(t, []string{"N7:0"}, requests[1].Items)
	assert.False(t, requests[len(requests)-1].Understood)
}
