package s7test

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/s7"
)

func unhex(text string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// jobOf is a request with parameters and data, and the PDU reference 0x0102.
func jobOf(params, payload string) []byte {
	p, d := unhex(params), unhex(payload)
	pdu := []byte{0x32, job, 0, 0, 1, 2}
	pdu = binary.BigEndian.AppendUint16(pdu, uint16(len(p)))
	pdu = binary.BigEndian.AppendUint16(pdu, uint16(len(d)))
	return data(append(append(pdu, p...), d...))
}

// ask gives a frame to a session and returns what it took it for, and the answer.
func ask(t *testing.T, d *Device, frame []byte) (devicetest.Request, s7.Response) {
	t.Helper()
	s := &session{device: d}
	q := s.Read(frame)
	r, err := s7.ParseResponse(s.Answer(frame, devicetest.Plan{Items: make([]error, len(q.Items))}))
	require.NoError(t, err)
	return q, r
}

func valuesOf(r s7.Response) (values [][]byte) {
	for _, item := range r.Items() {
		if item.ReturnCode() != s7.Success {
			values = append(values, nil)
			continue
		}
		values = append(values, append([]byte{}, item.Data()...))
	}
	return values
}

func TestReads(t *testing.T) {
	d := NewDevice(t)
	d.Set("DB1.DBB0", []byte{0x11})
	d.Set("M1.3", []byte{1})
	d.Set("C5", []byte{0x12, 0x34})
	d.Set("T2[2]", []byte{1, 2, 3, 4})
	d.Set("MB65535", []byte{0x99})
	q, r := ask(t, d, jobOf("04 08"+
		"120a10 02 0001 0001 84 000000"+ // byte
		"120a10 01 0001 0000 83 00000b"+ // bit
		"120a10 1c 0001 0000 1c 000005"+ // counter
		"120a10 1d 0002 0000 1d 000002"+ // timers
		"120a10 08 0001 0001 84 000000"+ // REAL
		"120a10 0f 0001 0001 84 000000"+ // DATE_AND_TIME
		"120a10 02 0001 0007 83 07fff8"+ // the last byte of an area, whatever DB is named
		"120a10 02 0002 0000 83 07fff8", // and one more
		""))
	assert.Equal(t, devicetest.Request{Op: core.Read, Understood: true,
		Items: []string{"DB1.DBB0", "M1.3", "C5", "T2[2]", "DB1.DBD0", "DB1.DBB0[8]", "MB65535", "MW65535"}}, q)
	assert.Equal(t, [][]byte{{0x11}, {1}, {0x12, 0x34}, {1, 2, 3, 4}, {0x11, 0, 0, 0}, {0x11, 0, 0, 0, 0, 0, 0, 0}, {0x99}, nil}, valuesOf(r))
	assert.EqualValues(t, 0x0102, r.Reference())
}

// A length in bits has 16 of them: what is longer is told in bytes.
func TestLongReads(t *testing.T) {
	d := NewDevice(t)
	for length, size := range map[int]byte{8191: 0x04, 8192: 0x09} {
		s := &session{device: d}
		s.q.items = []address{{area: areaFlags, bits: 8 * length}}
		payload := s.readItems(devicetest.Plan{Items: make([]error, 1)})
		assert.Equal(t, size, payload[1], length)
		assert.Len(t, payload, 4+length)
	}
}

func TestWrites(t *testing.T) {
	d := NewDevice(t)
	q, r := ask(t, d, jobOf("05 06"+
		"120a10 02 0001 0001 84 000000"+
		"120a10 02 0001 0001 84 000008"+
		"120a10 01 0001 0000 83 00000b"+
		"120a10 1c 0001 0000 1c 000005"+
		"120a10 04 0001 0000 82 000000"+
		"120a10 02 0002 0000 83 07fff8",
		"00 04 0008 11 00"+ // the length of these sizes is in bits
			"00 03 0008 22 00"+
			"00 03 0001 01 00"+
			"00 09 0002 1234"+ // and of this one in bytes
			"00 05 0010 5678"+
			"00 04 0010 0102"))
	assert.Equal(t, core.Write, q.Op)
	assert.True(t, q.Understood)
	var codes []s7.ReturnCode
	for _, item := range r.Items() {
		codes = append(codes, item.ReturnCode())
	}
	assert.Equal(t, []s7.ReturnCode{s7.Success, s7.Success, s7.Success, s7.Success, s7.Success, s7.AddressOutOfRange}, codes)
	for addr, want := range map[string][]byte{"DB1.DBW0": {0x11, 0x22}, "M1.3": {1}, "MB1": {0x08}, "C5": {0x12, 0x34}, "QW0": {0x56, 0x78}, "MB65535": {0}} {
		assert.Equal(t, want, d.Value(addr), addr)
	}
	d.Set("M1.3", []byte{0})
	assert.Equal(t, []byte{0}, d.Value("MB1"), "a bit is cleared")
	d.Set("M1.4", []byte{1})
	d.Set("M1.4", nil)
	assert.Equal(t, []byte{0}, d.Value("MB1"))
	d.Set("MB4", []byte{1, 2})
	assert.Equal(t, []byte{1, 0}, d.Value("MW4"), "no more than the address holds")
}

// What does not fit together is answered as a function that the CPU lacks.
func TestRequestsThatAreNotUnderstood(t *testing.T) {
	for name, frame := range map[string][]byte{
		"another syntax":    jobOf("04 01 120a b2 02 0001 0001 84 000000", ""),
		"items cut short":   jobOf("04 02 120a10 02 0001 0001 84 000000", ""),
		"values cut short":  jobOf("05 01 120a10 02 0002 0001 84 000000", "00 04 0010 11"),
		"no values":         jobOf("05 01 120a10 02 0002 0001 84 000000", ""),
		"unknown functions": jobOf("1d 00", ""),
	} {
		q, r := ask(t, NewDevice(t), frame)
		assert.False(t, q.Understood, name)
		assert.Equal(t, s7.HeaderError(0x8104), r.HeaderError(), name)
	}
}

func TestUserdata(t *testing.T) {
	clock := unhex("0300001d02f080 320700000102 0008 0004 0001120411470100 0a000000")
	q, r := ask(t, NewDevice(t), clock)
	assert.True(t, q.Understood)
	assert.Equal(t, s7.ParamError(0xD401), r.ParamError())
	assert.EqualValues(t, 0x0102, r.Reference())

	s := &session{device: NewDevice(t)}
	s.Read(clock)
	answer := s.Answer(clock, devicetest.Plan{})
	assert.Equal(t, unhex("87 01 00"), answer[22:25], "function group, subfunction and sequence number of the request")
	s.Read(unhex("0300001502f080 320700000102 0004 0000 00011204"))
	answer = s.Answer(nil, devicetest.Plan{})
	assert.Equal(t, unhex("84 01 01"), answer[22:25], "the request names none")
}

func TestConfirm(t *testing.T) {
	d := NewDevice(t)
	_, r := ask(t, d, unhex("0300000b06e00000000100"))
	assert.Equal(t, s7.ConnectConfirmTPDU, r.TPDU())
	_, r = ask(t, d, unhex("0300000a05e000000001"))
	assert.Equal(t, s7.DisconnectRequestTPDU, r.TPDU(), "a request that is too short")
}

func TestSpoil(t *testing.T) {
	s := new(session)
	answer := unhex("0300001602f080 320300000102 0002 0001 0000 0501 ff")
	for fault, want := range map[Fault]string{
		Truncated: "0300001502f080 320300000102 0002 0001 0000 0501", WrongLength: "0300001602f080 320300000102 0003 0001 0000 0501 ff",
		WrongID: "0300001602f080 32030000fe02 0002 0001 0000 0501 ff",
	} {
		spoilt := s.Spoil(answer, fault)
		assert.Equal(t, unhex(want), spoilt, "fault %d", fault)
		_, err := s7.ParseResponse(spoilt)
		assert.Equal(t, fault != WrongID, err != nil, "fault %d", fault)
	}
	assert.Equal(t, unhex("0300001602f080 320300000102 0002 0001 0000 0501 ff"), answer, "it is a copy")
	for n := 7; n <= len(answer); n++ { // what is too short for a fault is left alone
		assert.Equal(t, n > 14, string(s.Spoil(answer[:n], WrongLength)) != string(answer[:n]), n)
		assert.Equal(t, n > 12, string(s.Spoil(answer[:n], WrongID)) != string(answer[:n]), n)
	}
}

func TestAdopt(t *testing.T) {
	s := new(session)
	request := jobOf("04 00", "")
	shortest := unhex("0300000d02f080 320300000909")
	assert.Equal(t, unhex("0300000d02f080 320300000102"), s.Adopt(append([]byte{}, shortest...), request))
	assert.Equal(t, shortest[:12], s.Adopt(append([]byte{}, shortest[:12]...), request), "no place for a reference")
	confirm := unhex("0300001611d00000000100c0010ac1020100c2020102")
	assert.Equal(t, confirm, s.Adopt(append([]byte{}, confirm...), request), "a TPDU of the handshake has none")
	assert.Equal(t, shortest, s.Adopt(append([]byte{}, shortest...), confirm))
}
