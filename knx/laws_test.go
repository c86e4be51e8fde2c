package knx

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

func TestTable(t *testing.T) { laws.Table(t, "knx", Rows()) }

// Every bit pattern of every field has its row, and every row is reached.
func TestTotal(t *testing.T) {
	c := laws.Cover(t, Rows())
	laws.Every(c, laws.Field[ErrorCode]{Layers: []string{"knxnetip-status"}, Status: ErrorCode.Status})
	laws.Every(c, laws.Field[AckCode]{Layers: []string{"knxnetip-ack-status"}, Status: AckCode.Status})
	laws.Every(c, laws.Field[Service]{Layers: []string{"knxnetip-service"}, Status: Service.Status})
	laws.Every(c, laws.Field[BusStatus]{Layers: []string{"tunnel-bus-status"}, Status: BusStatus.Status})
	laws.Every(c, laws.Field[RouterState]{Layers: []string{"router-device-state"}, Status: RouterState.Status, Canon: faults})
	laws.Every(c, laws.Field[MediumStatus]{Layers: []string{"dib-medium-status"}, Status: MediumStatus.Status})
	laws.Every(c, laws.Field[Confirm]{Layers: []string{"cemi-confirm"}, Status: Confirm.Status, Canon: func(v Confirm) Confirm { return v & 1 }})
	laws.Every(c, laws.Field[PropertyError]{Layers: []string{"cemi-property-error"}, Status: PropertyError.Status})
	laws.Every(c, laws.Field[ReturnCode]{Layers: []string{"return-code"}, Status: ReturnCode.Status})
	laws.Every(c, laws.Field[RestartCode]{Layers: []string{"restart-response"}, Status: RestartCode.Status})
	laws.Every(c, laws.Field[EmptyAnswer]{Layers: []string{"al-negative"}, Status: EmptyAnswer.Status})
	laws.Every(c, laws.Field[TPCI]{Layers: []string{"tpci"}, Status: TPCI.Status, Canon: TPCI.plain})
	laws.Every(c, laws.Field[SessionStatus]{Layers: []string{"secure-session-status"}, Status: SessionStatus.Status})
	laws.Every(c, laws.Field[BusmonStatus]{Layers: []string{"busmon-status"}, Status: BusmonStatus.Status, Canon: highestFlag})
	laws.Events(c, Event.Status, "frame", "client")
	c.Complete()
}

// faults leaves out the reserved bits beside a fault.
func faults(v RouterState) RouterState {
	if v&RouterKNXAndIPFault != 0 {
		return v & RouterKNXAndIPFault
	}
	return v
}

// highestFlag leaves out lower flags and the running number.
func highestFlag(v BusmonStatus) BusmonStatus {
	for flag := BusmonFrameError; flag >= BusmonLost; flag >>= 1 {
		if v&flag != 0 {
			return flag
		}
	}
	return BusmonSequenceNumber
}

// TestDirection: the op decides between 3000 and 3001 and between 3003 and
// 3004, except where the symbol names the direction.
func TestDirection(t *testing.T) {
	for row := range Rows() {
		read, write, other := row.Code(core.Read), row.Code(core.Write), row.Code(core.Other)
		assert.NotEqual(t, core.PluginWriteFailed, read, "%s %s %s", row.Layer, row.Value, row.Symbol)
		assert.NotEqual(t, core.PluginReadFailed, write, "%s %s %s", row.Layer, row.Value, row.Symbol)
		assert.Equal(t, other, row.Code(core.Connect), "%s %s %s", row.Layer, row.Value, row.Symbol)
		switch row.Symbol {
		case "ACCESS_DENIED", "E_ACCESS_DENIED":
			assert.Equal(t, core.PluginTagNotReadable, read)
			assert.Equal(t, core.PluginTagNotWritable, write)
		case "READ_ONLY", "E_ACCESS_READ_ONLY":
			assert.Equal(t, core.PluginTagNotWritable, read)
			assert.Equal(t, core.PluginTagNotWritable, write)
		case "E_ACCESS_WRITE_ONLY":
			assert.Equal(t, core.PluginTagNotReadable, read)
			assert.Equal(t, core.PluginTagNotReadable, write)
		}
		if other != core.PluginReadFailed && other != core.PluginWriteFailed && other != core.PluginTagNotReadable {
			assert.Equal(t, other, read, "%s %s %s", row.Layer, row.Value, row.Symbol)
			assert.Equal(t, other, write, "%s %s %s", row.Layer, row.Value, row.Symbol)
		}
	}
}

// TestDeviceDoesNotExist: 10200 has three sources and no more.
func TestDeviceDoesNotExist(t *testing.T) {
	var sources []string
	for row := range Rows() {
		for op := core.Other; op <= core.Write; op++ {
			if row.Code(op) == core.KNXDeviceNotExist {
				sources = append(sources, row.Symbol)
				break
			}
		}
	}
	assert.Equal(t, []string{"CONFIRM_ERROR", "SearchTimeout", "PresenceCheckTimeout"}, sources)
	assert.ErrorIs(t, ConfirmError.Status().Err(core.Read), core.KNXDeviceNotExist)
	assert.ErrorIs(t, TDisconnect.Status().Err(core.Read), core.PluginNotConnected)
	assert.ErrorIs(t, GroupReadTimeout.Status().Err(core.Read), core.PluginDeviceNotResponding)
}

