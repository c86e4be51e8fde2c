package clients

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/vapourismo/knx-go/knx"
	"github.com/vapourismo/knx-go/knx/cemi"
	"github.com/vapourismo/knx-go/knx/dpt"
	"github.com/vapourismo/knx-go/knx/knxnet"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	knxstatus "github.com/fieldstatus/fieldstatus/knx"
	"github.com/fieldstatus/fieldstatus/knx/knxtest"
)

const knxGoVersion = "knx-go 2025-07-07"

// knxGo translates the errors of knx-go.
var knxGo = knxstatus.Recognizer{StatusText: func(status uint8) string { return knxnet.ErrCode(status).Error() }}

// knxLimits are short, and their multiples never meet: knx-go leaves a goroutine
// behind when an answer comes while it gives up.
var knxLimits = knx.TunnelConfig{ResendInterval: 70 * time.Millisecond, ResponseTimeout: 250 * time.Millisecond, HeartbeatInterval: time.Hour}

const knxPatience = 200 * time.Millisecond // for confirmations and answers

// A knxClient is a driver on knx-go, as short as it can be.
type knxClient struct {
	tunnel *knx.Tunnel
	early  []cemi.Message // came before somebody wanted them: knx-go does not keep the order
}

func openKNX(t *testing.T, gateway *knxtest.Device, limits knx.TunnelConfig) *knxClient {
	t.Helper()
	tunnel, err := knx.NewTunnel(gateway.Addr(), knxnet.TunnelLayerData, limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		gateway.Mute() // an answer to knx-go's disconnect request would leave a goroutine behind
		tunnel.Close()
	})
	return &knxClient{tunnel: tunnel}
}

// do sends telegrams one after the other, and returns what the last one brought:
// as knx-go hands it over, and as what the driver makes of it. Silence is what
// the driver calls it when the answer is missing.
func (c *knxClient) do(op core.Op, silence knxstatus.Event, telegrams ...*cemi.LDataReq) (handed string, err error) {
	for _, telegram := range telegrams {
		if handed, err = c.send(op, silence, telegram); err != nil {
			return handed, err
		}
	}
	return handed, nil
}

func (c *knxClient) send(op core.Op, silence knxstatus.Event, telegram *cemi.LDataReq) (string, error) {
	c.early = nil
	if err := c.tunnel.Send(telegram); err != nil {
		return err.Error(), knxGo.Translate(op, err)
	}
	m, why := c.receive(func(m cemi.Message) bool { _, ok := m.(*cemi.LDataCon); return ok })
	switch {
	case why == knxstatus.SocketClosed:
		return "nil, then Inbound closed: the driver reports SocketClosed", why.Status().Err(op)
	case m == nil:
		return "nil, then no confirmation: the driver reports ConfirmTimeout", knxstatus.ConfirmTimeout.Status().Err(op)
	}
	con := m.(*cemi.LDataCon)
	if err := knxstatus.Confirm(con.Control1).Status().Err(op); err != nil {
		return fmt.Sprintf("nil, then LDataCon with Control1 %#x", uint8(con.Control1)), err
	}
	if silence == 0 || isTConnect(telegram) {
		return "nil, then LDataCon", nil
	}
	m, _ = c.receive(func(m cemi.Message) bool { ind, ok := m.(*cemi.LDataInd); return ok && !isTACK(ind) })
	if m == nil {
		return "nil, then LDataCon, then silence: the driver reports " + silence.Status().Row().Symbol, silence.Status().Err(op)
	}
	answer := packCEMI(m)
	r, err := knxstatus.ParseCEMI(answer)
	if err == nil {
		err = r.Err(op)
	}
	return fmt.Sprintf("nil, then LDataInd with TPDU %x", answer[9:]), knxGo.Translate(op, err)
}

// receive waits for a message.
func (c *knxClient) receive(wanted func(cemi.Message) bool) (cemi.Message, knxstatus.Event) {
	for i, m := range c.early {
		if wanted(m) {
			c.early = slices.Delete(c.early, i, i+1)
			return m, 0
		}
	}
	timeout := time.After(knxPatience)
	for {
		select {
		case m, ok := <-c.tunnel.Inbound():
			if !ok {
				return nil, knxstatus.SocketClosed
			}
			if wanted(m) {
				return m, 0
			}
			c.early = append(c.early, m)
		case <-timeout:
			return nil, 0
		}
	}
}

