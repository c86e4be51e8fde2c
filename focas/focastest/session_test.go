package focastest

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/focas"
)

// reads is a request that reads PMC bytes of area 9, from 0 on: one block for
// each length.
func reads(lengths ...int) []byte {
	body := binary.BigEndian.AppendUint16(nil, uint16(len(lengths)))
	for _, length := range lengths {
		body = append(body, 0, 20, 0, 1, 0, 1, 0x80, 0x01, 0, 0, 0, 0)
		body = binary.BigEndian.AppendUint32(body, uint32(length-1))
		body = append(body, 0, 0, 0, 9)
	}
	return frame(focas.FuncCommand, focas.DirRequest, body)
}

// An answer holds as much as the largest frame of a CNC, in one block or several.
func TestLongestAnswers(t *testing.T) {
	const room = maxBody - emptyBody
	for _, c := range []struct {
		lengths []int
		want    []focas.Return
	}{
		{[]int{room}, []focas.Return{focas.EWOK}},
		{[]int{room + 1}, []focas.Return{focas.EWLength}},
		{[]int{room + 1, 1}, []focas.Return{focas.EWLength, focas.EWOK}},
		{[]int{room - blockSize - 5, 5}, []focas.Return{focas.EWOK, focas.EWOK}},
		{[]int{room - blockSize - 5, 6}, []focas.Return{focas.EWLength}}, // a receipt
	} {
		s := &session{device: NewDevice(t), connection: focas.CommandConnection}
		request := reads(c.lengths...)
		q := s.Read(request)
		statuses, err := focas.AppendStatuses(nil, s.Answer(request, devicetest.Plan{Items: make([]error, len(q.Items))}))
		require.NoError(t, err)
		require.Len(t, statuses, len(c.want), "%v", c.lengths)
		for i, status := range statuses {
			assert.EqualValues(t, c.want[i], status.Value(), "%v", c.lengths)
		}
	}
}

// Arguments may be left out at the end.
func TestArgumentsThatAreLeftOut(t *testing.T) {
	s := &session{device: NewDevice(t)}
	q := s.Read(frame(focas.FuncCommand, focas.DirRequest, []byte{0, 1, 0, 12, 0, 1, 0, 1, 0, 0x26, 0, 0, 0, 3}))
	assert.Equal(t, []string{"0x0026 3"}, q.Items)
	q = s.Read(frame(focas.FuncCommand, focas.DirRequest, []byte{0, 1, 0, 11, 0, 1, 0, 1, 0, 0x26, 0, 0, 3}))
	assert.Equal(t, []string{"0x0026"}, q.Items, "three bytes are no argument")
}

// Program text is a request of its own, whatever its direction; what only a CNC
// sends is none.
func TestDirections(t *testing.T) {
	for direction, want := range map[focas.Direction]bool{
		focas.DirRequest: true, focas.DirStream: true, focas.DirAnswer: false, focas.DirReceipt: false,
	} {
		s := &session{device: NewDevice(t), connection: focas.TransferConnection}
		text := frame(focas.FuncDownloadData, direction, []byte("%"))
		q := s.Read(text)
		assert.Equal(t, want, q.Understood, "direction %d", direction)
		assert.Equal(t, want, len(q.Items) == 1, "direction %d", direction)
		assert.Equal(t, want, s.Answer(text, devicetest.Plan{}) != nil, "direction %d", direction)
	}
}

// Of several values that were set for an address the most exact one counts, and
// of equals the last.
func TestWhichValueCounts(t *testing.T) {
	cnc := NewDevice(t)
	for _, v := range []struct {
		addr  string
		value byte
	}{{"0x000E 6711", 1}, {"0x000E", 2}, {"0x0018", 3}, {"0x0018", 4}} {
		cnc.Set(v.addr, []byte{v.value})
	}
	for addr, want := range map[string]byte{"0x000E 6711": 1, "0x000E 6712": 2, "0x0018": 4} {
		a, err := parseAddress(addr)
		require.NoError(t, err)
		got, _ := cnc.memory.read(a)
		assert.Equal(t, []byte{want}, got, addr)
	}
}

// The length that lies is that of the first block, or of the body when there is
// none.
func TestLengthsThatLie(t *testing.T) {
	s := &session{device: NewDevice(t), connection: focas.CommandConnection}
	request := reads(1)
	s.Read(request)
	answer := s.Answer(request, devicetest.Plan{Items: make([]error, 1)})
	for _, c := range []struct {
		answer []byte
		at     int
	}{{answer, 12}, {answer[:headerSize+emptyBody], 12}, {receipt(focas.FuncCommand, Status{}), 8}} {
		spoilt := s.Spoil(c.answer, WrongLength)
		assert.EqualValues(t, maxBody+1, binary.BigEndian.Uint16(spoilt[c.at:]))
		_, err := focas.ParseResponse(spoilt)
		assert.Equal(t, core.PluginProtocolParseFailed, core.CodeOf(err))
	}
}
