package southbound

import (
	"context"
	"io"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/core/gateway"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/focas"
	"github.com/fieldstatus/fieldstatus/knx"
	"github.com/fieldstatus/fieldstatus/opcua"

	"github.com/gopcua/opcua/ua"
)

// TestUnsentWrites: what a write is answered that was not sent, because another
// request has closed the link and it is too early to open it again.
func TestUnsentWrites(t *testing.T) {
	for name, c := range map[string]struct {
		fail func(*script)
		code core.Code // of the reads
		want core.Code // of the write
	}{
		"silence":         {func(s *script) { s.request = focas.Translate(core.Read, context.DeadlineExceeded) }, core.PluginDeviceNotResponding, core.PluginNotConnected},
		"hung up":         {func(s *script) { s.request = translated(core.Read, io.EOF) }, core.PluginNotConnected, core.PluginNotConnected},
		"garbage":         {func(s *script) { s.request = core.FrameMalformed.Status().Err(core.Read) }, core.PluginProtocolParseFailed, core.PluginNotConnected},
		"wants a pause":   {func(s *script) { s.request = knx.ESequenceNumber.Status().Err(core.Read) }, core.PluginMessageDisorder, core.PluginMessageDisorder},
		"wants a person":  {func(s *script) { s.request = opcua.ServiceStatus(ua.StatusBadSecurityChecksFailed).Err(core.Read) }, core.OPCUAConnectionConfigError, core.OPCUAConnectionConfigError},
		"silent at once":  {func(s *script) { s.open = translated(core.Connect, context.DeadlineExceeded) }, core.PluginDeviceNotResponding, core.PluginNotConnected},
		"no session left": {func(s *script) { s.open = enip.EncapsulationInvalidSessionHandle.Status().Err(core.Connect) }, core.ENIPSessionNotRegistered, core.ENIPSessionNotRegistered},
		"no such user":    {func(s *script) { s.open = opcua.ServiceStatus(ua.StatusBadUserAccessDenied).Err(core.Connect) }, core.OPCUABadUserAccessDenied, core.OPCUABadUserAccessDenied},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, _ := start(plain)
				c.fail(s)
				n := New("plc", s, []Tag{{Name: "a", Type: Int16}}, Options{Attempts: 1})
				var failed error
				for range 2 { // the first pause is none
					failed = n.Poll(t.Context())[0].Err
					coretest.RequireCode(t, failed, c.code)
				}
				opened := s.opened
				err := n.Write(t.Context(), "a", 1)
				coretest.RequireCode(t, err, c.want)
				assert.Equal(t, core.StatusOf(failed), core.StatusOf(err))
				coretest.RequireRemedy(t, err, core.RemedyOf(failed))
				assert.ErrorIs(t, err, c.code, "the cause")
				assert.ErrorContains(t, err, "connect a: ")
				assert.True(t, core.Repeatable(err), "nothing was sent")
				assert.Equal(t, []int{opened, 0}, []int{s.opened, s.writes})
				assert.Equal(t, gateway.ForWrite(c.want), gateway.WriteReply(err).Error)
				require.NoError(t, n.Close())
			})
		})
	}
}