// packCEMI makes bytes of a message again.
func packCEMI(m cemi.Message) []byte {
	b := make([]byte, cemi.Size(m))
	cemi.Pack(b, m)
	return b
}

func isTConnect(m *cemi.LDataReq) bool {
	control, ok := m.Data.(*cemi.ControlData)
	return ok && control.Command == 0
}

func isTACK(m *cemi.LDataInd) bool {
	control, ok := m.Data.(*cemi.ControlData)
	return ok && control.Numbered && control.Command == 2
}

// Requests to group object 1/2/3 and device 1.1.5.
func knxGroup(command cemi.APCI, value ...byte) *cemi.LDataReq {
	return knxTelegram(cemi.Control2GroupAddr, 0x0A03, &cemi.AppData{Command: command, Data: value})
}

func knxDevice(unit cemi.TransportUnit) *cemi.LDataReq { return knxTelegram(0, 0x1105, unit) }

func knxTelegram(kind cemi.ControlField2, destination uint16, unit cemi.TransportUnit) *cemi.LDataReq {
	return &cemi.LDataReq{LData: cemi.LData{
		Control1:    cemi.Control1StdFrame | cemi.Control1NoRepeat | cemi.Control1NoSysBroadcast | cemi.Control1Prio(cemi.PrioLow),
		Control2:    kind | cemi.Control2Hops(6),
		Destination: destination,
		Data:        unit,
	}}
}

// A knxCase is a failure of a request over an open tunnel.
type knxCase struct {
	device   string
	prepare  func(*knxtest.Device)
	op       core.Op
	requests []*cemi.LDataReq
	silence  knxstatus.Event // when the answer is missing; 0 when there is none
	exact    core.Code       // what the failure stands for
	plain    core.Code       // what knx-go leaves of it
}

