package knx

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"
)

func TestAllocations(t *testing.T) {
	var code core.Code
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		code += ErrorCode(0x24).Status().Code(core.Connect) + Confirm(0xB1).Status().Code(core.Write) + TPCI(0xFF).Status().Code(core.Read) +
			GroupReadTimeout.Status().Code(core.Read) + Service(0x0209).Status().Code(core.Other) + BusDown(ConfirmError.Status()).Code(core.Write)
	}), "Status().Code")

	frames := stanzas(t)
	dst := make([]core.Status, 0, 4)
	for _, s := range frames {
		last := s.Frames[len(s.Frames)-1].Data
		if _, err := AppendStatuses(dst, last); err != nil && err != core.ErrNotResponse {
			continue // the errors of faulty frames are allocated
		}
		assert.Zero(t, testing.AllocsPerRun(20, func() { dst, _ = AppendStatuses(dst[:0], last) }), "AppendStatuses: %s", s.Name)
	}

	var c Conversation
	for _, s := range frames {
		if s.Expect[0].Code == core.PluginProtocolParseFailed || s.Expect[0].Code == core.PluginMessageDisorder {
			continue
		}
		if s.Name == "a telegram that is cut off is refused" {
			continue // reading the driver's own faulty frame allocates
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
	assert.EqualValues(t, 1, testing.AllocsPerRun(100, func() { err = ENoMoreConnections.Status().Err(core.Connect) }), "Err")
	assert.Error(t, err)
	assert.NotZero(t, code)
}
