package eniptest

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/enip"
)

// A client that is being written sends anything. The device answers it with
// frames, and does not fall.
func FuzzSession(f *testing.F) {
	for _, message := range [][]byte{
		{0x4C, 2, 0x91, 1, 'A', 0, 1, 0},
		{0x52, 4, 0x91, 1, 'L', 0, 0x28, 1, 0x29, 0, 1, 0, 1, 0, 0, 0, 0, 0},
		{0x4D, 2, 0x91, 1, 'A', 0, 0xC4, 0, 1, 0, 1, 2, 3, 4},
		{0x4E, 2, 0x91, 1, 'A', 0, 1, 0, 0xFF, 0xFF},
		{0x4C, 4, 0x91, 5, 'L', '[', '-', '1', ']', 0, 1, 0},
		{0x0A, 2, 0x20, 2, 0x24, 1, 1, 0, 4, 0, 0x4C, 2, 0x91, 1, 'A', 0, 1, 0},
		{0x03, 2, 0x20, 1, 0x24, 1, 2, 0, 1, 0, 7, 0},
		{0x0E, 3, 0x20, 1, 0x24, 1, 0x30, 7},
		{0x52, 2, 0x20, 6, 0x24, 1, 1, 2, 8, 0, 0x4C, 2, 0x91, 1, 'A', 0, 1, 0, 1, 0, 1, 0},
		{0x4B, 2, 0x20, 0x67, 0x24, 1, 7, 1, 0, 2, 3, 4, 5, 0x0F, 0, 6, 7, 0xA2, 4, 7, 0x89, 0, 0},
		{0x4B, 2, 0x20, 0x67, 0x24, 1, 0}, {0x54, 2, 0x20, 6, 0x24, 1, 1, 2}, {0x4E, 2, 0x20, 6, 0x24, 1, 1, 2},
	} {
		f.Add(message, uint8(0), false)
		f.Add(message, uint8(6), true)
		f.Add(message, uint8(1), true)
	}
	f.Fuzz(func(t *testing.T, m []byte, general uint8, connected bool) {
		if len(m) > 1000 {
			return
		}
		d := &Device{t: t, tags: map[string]*tag{}, attributes: builtIn()}
		d.Set("A", int32(1))
		d.Set("L", []string{"a", "b"})
		s := &session{device: d, handle: 1, connections: map[uint32]connection{7: {to: 8, size: 20}}}
		s.q = request{command: enip.SendRRData, session: 1, context: make([]byte, 8), connected: connected, connection: 7}
		if connected {
			s.q.command = enip.SendUnitData
		}
		frame := s.envelope(m)
		q := s.Read(frame)
		var p devicetest.Plan
		if q.Op != core.Connect {
			p = devicetest.Plan{Native: enip.GeneralStatus(general), Items: make([]error, len(q.Items))}
		}
		answer := s.Answer(frame, p)
		advance, token, err := enip.ScanFrames(answer, true)
		assert.NoError(t, err)
		assert.Equal(t, len(answer), advance)
		assert.Equal(t, answer, token)
		for _, fault := range []devicetest.Fault{devicetest.Truncated, devicetest.WrongLength, devicetest.WrongID, devicetest.Garbage} {
			s.Spoil(answer, fault)
		}
		s.Adopt(answer, frame)
	})
}

// A complaint is what a test is told about itself.
type complaints struct {
	testing.TB
	n int
}

func (c *complaints) Errorf(string, ...any) { c.n++ }

func TestStatusesThatNoReplyCanHave(t *testing.T) {
	c := &complaints{TB: t}
	d := &Device{t: c}
	for _, native := range []error{nil, enip.ResourceUnavailable, enip.LogixDataTypeMismatch, enip.CMConnectionInUse, enip.EncapsulationInvalidLength, Extended(enip.GeneralError)} {
		d.check(native, false)
	}
	d.check(enip.PCCCProcessorInProgramMode, true)
	assert.Zero(t, c.n)
	d.check(enip.PCCCProcessorInProgramMode, false)
	d.check(errors.New("no status"), false)
	assert.Equal(t, 2, c.n)
	assert.Equal(t, enip.ResourceUnavailable.Error(), Extended(enip.ResourceUnavailable).Error())
	assert.Equal(t, enip.LogixDataTypeMismatch.Error(), Extended(enip.GeneralError, 0x2107).Error())
}