func TestKNX(t *testing.T) {
	read := []*cemi.LDataReq{knxGroup(cemi.GroupValueRead)}
	write := []*cemi.LDataReq{knxGroup(cemi.GroupValueWrite, 0, 1, 2)}
	// A_PropertyExtValue_Read and _WriteCon of 11/1/52, which knx-go knows as other services.
	property := []byte{0, 11, 0x00, 0x10, 0x34, 1, 0, 1}
	readProperty := []*cemi.LDataReq{knxDevice(&cemi.AppData{Command: cemi.AdcResponse, Data: append([]byte{0x0C}, property...)})}
	writeProperty := []*cemi.LDataReq{knxDevice(&cemi.AppData{Command: cemi.AdcResponse, Data: append(append([]byte{0x0E}, property...), 5)})}
	presence := []*cemi.LDataReq{knxDevice(&cemi.ControlData{}), knxDevice(&cemi.AppData{Numbered: true, Command: cemi.MaskVersionRead})}

	fail := func(native error) func(*knxtest.Device) {
		return func(gateway *knxtest.Device) { gateway.Fail(native) }
	}
	fault := func(f knxtest.Fault) func(*knxtest.Device) {
		return func(gateway *knxtest.Device) { gateway.Break(f) }
	}
	cases := []knxCase{
		{"confirmation of a read with the confirm bit", fail(knxstatus.ConfirmError), core.Read, read, knxstatus.GroupReadTimeout, core.KNXDeviceNotExist, core.KNXDeviceNotExist},
		{"confirmation of a write with the confirm bit", fail(knxstatus.ConfirmError), core.Write, write, 0, core.KNXDeviceNotExist, core.KNXDeviceNotExist},
		{"device that does not acknowledge on a transport connection", fail(knxstatus.PresenceCheckTimeout), core.Read, presence, knxstatus.PresenceCheckTimeout, core.KNXDeviceNotExist, core.KNXDeviceNotExist},
		{"T_Disconnect from the device", fail(knxstatus.TDisconnect), core.Read, presence, knxstatus.PresenceCheckTimeout, core.PluginNotConnected, core.PluginNotConnected},
		{"T_NAK from the device", func(gateway *knxtest.Device) { gateway.Fail(knxstatus.TNAK, knxtest.When(2)) }, core.Read, presence, knxstatus.PresenceCheckTimeout, core.PluginMessageDisorder, core.PluginMessageDisorder},

		{"acknowledgement 0x29 E_TUNNELLING_LAYER of a read", fail(knxstatus.AckETunnellingLayer), core.Read, read, 0, core.PluginReadFailed, core.PluginReadFailed},
		{"acknowledgement 0x29 E_TUNNELLING_LAYER of a write", fail(knxstatus.AckETunnellingLayer), core.Write, write, 0, core.PluginWriteFailed, core.PluginWriteFailed},
		{"acknowledgement 0x99, which no standard knows", fail(knxstatus.AckCode(0x99)), core.Read, read, 0, core.PluginReadFailed, core.PluginReadFailed},
		{"acknowledgement 0x21 E_CONNECTION_ID", fail(knxstatus.AckEConnectionID), core.Write, write, 0, core.PluginNotConnected, core.PluginNotConnected},
		{"acknowledgement 0x27 E_KNX_CONNECTION", fail(knxstatus.AckEKNXConnection), core.Write, write, 0, core.PluginNotConnected, core.PluginNotConnected},
		{"acknowledgement 0x02 E_VERSION_NOT_SUPPORTED", fail(knxstatus.AckEVersionNotSupported), core.Write, write, 0, core.PluginProtocolParseFailed, core.PluginProtocolParseFailed},
		{"acknowledgement 0x04 E_SEQUENCE_NUMBER", fail(knxstatus.AckESequenceNumber), core.Write, write, 0, core.PluginMessageDisorder, core.PluginMessageDisorder},

		{"property read, return code 0xFA E_ACCESS_WRITE_ONLY", fail(knxstatus.ReturnEAccessWriteOnly), core.Read, readProperty, knxstatus.ResponseTimeout, core.PluginTagNotReadable, core.PluginTagNotReadable},
		{"property read, return code 0xFC E_ACCESS_DENIED", fail(knxstatus.ReturnEAccessDenied), core.Read, readProperty, knxstatus.ResponseTimeout, core.PluginTagNotReadable, core.PluginTagNotReadable},
		{"property read, return code 0xFD E_ADDRESS_VOID", fail(knxstatus.ReturnEAddressVoid), core.Read, readProperty, knxstatus.ResponseTimeout, core.PluginReadFailed, core.PluginReadFailed},
		{"property write, return code 0xFB E_ACCESS_READ_ONLY", fail(knxstatus.ReturnEAccessReadOnly), core.Write, writeProperty, knxstatus.ResponseTimeout, core.PluginTagNotWritable, core.PluginTagNotWritable},
		{"property write, return code 0xFE E_DATA_TYPE_CONFLICT", fail(knxstatus.ReturnEDataTypeConflict), core.Write, writeProperty, knxstatus.ResponseTimeout, core.PluginTagTypeMismatch, core.PluginTagTypeMismatch},
		{"property write, return code 0xF7 E_DATA_MAX", fail(knxstatus.ReturnEDataMax), core.Write, writeProperty, knxstatus.ResponseTimeout, core.PluginTagValueInvalid, core.PluginTagValueInvalid},
		{"property write, return code 0xF9 E_TEMPORARILY_NOT_AVAILABLE", fail(knxstatus.ReturnETemporarilyNotAvailable), core.Write, writeProperty, knxstatus.ResponseTimeout, core.PluginTagNotReady, core.PluginTagNotReady},
		{"property write, return code 0xF1 E_MEMORY_ERROR", fail(knxstatus.ReturnEMemoryError), core.Write, writeProperty, knxstatus.ResponseTimeout, core.PluginWriteFailed, core.PluginWriteFailed},

		{"silence", fault(knxtest.Silence), core.Write, write, 0, core.PluginDeviceNotResponding, core.PluginDeviceNotResponding},
		{"acknowledgement, but no confirmation", fail(knxstatus.ConfirmTimeout), core.Write, write, 0, core.PluginDeviceNotResponding, core.PluginDeviceNotResponding},
		{"confirmation, but no answer to a read", fail(knxstatus.GroupReadTimeout), core.Read, read, knxstatus.GroupReadTimeout, core.PluginDeviceNotResponding, core.PluginDeviceNotResponding},
		{"DISCONNECT_REQUEST instead of an answer", fail(knxstatus.DisconnectRequest), core.Write, write, 0, core.PluginNotConnected, core.PluginDeviceNotResponding},
		{"bytes that are no KNXnet/IP frame", fault(knxtest.Garbage), core.Write, write, 0, core.PluginProtocolParseFailed, core.PluginDeviceNotResponding},
		{"confirmation cut in the middle", fault(knxtest.Cut), core.Write, write, 0, core.PluginProtocolParseFailed, core.PluginDeviceNotResponding},
		{"value one octet shorter than the telegram says", fault(knxtest.Truncated), core.Read, read, knxstatus.GroupReadTimeout, core.PluginProtocolParseFailed, core.OK},
		{"total length that is not that of the datagram", fault(knxtest.WrongLength), core.Read, read, knxstatus.GroupReadTimeout, core.PluginProtocolParseFailed, core.OK},
		{"acknowledgement of another sequence counter", fault(knxtest.WrongID), core.Write, write, 0, core.PluginMessageDisorder, core.PluginDeviceNotResponding},
	}
	for _, c := range cases {
		t.Run(c.device, func(t *testing.T) { testKNX(t, "udp", knxtest.NewDevice(t), knxLimits, c) })
	}

	tcp := knxLimits
	tcp.UseTCP = true
	for _, c := range []knxCase{
		{"FIN instead of the confirmation, over TCP", fault(knxtest.Close), core.Write, write, 0, core.PluginNotConnected, core.PluginNotConnected},
		{"RST instead of the confirmation, over TCP", fault(knxtest.Reset), core.Write, write, 0, core.PluginNotConnected, core.PluginNotConnected},
		{"confirmation cut in the middle, over TCP", fault(knxtest.Cut), core.Write, write, 0, core.PluginNotConnected, core.PluginNotConnected},
		{"bytes that are no KNXnet/IP frame, over TCP", fault(knxtest.Garbage), core.Write, write, 0, core.PluginProtocolParseFailed, core.PluginNotConnected},
		{"telegram length that lies, over TCP", fault(knxtest.WrongLength), core.Read, read, knxstatus.GroupReadTimeout, core.PluginProtocolParseFailed, core.OK},
	} {
		t.Run(c.device, func(t *testing.T) { testKNX(t, "tcp", knxtest.NewTCPDevice(t), tcp, c) })
	}
}

