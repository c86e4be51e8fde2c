package s7test

import (
	"encoding/binary"
	"slices"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/internal/wire"
	"github.com/fieldstatus/fieldstatus/s7"
)

// A session is one connection of a client. It reads each frame once, in Read.
type session struct {
	device *Device
	q      request
}

// A request is what a frame of a client asks.
type request struct {
	tpdu     uint8
	frame    []byte // of a COTP connection request
	rosctr   uint8
	ref      []byte // PDU reference, as it came
	function uint8  // of a job
	params   []byte
	items    []address
	values   [][]byte // of a Write Var
}

const (
	connectRequest = 0xE0
	dataTPDU       = 0xF0
	job            = 1
	userdata       = 7
	readVar        = 0x04
	writeVar       = 0x05
	setup          = 0xF0
	pduLength      = 480
)

func (s *session) Read(frame []byte) devicetest.Request {
	s.q = readRequest(frame)
	q := devicetest.Request{Op: core.Other}
	for _, a := range s.q.items {
		q.Items = append(q.Items, a.String())
	}
	switch {
	case s.q.tpdu == connectRequest, s.q.rosctr == job && s.q.function == setup:
		q.Op, q.Understood = core.Connect, true
	case s.q.rosctr == job && s.q.function == readVar:
		q.Op, q.Understood = core.Read, s.q.items != nil
	case s.q.rosctr == job && s.q.function == writeVar:
		q.Op, q.Understood = core.Write, s.q.values != nil
	case s.q.rosctr == userdata:
		q.Understood = true
	}
	return q
}

// readRequest reads a frame. What does not fit together leaves items empty.
func readRequest(frame []byte) request {
	r := wire.NewReader(frame)
	r.Skip(4)
	head := r.Sub(int(r.Uint8()))
	q := request{tpdu: head.Uint8() & 0xF0, frame: append([]byte(nil), frame...)}
	if q.tpdu != dataTPDU || r.Uint8() != byte(s7.ProtocolS7Comm) {
		return q
	}
	q.rosctr = r.Uint8()
	r.Skip(2)
	q.ref = append([]byte(nil), r.Bytes(2)...)
	paramLen, dataLen := int(r.Uint16BE()), int(r.Uint16BE())
	q.params = append([]byte(nil), r.Bytes(paramLen)...)
	data := r.Sub(dataLen)
	if r.Failed() || len(q.params) == 0 {
		q.rosctr = 0
		return q
	}
	q.function = q.params[0]
	if q.rosctr == job && (q.function == readVar || q.function == writeVar) {
		q.readItems()
	}
	if q.function == writeVar && q.items != nil {
		q.readValues(data)
	}
	return q
}

func (q *request) readItems() {
	r := wire.NewReader(q.params)
	r.Skip(1)
	var items []address
	for range int(r.Uint8()) {
		r.Skip(1)
		spec := r.Sub(int(r.Uint8()))
		syntax, size, n := spec.Uint8(), spec.Uint8(), int(spec.Uint16BE())
		a := address{db: spec.Uint16BE(), area: spec.Uint8()}
		at := spec.Bytes(3)
		if r.Failed() || spec.Failed() || syntax != 0x10 {
			return
		}
		a.first = int(at[0])<<16 | int(at[1])<<8 | int(at[2])
		a.bits = n * bitsOf(size)
		if a.area == areaCounters || a.area == areaTimers {
			a.first, a.bits = 16*a.first, 16*n
		}
		if a.area != areaDB {
			a.db = 0
		}
		items = append(items, a)
	}
	q.items = items
}

func bitsOf(size uint8) int {
	switch size {
	case 0x01:
		return 1
	case 0x02, 0x03:
		return 8
	case 0x06, 0x07, 0x08, 0x0A, 0x0B:
		return 32
	case 0x0F:
		return 64
	}
	return 16
}

func (q *request) readValues(data wire.Reader) {
	var values [][]byte
	for i := range q.items {
		data.Skip(1)
		size, n := data.Uint8(), int(data.Uint16BE())
		if size >= 3 && size <= 5 {
			n = (n + 7) / 8
		}
		value := append([]byte{}, data.Bytes(n)...)
		if n%2 != 0 && i < len(q.items)-1 {
			data.Skip(1)
		}
		if data.Failed() {
			return
		}
		values = append(values, value)
	}
	q.values = values
}

