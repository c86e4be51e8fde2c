package knx

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

// tpdu is the length octet, the transport control octet and the APCI of an
// application service, and its data in hexadecimal.
func tpdu(apci uint16, data string) string {
	return fmt.Sprintf("%02x %02x%02x %s", 1+len(data)/2, apci>>8, uint8(apci), data)
}

// TestRequestsAndAnswers plays every application service that has an answer:
// the answer belongs to its request, to the request's op, and ends it.
func TestRequestsAndAnswers(t *testing.T) {
	const ext = "0000001038" // object type, instance and property
	for _, c := range []struct {
		name             string
		request          uint16
		data             string
		answer           uint16
		answerData       string
		op               core.Op
		want             core.Status
		broadcast, group bool
	}{
		{name: "individual address", request: 0x100, answer: 0x140, op: core.Read, broadcast: true},
		{name: "converter", request: 0x181, data: "01", answer: 0x1C1, answerData: "010042", op: core.Read},
		{name: "system network parameter", request: 0x1C8, data: "0000b001", answer: 0x1C9, answerData: "0000b00101", op: core.Read, broadcast: true},
		{name: "property ext", request: 0x1CC, data: ext + "010001", answer: 0x1CD, answerData: ext + "01000105", op: core.Read},
		{name: "property ext write", request: 0x1CE, data: ext + "01000105", answer: 0x1CF, answerData: ext + "01000100", op: core.Write},
		{name: "property ext description", request: 0x1D2, data: ext + "00", answer: 0x1D3, answerData: ext + "00000000", op: core.Read},
		{name: "function property ext command", request: 0x1D4, data: ext + "00", answer: 0x1D6, answerData: ext + "00", op: core.Write},
		{name: "function property ext state", request: 0x1D5, data: ext + "00", answer: 0x1D6, answerData: ext + "f2", op: core.Read, want: ReturnECommandInvalid.Status()},
		{name: "function property ext without a return code", request: 0x1D4, data: ext + "00", answer: 0x1D6, answerData: ext, op: core.Write, want: EmptyAnswer(0x1D6).Status()},
		{name: "memory ext write", request: 0x1FB, data: "01001000ff", answer: 0x1FC, answerData: "010010001234", op: core.Write, want: ReturnESuccessWithCRC.Status()},
		{name: "memory ext read", request: 0x1FD, data: "01001000", answer: 0x1FE, answerData: "00001000ff", op: core.Read},
		{name: "memory", request: 0x201, data: "1000", answer: 0x241, answerData: "1000ff", op: core.Read},
		{name: "memory write in verify mode", request: 0x281, data: "1000ff", answer: 0x241, answerData: "1000ff", op: core.Write},
		{name: "user memory", request: 0x2C0, data: "011000", answer: 0x2C1, answerData: "011000ff", op: core.Read},
		{name: "user memory write in verify mode", request: 0x2C2, data: "011000ff", answer: 0x2C1, answerData: "001000", op: core.Write, want: EmptyUserMemory.Status()},
		{name: "user manufacturer", request: 0x2C5, answer: 0x2C6, answerData: "c50000", op: core.Read},
		{name: "function property command", request: 0x2C7, data: "003800", answer: 0x2C9, answerData: "003800", op: core.Write},
		{name: "function property state", request: 0x2C8, data: "003800", answer: 0x2C9, answerData: "0038f9", op: core.Read, want: ReturnETemporarilyNotAvailable.Status()},
		{name: "device descriptor", request: 0x300, answer: 0x340, answerData: "07b0", op: core.Read},
		{name: "master reset", request: 0x381, data: "0200", answer: 0x3A1, answerData: "000005", op: core.Write, want: RestartNoError.Status()},
		{name: "authorisation", request: 0x3D1, data: "00ffffffff", answer: 0x3D2, answerData: "00", op: core.Connect},
		{name: "key", request: 0x3D3, data: "00ffffffff", answer: 0x3D4, answerData: "00", op: core.Write},
		{name: "property", request: 0x3D5, data: "00381001", answer: 0x3D6, answerData: "0038100105", op: core.Read},
		{name: "property write", request: 0x3D7, data: "0038100105", answer: 0x3D6, answerData: "00380001", op: core.Write, want: EmptyPropertyValue.Status()},
		{name: "property description by index", request: 0x3D8, data: "000003", answer: 0x3D9, answerData: "00380300000000", op: core.Read},
		{name: "network parameter", request: 0x3DA, data: "000001", answer: 0x3DB, answerData: "00000101", op: core.Read, broadcast: true},
		{name: "serial number", request: 0x3DC, data: "00fa00000001", answer: 0x3DD, answerData: "00fa000000010000", op: core.Read, broadcast: true},
		{name: "domain address", request: 0x3E1, answer: 0x3E2, answerData: "0001", op: core.Read, broadcast: true},
		{name: "domain address in a range", request: 0x3E3, data: "0001110100", answer: 0x3E2, answerData: "0001", op: core.Read, broadcast: true},
		{name: "group value", request: 0x000, answer: 0x040, answerData: "0c1a", op: core.Read, group: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := c.want
			if want == (core.Status{}) {
				want = ReturnESuccess.Status()
			}
			to, from := "60 0000 114d ", "60 114d 1105 "
			switch {
			case c.broadcast:
				to, from = "e0 0000 0000 ", "e0 114d 0000 "
			case c.group:
				to, from = "e0 0000 0a03 ", "e0 114d 0a03 "
			}
			conversation := tunnel(t)
			conversation.Sent(frameOf(t, tunnellingRequest, "04030000 1100bc"+to+tpdu(c.request, c.data)))
			assert.Equal(t, core.Exchange{Op: c.op, ID: 2, Open: true}, conversation.Exchange())
			_, err := received(t, conversation, tunnellingAck, "04030000")
			require.NoError(t, err)
			s, err := received(t, conversation, tunnellingRequest, "04030000 2e00bc"+to+tpdu(c.request, c.data))
			require.NoError(t, err)
			assert.Equal(t, ConfirmNoError.Status(), s)

			if !c.broadcast && !c.group {
				s, err := received(t, conversation, tunnellingRequest, "04030100 2900bc60 114e 1106 "+tpdu(c.answer, c.answerData))
				assert.ErrorIs(t, err, core.ErrNotResponse, "the answer of another device to another client: %v", s)
			} else {
				_, err := received(t, conversation, tunnellingRequest, "04030100 2900bce0 114e 0a04 "+tpdu(0x080, ""))
				assert.ErrorIs(t, err, core.ErrNotResponse)
			}
			s, err = received(t, conversation, tunnellingRequest, "04030200 2900bc"+from+tpdu(c.answer, c.answerData))
			require.NoError(t, err)
			assert.Equal(t, want, s)
			assert.Equal(t, core.Exchange{Op: c.op, ID: 2}, conversation.Exchange())
			_, silent := conversation.Silence(2)
			assert.False(t, silent)
		})
	}
}