func testKNX(t *testing.T, network string, gateway *knxtest.Device, limits knx.TunnelConfig, c knxCase) {
	gateway.Set("1/2/3", []byte{0, 1, 2})
	client := openKNX(t, gateway, limits)
	c.prepare(gateway)
	handed, plain := client.do(c.op, c.silence, c.requests...)
	coretest.RequireCode(t, plain, c.plain)

	// Behind all of these a channel over UDP still carries telegrams, a new one
	// behind DISCONNECT_REQUEST. Without waiting for that, Close would race with
	// knx-go's own reconnect.
	gateway.Recover()
	gateway.Indicate("1/2/4", []byte{1})
	isIndicated := func(m cemi.Message) bool { ind, ok := m.(*cemi.LDataInd); return ok && ind.Destination == 0x0A04 }
	if m, _ := client.receive(isIndicated); m == nil && network == "udp" {
		t.Error("the tunnel is lost")
	}

	raw := dialKNX(t, network, gateway)
	if err := raw.connect(); err != nil {
		t.Fatal(err)
	}
	c.prepare(gateway)
	var exact error
	for n, request := range c.requests {
		if exact = raw.telegram(c.op, n, packCEMI(request)); exact != nil {
			break
		}
	}
	coretest.RequireCode(t, exact, c.exact)
	reportKNX(t, c.device, knxGoVersion, handed, plain, exact)
}

