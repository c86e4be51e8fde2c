package finstest

import (
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/fins"
)

// Relayed is an end code with the relay bit and the location of the relay, for
// Fail and FailItem.
//
//	plc.Fail(finstest.Relayed(fins.ResponseTimeout, 1, 3))
func Relayed(code fins.EndCode, network, node uint8) error {
	return &relayed{code | relayBit, [2]byte{network, node}}
}

const relayBit fins.EndCode = 0x8000

type relayed struct {
	code     fins.EndCode
	location [2]byte
}

func (r *relayed) Error() string { return r.code.Error() }

// What Repeat and Late leave in a plan.
type (
	repeated struct{}
	late     struct{}
)

func (repeated) Error() string { return "finstest: the response comes twice" }
func (late) Error() string     { return "finstest: the response comes late" }

// An outcome is what the rules want from one command.
type outcome struct {
	code     fins.EndCode // a failure, else 0
	location [2]byte      // of a relay
	flags    fins.EndCode // of the CPU unit
	short    bool
	repeated bool
	late     bool
	notify   bool // with tcpError
	tcpError fins.TCPError
	instead  bool // of the answer: tcp
	confirm  bool
	tcp      fins.TCPCommand
}

// outcomeOf reads a plan. What this PLC cannot produce is a mistake of the test.
func (d *Device) outcomeOf(p devicetest.Plan) (o outcome) {
	for _, native := range append([]error{p.Native}, p.Items...) {
		switch e := native.(type) {
		case nil:
		case fins.EndCode:
			if e.Plain() == fins.NormalCompletion && !e.Relay() {
				o.flags |= e
			} else {
				o.code, o.location = e, [2]byte{}
			}
		case *relayed:
			o.code, o.location = e.code, e.location
		case repeated:
			o.repeated = true
		case late:
			o.late = true
		default:
			if !o.link(native, d.tcp) && native != fins.WrongLength {
				d.t.Errorf("finstest: this PLC cannot fail with %v", native)
			}
			o.short = o.short || native == fins.WrongLength
		}
	}
	return o
}

// link reads what only a FINS/TCP connection can have.
func (o *outcome) link(native error, tcp bool) bool {
	switch e := native.(type) {
	case fins.TCPError:
		o.notify, o.tcpError = true, e
	case fins.TCPCommand:
		switch e {
		case fins.TCPConnectionConfirmation:
			o.confirm = true
		case fins.TCPFrameSendErrorNotification:
			o.notify = true
		default:
			o.instead, o.tcp = true, e
		}
	default:
		return false
	}
	return tcp
}