func (s *session) Answer(_ []byte, p devicetest.Plan) []byte {
	s.device.mu.Lock()
	defer s.device.mu.Unlock()
	q := &s.q
	for _, native := range natives(p) {
		if reason, ok := native.(s7.DisconnectReason); ok {
			return disconnect(byte(reason))
		}
		if !q.carries(native) {
			s.device.t.Errorf("s7test: %T %v is no status that the answer to this request can have", native, native)
		}
	}
	switch {
	case q.tpdu == connectRequest && s.device.refusing:
		return disconnect(byte(s.device.refuseConnect))
	case q.tpdu == connectRequest:
		return confirm(q.frame)
	case q.rosctr == job && q.function == setup && s.device.refuseSetup != 0:
		return q.refuse(s.device.refuseSetup)
	case q.rosctr == job && q.function == setup:
		return q.accept()
	case q.rosctr == userdata:
		return q.answerUserdata(p)
	case q.rosctr != job:
		return nil // nothing that a device answers
	}
	if e, ok := headerError(p); ok {
		return q.refuse(e)
	}
	switch {
	case q.function == readVar && q.items != nil:
		return q.ackData(s.readItems(p))
	case q.function == writeVar && q.values != nil:
		return q.ackData(s.writeItems(p))
	}
	return q.refuse(0x8104) // what a CPU answers to a function that it lacks
}

// headerError is the status of the whole response: given for the request, or for
// one of its items.
func headerError(p devicetest.Plan) (s7.HeaderError, bool) {
	for _, native := range natives(p) {
		if e, ok := native.(s7.HeaderError); ok {
			return e, true
		}
	}
	return 0, false
}

// natives are the statuses that a request has to fail with.
func natives(p devicetest.Plan) []error {
	return slices.DeleteFunc(append([]error{p.Native}, p.Items...), func(native error) bool { return native == nil })
}

// carries reports whether an answer to the request has a place for a status.
func (q *request) carries(native error) bool {
	switch e := native.(type) {
	case s7.HeaderError, s7.ReturnCode:
		return q.rosctr == job
	case s7.ParamError, s7.UserdataReturn:
		return q.rosctr == userdata
	case s7.Event:
		return q.function == readVar && (e == s7.EmptyValue || e == s7.ShortValue)
	}
	return false
}

// itemNative is the native status of item i, nil for a good one.
func itemNative(p devicetest.Plan, i int) error {
	if p.Items[i] != nil {
		return p.Items[i]
	}
	return p.Native
}

func (s *session) readItems(p devicetest.Plan) []byte {
	var data []byte
	for i, a := range s.q.items {
		if len(data)%2 != 0 {
			data = append(data, 0) // the item before had an odd length
		}
		native := itemNative(p, i)
		value, ok := s.device.read(a)
		switch e := native.(type) {
		case s7.ReturnCode:
			data = append(data, byte(e), 0, 0, 0)
			continue
		case s7.Event:
			switch e {
			case s7.EmptyValue:
				value = nil
			case s7.ShortValue:
				value = value[:len(value)/2]
			}
		}
		if !ok {
			data = append(data, byte(s7.AddressOutOfRange), 0, 0, 0)
			continue
		}
		size, length := byte(0x04), 8*len(value) // BYTE, WORD, DWORD: in bits
		if a.bits == 1 {
			size, length = 0x03, len(value)
		} else if a.area == areaCounters || a.area == areaTimers || length > 0xFFFF {
			size, length = 0x09, len(value) // octet string: in bytes
		}
		data = append(data, byte(s7.Success), size)
		data = binary.BigEndian.AppendUint16(data, uint16(length))
		data = append(data, value...)
	}
	return data
}

func (s *session) writeItems(p devicetest.Plan) []byte {
	var data []byte
	for i, a := range s.q.items {
		switch e := itemNative(p, i).(type) {
		case s7.ReturnCode:
			data = append(data, byte(e))
		default:
			code := s7.Success
			if !s.device.write(a, s.q.values[i]) {
				code = s7.AddressOutOfRange
			}
			data = append(data, byte(code))
		}
	}
	return data
}