// reportKNX notes a row; the raw path stands there when it knows more.
func reportKNX(t *testing.T, device, client, handed string, plain, exact error) {
	t.Helper()
	r := row{Protocol: "knx", Code: core.CodeOf(exact).String(), Device: device, Client: client, Handed: handed, Translated: core.CodeOf(plain).String()}
	if core.CodeOf(plain) != core.CodeOf(exact) {
		r.Raw = "knx.Conversation: " + core.CodeOf(exact).String()
	}
	report(t, r)
}

func TestKNXConnect(t *testing.T) {
	refuse := func(status knxstatus.ErrorCode) func(*knxtest.Device) {
		return func(gateway *knxtest.Device) { gateway.RefuseConnect(status) }
	}
	for _, c := range []struct {
		device       string
		prepare      func(*knxtest.Device)
		exact, plain core.Code
	}{
		{"port closed", func(gateway *knxtest.Device) { gateway.Refuse() }, core.PluginNotConnected, core.PluginNotConnected},
		{"connect request unanswered", func(gateway *knxtest.Device) { gateway.Mute() }, core.PluginDeviceNotResponding, core.PluginDeviceNotResponding},
		{"CONNECT_RESPONSE 0x02 E_VERSION_NOT_SUPPORTED", refuse(knxstatus.EVersionNotSupported), core.PluginProtocolParseFailed, core.PluginProtocolParseFailed},
		{"CONNECT_RESPONSE 0x04 E_SEQUENCE_NUMBER", refuse(knxstatus.ESequenceNumber), core.PluginMessageDisorder, core.PluginMessageDisorder},
		{"CONNECT_RESPONSE 0x22 E_CONNECTION_TYPE", refuse(knxstatus.EConnectionType), core.PluginNotConnected, core.PluginNotConnected},
		{"CONNECT_RESPONSE 0x24 E_NO_MORE_CONNECTIONS", refuse(knxstatus.ENoMoreConnections), core.PluginNotConnected, core.PluginDeviceNotResponding},
		{"CONNECT_RESPONSE 0x25 E_NO_MORE_UNIQUE_CONNECTIONS", refuse(knxstatus.ENoMoreUniqueConnections), core.PluginNotConnected, core.PluginDeviceNotResponding},
		{"CONNECT_RESPONSE 0x29 E_TUNNELLING_LAYER", refuse(knxstatus.ETunnellingLayer), core.PluginNotConnected, core.PluginNotConnected},
		{"CONNECT_RESPONSE 0x2E E_CONNECTION_IN_USE", refuse(knxstatus.EConnectionInUse), core.PluginNotConnected, core.PluginNotConnected},
		{"CONNECT_RESPONSE 0x99, which no standard knows", refuse(0x99), core.PluginNotConnected, core.PluginNotConnected},
	} {
		t.Run(c.device, func(t *testing.T) {
			gateway := knxtest.NewDevice(t)
			c.prepare(gateway)
			_, handed := knx.NewTunnel(gateway.Addr(), knxnet.TunnelLayerData, knxLimits)
			if handed == nil {
				t.Fatal("a tunnel")
			}
			plain := knxGo.Translate(core.Connect, handed)
			coretest.RequireCode(t, plain, c.plain)
			exact := dialKNX(t, "udp", gateway).connect()
			coretest.RequireCode(t, exact, c.exact)
			reportKNX(t, c.device, knxGoVersion, handed.Error(), plain, exact)
		})
	}
}

