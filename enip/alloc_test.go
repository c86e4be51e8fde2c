package enip

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"
)

func TestAllocations(t *testing.T) {
	var code core.Code
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		code += GeneralStatus(0x05).Status().Code(core.Read) + GeneralError.Extended(0x2105).Code(core.Read) + CMPortNotAvailable.Status().Code(core.Connect) +
			EncapsulationStatus(0x64).Status().Code(core.Read) + PCCCStatus(0x50).Status().Code(core.Write) + PCCCExtTypeMismatch.Status().Code(core.Write)
	}), "Status().Code")

	dst := make([]core.Status, 0, 64)
	var c Conversation
	for _, s := range stanzas(t) {
		last := s.Frames[len(s.Frames)-1].Data
		if _, err := AppendStatuses(dst, last); err == nil || err == core.ErrNotResponse {
			assert.Zero(t, testing.AllocsPerRun(20, func() { dst, _ = AppendStatuses(dst[:0], last) }), "AppendStatuses: %s", s.Name)
		}
		switch s.Expect[0].Code {
		case core.PluginProtocolParseFailed, core.PluginMessageDisorder:
			continue // errors are allocated
		}
		assert.Zero(t, testing.AllocsPerRun(1, func() {
			c = Conversation{}
			for _, f := range s.Frames {
				if f.Sent {
					c.Sent(f.Data)
				} else {
					dst, _ = c.Received(dst[:0], f.Data)
				}
			}
		}), "Conversation: %s", s.Name)
	}

	var err error
	assert.EqualValues(t, 1, testing.AllocsPerRun(100, func() { err = LogixDataTypeMismatch.Status().Err(core.Write) }), "Err")
	assert.Error(t, err)
	assert.NotZero(t, code)
}
