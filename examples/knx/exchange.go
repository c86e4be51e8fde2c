package knx

import (
	"github.com/vapourismo/knx-go/knx/cemi"

	"github.com/fieldstatus/fieldstatus/core"
	knxstatus "github.com/fieldstatus/fieldstatus/knx"
)

// A request is a telegram to a group object, and what has come back.
type request struct {
	group     cemi.GroupAddr
	op        core.Op
	confirmed bool   // it was on the bus
	value     []byte // of the answer
	err       error
}

// exchanges are the requests that are open.
type exchanges []*request

// telegram makes a message to a group object.
func telegram(group cemi.GroupAddr, command cemi.APCI, octets []byte) cemi.Message {
	return &cemi.LDataReq{LData: cemi.LData{
		Control1:    cemi.Control1StdFrame | cemi.Control1NoRepeat | cemi.Control1NoSysBroadcast | cemi.Control1Prio(cemi.PrioLow),
		Control2:    cemi.Control2GroupAddr | cemi.Control2Hops(6),
		Destination: uint16(group),
		Data:        &cemi.AppData{Command: command, Data: octets},
	}}
}

// received takes a message of the bus. knx-go may hand out the value before the
// confirmation, although the gateway sent it behind.
func (e exchanges) received(m cemi.Message) {
	switch m := m.(type) {
	case *cemi.LDataCon:
		if r := e.to(m.LData); r != nil {
			r.confirmed = true
			r.err = knxstatus.Confirm(m.Control1).Status().Err(r.op)
		}
	case *cemi.LDataInd:
		if app, ok := m.Data.(*cemi.AppData); ok && app.Command == cemi.GroupValueResponse {
			if r := e.to(m.LData); r != nil {
				r.value = app.Data
			}
		}
	}
}

// to returns the request to the group object that a telegram is for.
func (e exchanges) to(t cemi.LData) *request {
	if !t.Control2.IsGroupAddr() {
		return nil
	}
	return e.find(cemi.GroupAddr(t.Destination))
}

func (e exchanges) find(group cemi.GroupAddr) *request {
	for _, r := range e {
		if r.group == group {
			return r
		}
	}
	return nil
}

func (e exchanges) done() bool {
	for _, r := range e {
		if !r.done() {
			return false
		}
	}
	return true
}

// done reports whether nothing is waited for any more.
func (r *request) done() bool {
	return r.err != nil || r.confirmed && (r.op == core.Write || r.value != nil)
}

// silence says what it means that the time is up.
func (r *request) silence() {
	switch {
	case r.done():
	case r.confirmed:
		r.err = knxstatus.GroupReadTimeout.Status().Err(r.op)
	default:
		r.err = knxstatus.ConfirmTimeout.Status().Err(r.op)
	}
}
