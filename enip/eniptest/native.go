package eniptest

import (
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/enip"
)

// Extended is a general status with extended status words, for Fail, FailItem
// and RefuseForwardOpen. An enip.ConnectionStatus or enip.LogixStatus needs no
// such help: it means its own general status.
//
//	plc.Fail(eniptest.Extended(enip.VendorSpecificError, 0x0102, 0x1003))
func Extended(general enip.GeneralStatus, words ...uint16) error {
	return &refusal{general: general, words: words}
}

// A refusal is what stands in a reply instead of an answer.
type refusal struct {
	general enip.GeneralStatus
	words   []uint16
}

func (r *refusal) Error() string {
	if len(r.words) == 0 {
		return r.general.Error()
	}
	return r.general.Extended(r.words[0]).Text()
}

// refusalOf reads a native status of a reply. It is nil for a good one and for
// those of other layers.
func refusalOf(native error) *refusal {
	switch e := native.(type) {
	case *refusal:
		return e
	case enip.GeneralStatus:
		return &refusal{general: e}
	case enip.ConnectionStatus:
		return &refusal{enip.ConnectionFailure, []uint16{uint16(e)}}
	case enip.LogixStatus:
		return &refusal{enip.GeneralError, []uint16{uint16(e)}}
	}
	return nil
}

// reply is a CIP reply.
func reply(service uint8, r *refusal, data []byte) []byte {
	if r == nil {
		r = &refusal{}
	}
	b := []byte{service | replyBit, 0, byte(r.general), byte(len(r.words))}
	for _, w := range r.words {
		b = binary.LittleEndian.AppendUint16(b, w)
	}
	return append(b, data...)
}

// headerStatus is the status with which the header refuses the request: given
// for all of it, or for one of its items.
func headerStatus(p devicetest.Plan) (enip.EncapsulationStatus, bool) {
	for _, native := range append([]error{p.Native}, p.Items...) {
		if e, ok := native.(enip.EncapsulationStatus); ok {
			return e, e != enip.EncapsulationSuccess
		}
	}
	return 0, false
}

// check complains about a status that the device cannot produce in this place.
func (d *Device) check(native error, inPCCC bool) {
	_, header := native.(enip.EncapsulationStatus)
	if native == nil || header || refusalOf(native) != nil || inPCCC && isPCCC(native) {
		return
	}
	d.t.Errorf("eniptest: %T %v is no status that this reply can have", native, native)
}