// TestCommandsWithoutAnswer are over when they were on the bus.
func TestCommandsWithoutAnswer(t *testing.T) {
	for _, apci := range []uint16{0x080, 0x0BF, 0x0C0, 0x1CA, 0x1D0, 0x280, 0x2C2, 0x380, 0x3DE, 0x3E0, 0x3E4} {
		c := tunnel(t)
		c.Sent(frameOf(t, tunnellingRequest, "04030000 1100bce0 0000 0a03"+tpdu(apci, "00")))
		assert.Equal(t, core.Exchange{Op: core.Write, ID: 2, Open: true}, c.Exchange(), "%#x", apci)
		_, err := received(t, c, tunnellingRequest, "04030000 2e00bce0 1105 0a03"+tpdu(apci, "00"))
		require.NoError(t, err)
		assert.Equal(t, core.Exchange{Op: core.Write, ID: 2}, c.Exchange(), "%#x", apci)
	}
}

// TestShortAnswers: an answer that is too short for its service is malformed,
// whichever service it is.
func TestShortAnswers(t *testing.T) {
	for apci := range uint16(0x400) {
		status, complete, ok := answerStatus(apci, nil)
		if !ok {
			continue
		}
		long := make([]byte, 20)
		for i := range long {
			long[i] = 0x11
		}
		s, completeLong, okLong := answerStatus(apci, long)
		assert.True(t, okLong && completeLong, "%#x", apci)
		assert.NotEqual(t, core.Status{}, s, "%#x", apci)
		frame := "04010000 2900bc60 114d 1105 " + tpdu(apci, "")
		got, err := AppendStatuses(nil, frameOf(t, tunnellingRequest, frame))
		if complete {
			require.NoError(t, err, "%#x", apci)
			assert.Equal(t, []core.Status{status}, got)
		} else {
			requireFault(t, err, frame)
		}
	}
}