// A tunnel that ended, and that knx-go could not open again.
func TestKNXTunnelLost(t *testing.T) {
	for _, c := range []struct {
		device string
		end    func(*knxtest.Device)
	}{
		{"DISCONNECT_REQUEST, and no new channel", func(gateway *knxtest.Device) { gateway.Disconnect() }},
		{"CONNECTIONSTATE_RESPONSE 0x21 E_CONNECTION_ID, and no new channel", func(gateway *knxtest.Device) { gateway.RefuseState(knxstatus.EConnectionID) }},
		{"CONNECTIONSTATE_RESPONSE 0x27 E_KNX_CONNECTION, and no new channel", func(gateway *knxtest.Device) { gateway.RefuseState(knxstatus.EKNXConnection) }},
	} {
		t.Run(c.device, func(t *testing.T) {
			gateway := knxtest.NewDevice(t)
			limits := knxLimits
			limits.HeartbeatInterval = 100 * time.Millisecond
			client := openKNX(t, gateway, limits)
			gateway.RefuseConnect(knxstatus.EConnectionType) // at once: knx-go would ask on after 0x24
			c.end(gateway)
			select {
			case _, open := <-client.tunnel.Inbound():
				if open {
					t.Fatal("a message")
				}
			case <-time.After(5 * time.Second):
				t.Fatal("the tunnel is still there")
			}
			gateway.Mute() // nobody reads what comes now
			handed := client.tunnel.Send(knxGroup(cemi.GroupValueWrite, 1))
			err := knxGo.Translate(core.Write, handed)
			coretest.RequireCode(t, err, core.PluginNotConnected)
			reportKNX(t, c.device, knxGoVersion, handed.Error(), err, err)
		})
	}
}

// GroupTunnel drops the confirmations, and with them the one code of KNX.
func TestKNXGroupTunnel(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	group, err := knx.NewGroupTunnel(gateway.Addr(), knxLimits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		gateway.Mute()
		group.Close()
	})
	gateway.Fail(knxstatus.ConfirmError)
	handed := group.Send(knx.GroupEvent{Command: knx.GroupWrite, Destination: 0x0A03, Data: []byte{1}})
	plain := knxGo.Translate(core.Write, handed)
	coretest.RequireCode(t, plain, core.OK)
	select {
	case event := <-group.Inbound():
		t.Fatalf("%v", event)
	case <-time.After(knxPatience):
	}
	raw := dialKNX(t, "udp", gateway)
	if err := raw.connect(); err != nil {
		t.Fatal(err)
	}
	exact := raw.telegram(core.Write, 0, packCEMI(knxGroup(cemi.GroupValueWrite, 1)))
	coretest.RequireCode(t, exact, core.KNXDeviceNotExist)
	reportKNX(t, "confirmation of a write with the confirm bit", knxGoVersion+" GroupTunnel", "nil", plain, exact)
}

func TestKNXDescribe(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	found, handed := knx.DescribeTunnel(gateway.Addr(), knxPatience)
	if handed != nil || found == nil {
		t.Fatal(found, handed)
	}
	gateway.Mute()
	found, handed = knx.DescribeTunnel(gateway.Addr(), knxPatience)
	if handed != nil || found != nil {
		t.Fatal(found, handed)
	}
	plain := knxGo.Translate(core.Connect, handed)
	exact := dialKNX(t, "udp", gateway).exchange(core.Connect, knxFrame(0x0203, 8, 1, 0, 0, 0, 0, 0, 0))
	coretest.RequireCode(t, exact, core.PluginDeviceNotResponding)
	reportKNX(t, "description request unanswered", knxGoVersion+" DescribeTunnel", "nil, nil", plain, exact)
}

// A value that does not fit the type of the tag.
func TestKNXValue(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	gateway.Set("1/2/3", []byte{0, 1})
	client := openKNX(t, gateway, knxLimits)
	if err := client.tunnel.Send(knxGroup(cemi.GroupValueRead)); err != nil {
		t.Fatal(err)
	}
	m, _ := client.receive(func(m cemi.Message) bool { _, ok := m.(*cemi.LDataInd); return ok })
	if m == nil {
		t.Fatal("no value")
	}
	var temperature dpt.DPT_9001
	handed := temperature.Unpack(m.(*cemi.LDataInd).Data.(*cemi.AppData).Data)
	err := knxGo.Translate(core.Read, handed)
	coretest.RequireCode(t, err, core.PluginTagTypeMismatch)
	reportKNX(t, "one octet where the tag has datapoint type 9.001", knxGoVersion, handed.Error(), err, err)
}
