package s7

import "github.com/fieldstatus/fieldstatus/core"

// TPDU is the type byte of a COTP TPDU. The type is in its upper half; the
// lower half, a credit in transport classes that S7 does not use, is no part of
// the outcome.
//
// Source: RFC 905, sections 13.3 to 13.12.
type TPDU uint8

// Types of TPDU. In class 0, which RFC 1006 prescribes, only the first six occur.
const (
	DataTPDU              TPDU = 0xF0 // DT, carries S7 PDUs
	ConnectConfirmTPDU    TPDU = 0xD0 // CC, the good answer to CR
	ConnectRequestTPDU    TPDU = 0xE0 // CR
	DisconnectRequestTPDU TPDU = 0x80 // DR, also the refusal of a CR; see [DisconnectReason]
	DisconnectConfirmTPDU TPDU = 0xC0 // DC
	ErrorTPDU             TPDU = 0x70 // ER; see [RejectCause]
	ExpeditedTPDU         TPDU = 0x10 // ED
	ExpeditedAckTPDU      TPDU = 0x20 // EA
	RejectTPDU            TPDU = 0x50 // RJ
	AckTPDU               TPDU = 0x60 // AK
)

// kind is the type without the credit.
func (t TPDU) kind() TPDU { return t & 0xF0 }

// Status returns the outcome that the table gives this type when it comes from
// the device. It never allocates.
func (t TPDU) Status() core.Status {
	return core.NewStatus(rowCotpTpdu(uint8(t.kind())), int64(t))
}

// String returns the value as the protocol's documents write it, and its symbol.
func (t TPDU) String() string { return t.Status().Native() }

// Error makes a TPDU an error, so that [errors.Is] can compare with it.
func (t TPDU) Error() string { return t.Status().Text() }

// asTPDU and isTPDU are the hooks of the layer: the credit does not count in
// comparisons, not even of types that the table does not list.
func asTPDU(s core.Status, target any) bool { return core.As[TPDU](s, target) }

func isTPDU(s core.Status, target error) bool {
	t, ok := target.(TPDU)
	return ok && t.kind() == TPDU(s.Value()).kind()
}
