package knx

import (
	"math/bits"

	"github.com/fieldstatus/fieldstatus/core"
)

// The types of this file are written by hand because context bits select their
// row, or because the table's symbols are no Go names. The table still is the
// only source of what a value means.

// A Service is a KNXnet/IP service type whose arrival is the news: it has no
// status field. Services that have one are answered by the type of that field,
// so that the Status of their number is that of a frame nobody awaits.
//
// Source: KNX 3/8/2 Core, 3/8/4 Tunnelling, 3/8/5 Routing, 3/8/9 Security.
type Service uint16

// Services of the layer knxnetip-service.
const (
	DisconnectRequest      Service = 0x0209 // the gateway closes our channel (3002)
	TunnellingFeatureInfo  Service = 0x0425 // an interface feature changed (success); feature 3 is a [BusStatus]
	RoutingLostMessage     Service = 0x0531 // a router dropped telegrams (3000, 3001 for a write)
	RoutingBusy            Service = 0x0532 // a router asks for a pause (success)
	SecureWrapper          Service = 0x0950 // an encrypted frame without a session to decrypt it (3009)
	SessionResponseRefused Service = 0x0952 // a SESSION_RESPONSE with session id 0: no free session (3002)
	TimerNotify            Service = 0x0955 // secure routing keeps its clock (success)
)

// Status returns the outcome that the table gives this service. It never allocates.
func (s Service) Status() core.Status {
	return core.NewStatus(rowKnxnetipService(uint16(s)), int64(s))
}

// String returns the service type as the protocol's documents write it, and its name.
func (s Service) String() string { return s.Status().Native() }

// Error makes a Service an error, so that [errors.Is] can compare with it.
func (s Service) Error() string { return s.Status().Text() }

// A RouterState is the device state in a ROUTING_LOST_MESSAGE or ROUTING_BUSY.
// The two low bits are faults, the others are reserved and change nothing.
//
// Source: KNX 3/8/5 Routing.
type RouterState uint8

// Values of the layer router-device-state.
const (
	RouterOK            RouterState = 0x00 // no fault (success)
	RouterKNXFault      RouterState = 0x01 // the router cannot reach its bus (3002)
	RouterIPFault       RouterState = 0x02 // the router has a fault on its network side (3002)
	RouterKNXAndIPFault RouterState = 0x03 // both faults at once (3002)
)

// Status returns the outcome that the table gives this state. It never allocates.
func (s RouterState) Status() core.Status {
	v := uint8(s)
	if faults := v & 0x03; faults != 0 {
		v = faults
	}
	return core.NewStatus(rowRouterDeviceState(v), int64(s))
}

// String returns the state in hexadecimal, and its faults.
func (s RouterState) String() string { return s.Status().Native() }

// Error makes a RouterState an error, so that [errors.Is] can compare with it.
func (s RouterState) Error() string { return s.Status().Text() }

// A Confirm is control field 1 of an L_Data.con. Only its lowest bit counts
// here: set, nobody on the bus acknowledged the telegram after all repetitions.
// The repeat, broadcast, priority and acknowledge bits may be anything, so that
// a driver can hand over the octet as it came:
//
//	err := knx.Confirm(con.Control1).Status().Err(core.Write)
//
// The bit says nothing in an L_Data.req or L_Data.ind. A positive confirmation
// is no proof of the device: couplers acknowledge for the line behind them, and
// some gateways confirm whatever they are given.
//
// Source: KNX 3/6/3 EMI_IMI, cEMI control field 1.
type Confirm uint8

// Status returns the outcome that the table gives the confirm bit. It never allocates.
func (c Confirm) Status() core.Status {
	return core.NewStatus(rowCemiConfirm(uint8(c)&1), int64(c))
}

// String returns the octet in hexadecimal, and what its confirm bit says.
func (c Confirm) String() string { return c.Status().Native() }

// Error makes a Confirm an error, so that [errors.Is] can compare with it.
func (c Confirm) Error() string { return c.Status().Text() }

// BusDown is s, unless s is a negative confirmation: when the gateway is known
// to have lost its bus, nobody can acknowledge, and the fault is not the
// device's. Then it is BusDisconnected (3002 instead of 10200). A driver uses
// it while the connection state is [EKNXConnection], interface feature 3 is
// [BusDisconnected] or a router reports [RouterKNXFault]; [Conversation] does
// so by itself.
func BusDown(s core.Status) core.Status {
	if s.Row().Layer == "cemi-confirm" && s.Code(core.Other) != core.OK {
		return BusDisconnected.Status()
	}
	return s
}