// TestContextBits: they select the row, stay in the value, and do not count in
// comparisons.
func TestContextBits(t *testing.T) {
	for v := range 256 {
		confirm := Confirm(v).Status()
		assert.Equal(t, v&1 == 1, confirm.Code(core.Write) == core.KNXDeviceNotExist)

		state := RouterState(v).Status()
		assert.Equal(t, v&3 != 0, state.Code(core.Other) == core.PluginNotConnected)

		if err := confirm.Err(core.Write); err != nil {
			assert.ErrorIs(t, err, ConfirmError)
			var c Confirm
			assert.True(t, errors.As(err, &c))
			assert.Equal(t, Confirm(v), c)
		}
		for number := range 16 {
			octet := TPCI(v&0xC3 | number<<2)
			assert.Equal(t, TPCI(v&0xC3).Status().Row().Value, octet.Status().Row().Value)
		}
		if v < 0x80 {
			assert.False(t, TPCI(v).Status().Known(), "data is no control octet")
		}
	}
	err := TPCI(0xFF).Status().Err(core.Read)
	assert.ErrorIs(t, err, TNAK)
	assert.NotErrorIs(t, err, TDisconnect)
	assert.ErrorIs(t, RouterState(0x85).Status().Err(core.Other), RouterKNXFault)
	assert.ErrorIs(t, BusmonStatus(0xCB).Status().Err(core.Other), BusmonFrameError)
	assert.NoError(t, BusmonStatus(0x05).Status().Err(core.Other))
}

// TestConstants: the constants that are written by hand name rows of the table,
// each row of their layers has one, and their symbols are not mixed up.
func TestConstants(t *testing.T) {
	type constant struct {
		status core.Status
		symbol string
	}
	constants := map[string][]constant{
		"knxnetip-service": {
			{DisconnectRequest.Status(), "DISCONNECT_REQUEST"}, {TunnellingFeatureInfo.Status(), "TUNNELLING_FEATURE_INFO"},
			{RoutingLostMessage.Status(), "ROUTING_LOST_MESSAGE"}, {RoutingBusy.Status(), "ROUTING_BUSY"}, {SecureWrapper.Status(), "SECURE_WRAPPER"},
			{SessionResponseRefused.Status(), "SESSION_RESPONSE(0)"}, {TimerNotify.Status(), "TIMER_NOTIFY"},
		},
		"router-device-state": {
			{RouterOK.Status(), "OK"}, {RouterKNXFault.Status(), "KNX_FAULT"}, {RouterIPFault.Status(), "IP_FAULT"}, {RouterKNXAndIPFault.Status(), "KNX_FAULT|IP_FAULT"},
		},
		"al-negative": {
			{EmptyFunctionPropertyCon.Status(), "M_FuncProp.con(empty)"}, {EmptyADC.Status(), "A_ADC_Response(count=0)"}, {EmptyMemory.Status(), "A_Memory_Response(count=0)"},
			{EmptyUserMemory.Status(), "A_UserMemory_Response(count=0)"}, {EmptyFunctionProperty.Status(), "A_FunctionPropertyState_Response(empty)"},
			{EmptyPropertyValue.Status(), "A_PropertyValue_Response(count=0)"},
		},
		"tpci": {{TConnect.Status(), "T_Connect"}, {TDisconnect.Status(), "T_Disconnect"}, {TACK.Status(), "T_ACK"}, {TNAK.Status(), "T_NAK"}},
	}
	for layer, list := range constants {
		named := 0
		for row := range Rows() {
			if row.Layer == layer && row.Symbol != "" && !row.Fallback {
				named++
			}
		}
		assert.Len(t, list, named, layer)
		for _, c := range list {
			assert.Equal(t, layer, c.status.Layer())
			assert.Equal(t, c.symbol, c.status.Symbol())
		}
	}
}

func TestBusDown(t *testing.T) {
	assert.Equal(t, BusDisconnected.Status(), BusDown(Confirm(0xB1).Status()))
	assert.Equal(t, Confirm(0xB0).Status(), BusDown(Confirm(0xB0).Status()))
	assert.Equal(t, ENoMoreConnections.Status(), BusDown(ENoMoreConnections.Status()))
	assert.Equal(t, core.Status{}, BusDown(core.Status{}))
}

// TestTexts: every type says its number and its name, and as an error also what
// it means.
func TestTexts(t *testing.T) {
	for value, want := range map[interface {
		error
		String() string
		Status() core.Status
	}]string{
		ENoMoreConnections:          "0x24 E_NO_MORE_CONNECTIONS",
		ErrorCode(0x77):             "0x77",
		AckETunnellingLayer:         "0x29 E_TUNNELLING_LAYER",
		DisconnectRequest:           "0x0209 DISCONNECT_REQUEST",
		BusDisconnected:             "0x00 BusDisconnected",
		RouterState(0x82):           "0x82 IP_FAULT",
		MediumCommunicationPossible: "0x00 CommunicationPossible",
		Confirm(0xB1):               "0xB1 CONFIRM_ERROR",
		PropertyVoidDp:              "0x07 VOID_DP",
		ReturnEAddressVoid:          "0xFD E_ADDRESS_VOID",
		RestartUnsupportedEraseCode: "0x02 UnsupportedEraseCode",
		EmptyPropertyValue:          "0x03D6 A_PropertyValue_Response(count=0)",
		TPCI(0xC7):                  "0xC7 T_NAK",
		SessionStatusClose:          "0x05 STATUS_CLOSE",
		BusmonLost:                  "0x08 Lost",
		GroupReadTimeout:            "GroupReadTimeout",
	} {
		assert.Equal(t, want, value.String())
		assert.Equal(t, value.Status().Text(), value.Error())
		assert.Contains(t, value.Error(), "knx "+value.Status().Layer()+" ")
		assert.Contains(t, value.Error(), value.Status().Row().Meaning)
	}
	assert.Equal(t, core.Status{}, Event(0).Status())
	assert.Equal(t, core.Status{}, Event(200).Status())
}
