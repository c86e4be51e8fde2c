package opcua_test

import (
	"errors"
	"testing"

	"github.com/gopcua/opcua/ua"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

func TestAllocations(t *testing.T) {
	var code core.Code
	var err error
	dv := &ua.DataValue{Value: ua.MustVariant(1.5), Status: 0x480}
	frame := readResponse(t, 1, times(20, ua.StatusBadNodeIDUnknown)...)
	request := readRequest(t, 1, ua.AttributeIDValue, 20)
	buffer := make([]core.Status, 0, 32)
	var x opcuastatus.Conversation
	x.Sent(request)
	bad := opcuastatus.Status(ua.StatusBadNodeIDUnknown).Err(core.Read)
	target := error(ua.StatusBadNodeIDInvalid)

	for name, tt := range map[string]struct {
		want float64
		run  func()
	}{
		"Status":         {0, func() { code = opcuastatus.Status(0x808C0500).Code(core.Read) }},
		"Status unknown": {0, func() { code = opcuastatus.Status(0x0F010000).Code(core.Read) }},
		"ServiceStatus":  {0, func() { code = opcuastatus.ServiceStatus(ua.StatusBadNotConnected).Code(core.Read) }},
		"ValueStatus":    {0, func() { code = opcuastatus.ValueStatus(dv).Code(core.Read) }},
		"Strict": {0, func() {
			code = opcuastatus.Strict(opcuastatus.Status(ua.StatusUncertainSimulatedValue)).Code(core.Read)
		}},
		"Err":            {1, func() { err = opcuastatus.Status(ua.StatusBadNodeIDUnknown).Err(core.Read) }},
		"CheckAccess":    {1, func() { err = opcuastatus.CheckAccess(0, core.Write) }},
		"Is":             {0, func() { _ = errors.Is(bad, target) }},
		"AppendStatuses": {0, func() { buffer, err = opcuastatus.AppendStatuses(buffer[:0], frame) }},
		"ParseResponse":  {0, func() { _, err = opcuastatus.ParseResponse(frame) }},
		"Items": {0, func() {
			r, _ := opcuastatus.ParseResponse(frame)
			for _, s := range r.Items() {
				code = s.Code(core.Read)
			}
		}},
		"Conversation": {0, func() {
			x.Sent(request)
			buffer, err = x.Received(buffer[:0], frame)
		}},
		"Info": {0, func() { _ = opcuastatus.Info(0x480).Overflow() }},
	} {
		assert.Equal(t, tt.want, testing.AllocsPerRun(100, tt.run), name)
	}
	_, _ = code, err
	require.Len(t, buffer, 20)
}