// TestServiceOfAPCI: which bits are the service and which are data.
func TestServiceOfAPCI(t *testing.T) {
	for apci, want := range map[uint16]uint16{
		0x000: groupValueRead, 0x03F: groupValueRead, 0x040: groupValueResponse, 0x0BF: groupValueWrite, 0x1BF: adcRead,
		0x1C0: adcResponse, 0x1C7: adcResponse, 0x1C8: systemParameterRead, 0x1FE: memoryExtReadAnswer,
		0x200: memoryRead, 0x23F: memoryRead, 0x2BF: memoryWrite, 0x2C0: userMemoryRead, 0x2C1: userMemoryResponse, 0x2C9: functionAnswer,
		0x300: deviceDescriptorRead, 0x37F: deviceDescriptorResponse, 0x380: restart, 0x381: masterReset, 0x3FF: 0x3FF,
	} {
		assert.Equal(t, want, applicationService(apci), "%#x", apci)
	}
}

// TestLengthsOfAnswers: how many octets an answer needs, to the octet.
func TestLengthsOfAnswers(t *testing.T) {
	for service, need := range map[uint16]int{
		propertyExtResponse: 9, propertyExtWriteAnswer: 9, functionExtAnswer: 5, functionAnswer: 2, memoryResponse: 2,
		memoryExtWriteAnswer: 4, memoryExtReadAnswer: 4, propertyResponse: 4, userMemoryResponse: 3, adcResponse: 3, restartResponse: 3,
		groupValueResponse: 0, deviceDescriptorResponse: 0,
	} {
		for n := range 12 {
			_, complete, ok := answerStatus(service, make([]byte, n))
			assert.True(t, ok)
			assert.Equal(t, n >= need, complete, "%#x with %d octets", service, n)
		}
	}
	elements := []byte{5: 1, 7: 0} // of a property: the refusal alone has a return code
	_, complete, _ := answerStatus(propertyExtResponse, elements)
	assert.True(t, complete)
	_, complete, _ = answerStatus(propertyExtResponse, elements[:7])
	assert.False(t, complete)
}

// TestOtherMessages: what is neither telegram nor management answers nothing.
func TestOtherMessages(t *testing.T) {
	for _, code := range []uint8{0x10, 0x11, 0x13, 0x25, 0x2B, 0x2D, 0x2F, 0x41, 0x4A, 0x89, 0x94, 0xF0, 0xF1, 0xF6, 0xF7, 0xF8, 0xF9, 0xFC} {
		for _, service := range []Service{tunnellingRequest, configurationRequest} {
			_, err := AppendStatuses(nil, frameOf(t, service, fmt.Sprintf("04010000 %02x 00", code)))
			assert.ErrorIs(t, err, core.ErrNotResponse, "%#x", code)
		}
	}
	_, err := AppendStatuses(nil, frameOf(t, tunnellingRequest, "04010000"))
	assert.ErrorIs(t, err, FrameTruncatedBody)
	_, err = AppendStatuses(nil, frameOf(t, routingIndication, "2e00bce011050a03 01 0081"))
	assert.ErrorIs(t, err, FrameUnknownMessageCode, "routers confirm nothing")
	_, err = AppendStatuses(nil, frameOf(t, tunnellingRequest, "04010000 2900b060114d1105 00 00"))
	assert.ErrorIs(t, err, FrameTruncatedBody, "data without a service")
	_, err = AppendStatuses(nil, frameOf(t, tunnellingRequest, "04010000 2900b060114d1105 00 80"))
	assert.ErrorIs(t, err, core.ErrNotResponse, "a device that connects to us")
}