// An EmptyAnswer is the number of a service that refuses by an answer without
// content: the APCI of an application service, or the message code of a local
// device management confirmation. These services have no field for a reason.
//
// Source: KNX 3/3/7 Application Layer, 3/6/3 EMI_IMI.
type EmptyAnswer uint16

// Values of the layer al-negative.
const (
	EmptyFunctionPropertyCon EmptyAnswer = 0x0FA // M_FuncProp.con without a return code
	EmptyADC                 EmptyAnswer = 0x1C0 // A_ADC_Response with zero samples
	EmptyMemory              EmptyAnswer = 0x240 // A_Memory_Response with zero octets
	EmptyUserMemory          EmptyAnswer = 0x2C1 // A_UserMemory_Response with zero octets
	EmptyFunctionProperty    EmptyAnswer = 0x2C9 // A_FunctionPropertyState_Response without a return code
	EmptyPropertyValue       EmptyAnswer = 0x3D6 // A_PropertyValue_Response with zero elements
)

// Status returns the outcome that the table gives this answer. It never allocates.
func (e EmptyAnswer) Status() core.Status {
	return core.NewStatus(rowAlNegative(uint16(e)), int64(e))
}

// String returns the service number in hexadecimal, and its name.
func (e EmptyAnswer) String() string { return e.Status().Native() }

// Error makes an EmptyAnswer an error, so that [errors.Is] can compare with it.
func (e EmptyAnswer) Error() string { return e.Status().Text() }

// A TPCI is the first octet of a transport layer PDU that controls a transport
// connection. The sequence number in its bits 5 to 2 changes nothing, and stays
// in the value. Octets below 0x80 carry data; as a control octet they are
// malformed.
//
// Source: KNX 3/3/4 Transport Layer.
type TPCI uint8

// Values of the layer tpci, with sequence number 0.
const (
	TConnect    TPCI = 0x80 // the peer opens a connection (success)
	TDisconnect TPCI = 0x81 // the device closes or refuses the connection (3002); it is there, so never 10200
	TACK        TPCI = 0xC2 // the device has got the data (success)
	TNAK        TPCI = 0xC3 // the device expects another sequence number (3012)
)

// Status returns the outcome that the table gives this octet. It never allocates.
func (t TPCI) Status() core.Status {
	return core.NewStatus(rowTpci(uint8(t.plain())), int64(t))
}

// plain is the octet without its sequence number.
func (t TPCI) plain() TPCI { return t & 0xC3 }

// asTPCI and isTPCI are the hooks of the layer: the sequence number does not
// count in comparisons, not even of octets that the table does not list.
func asTPCI(s core.Status, target any) bool { return core.As[TPCI](s, target) }

func isTPCI(s core.Status, target error) bool {
	o, ok := target.(TPCI)
	return ok && o.plain() == TPCI(s.Value()).plain()
}

// String returns the octet in hexadecimal, and its name.
func (t TPCI) String() string { return t.Status().Native() }

// Error makes a TPCI an error, so that [errors.Is] can compare with it.
func (t TPCI) Error() string { return t.Status().Text() }

// A BusmonStatus is the status octet that comes with a busmonitor telegram
// (L_Busmon.ind, additional information type 3): five flags and a running
// number. The most significant flag answers. Busmonitor telegrams are no
// answers, so that only drivers that monitor a bus meet this type.
//
// Source: KNX 3/6/3 EMI_IMI, busmonitor additional information.
type BusmonStatus uint8

// Status returns the outcome that the table gives the most significant flag, or
// success when none is set. It never allocates.
func (b BusmonStatus) Status() core.Status {
	row := rowBusmonStatus(uint8(BusmonSequenceNumber))
	if flags := uint8(b) &^ uint8(BusmonSequenceNumber); flags != 0 {
		row = rowBusmonStatus(1 << (bits.Len8(flags) - 1))
	}
	return core.NewStatus(row, int64(b))
}

// String returns the octet in hexadecimal, and its most significant flag.
func (b BusmonStatus) String() string { return b.Status().Native() }

// Error makes a BusmonStatus an error, so that [errors.Is] can compare with it.
func (b BusmonStatus) Error() string { return b.Status().Text() }
