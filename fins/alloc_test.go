package fins

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"
)

func TestAllocations(t *testing.T) {
	var code core.Code
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		code += EndCode(0x1103).Status().Code(core.Read) + EndCode(0x8545).Status().Code(core.Write) + Strict(EndCode(0x0080).Status()).Code(core.Read) +
			TCPError(0x20).Status().Code(core.Connect) + HostLinkEndCode(0x13).Status().Code(core.Read) + Disconnected.Status().Code(core.Read)
	}), "Status().Code")
	assert.NotZero(t, code)

	dst := make([]core.Status, 0, 4)
	quiet := 0
	for _, s := range stanzas(t) {
		last := s.Frames[len(s.Frames)-1].Data
		if _, err := AppendStatuses(dst, last); err == nil || err == core.ErrNotResponse {
			assert.Zero(t, testing.AllocsPerRun(20, func() { dst, _ = AppendStatuses(dst[:0], last) }), "AppendStatuses: %s", s.Name)
		}
		if s.Expect[0].Err != nil || s.Expect[0].Layer == "frame" || s.Expect[0].Layer == "link" || s.Expect[0].Layer == "tcp-command" {
			continue // errors are allocated
		}
		if s.Name == "response that comes after one to another command" {
			continue // an error on the way
		}
		quiet++
		c := new(Conversation)
		assert.Zero(t, testing.AllocsPerRun(1, func() {
			*c = Conversation{}
			for _, f := range s.Frames {
				if f.Sent {
					c.Sent(f.Data)
				} else {
					dst, _ = c.Received(dst[:0], f.Data)
				}
			}
		}), "Conversation: %s", s.Name)
	}
	assert.Greater(t, quiet, 60)

	var err error
	assert.EqualValues(t, 1, testing.AllocsPerRun(100, func() { err = AddressRangeError.Status().Err(core.Read) }), "Err")
	assert.Error(t, err)
}
