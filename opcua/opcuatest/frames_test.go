package opcuatest

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"github.com/gopcua/opcua/ua"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
)

func TestNumbersInFrames(t *testing.T) {
	b := []byte{1, 0, 0, 0, 2, 0, 0, 0}
	for at, want := range map[int]uint32{0: 1, 4: 2, 5: 0, 8: 0} {
		assert.Equal(t, want, u32(b, at), "at %d", at)
	}
	putU32(b, 4, 7)
	putU32(b, 5, 9) // no room
	assert.Equal(t, []byte{1, 0, 0, 0, 7, 0, 0, 0}, b)
}

// opening is an OPN of channel 1 with sequence number 5 and request id 6.
func opening(policy string) []byte {
	body := appendString([]byte{1, 0, 0, 0}, policy)
	body = append(body, "\xff\xff\xff\xff\x00\x00\x00\x00"...) // no certificate, an empty thumbprint
	return frame("OPNF", append(body, 5, 0, 0, 0, 6, 0, 0, 0))
}

func TestRequestID(t *testing.T) {
	msg := message('F', make([]byte, 8), 6, nil)
	for name, f := range map[string][]byte{"OPN": opening(policyNone), "MSG": msg} {
		id, ok := requestID(f)
		assert.True(t, ok, name)
		assert.EqualValues(t, 6, id, name)
	}
	cut := opening(policyNone)
	for name, f := range map[string][]byte{
		"another policy": opening(policyNone + "!"), "no policy": opening(""), "OPN without a request id": cut[:len(cut)-1], "OPN": cut[:20], "MSG without a request id": msg[:23], "ACK": acknowledge(hello("")),
	} {
		_, ok := requestID(f)
		assert.False(t, ok, name)
	}
}

// TestNumber: frames get consecutive numbers where they have one, and nothing
// else is touched.
func TestNumber(t *testing.T) {
	one, two := message('C', make([]byte, 8), 6, []byte("one")), message('F', make([]byte, 8), 6, nil)
	tail := []byte("MSGF\x07\x00\x00\x00 and more that is none")
	all := bytes.Join([][]byte{opening(policyNone), one, opening("secret"), frame("ERRF", nil), two, tail}, nil)
	s := &session{seq: 10}
	got := s.number(bytes.Clone(all))
	for i, f := range [][]byte{opening(policyNone), one, opening("secret"), frame("ERRF", nil), two} {
		n := len(f)
		switch i {
		case 0:
			putU32(f, n-8, 11)
		case 1:
			putU32(f, 16, 12)
		case 4:
			putU32(f, 16, 13)
		}
		assert.Equal(t, f, got[:n], "frame %d", i)
		got = got[n:]
	}
	assert.Equal(t, tail, got)
	assert.EqualValues(t, 13, s.seq)

	last := s.number(message('F', make([]byte, 8), 6, nil))
	assert.EqualValues(t, 14, u32(last, 16))
	beyond := message('F', make([]byte, 8), 6, nil)
	putU32(beyond, 4, uint32(len(beyond)+1))
	assert.Equal(t, beyond, s.number(bytes.Clone(beyond)), "a size beyond the end")
}

func TestChunks(t *testing.T) {
	s := &session{q: request{frame: make([]byte, minMessage), id: 6}}
	for size, want := range map[int][]int{0: {0}, 1: {1}, maxBody: {maxBody}, maxBody + 1: {maxBody, 1}, 3 * maxBody: {maxBody, maxBody, maxBody}} {
		frames := s.chunks(make([]byte, size))
		for i, n := range want {
			total := int(binary.LittleEndian.Uint32(frames[4:]))
			require.Equal(t, minMessage+n, total, "%d bytes, chunk %d", size, i)
			kind := "MSGC"
			if i == len(want)-1 {
				kind = "MSGF"
			}
			assert.Equal(t, kind, string(frames[:4]))
			assert.EqualValues(t, i+1, u32(frames, 16), "sequence number")
			frames = frames[total:]
		}
		assert.Empty(t, frames)
	}
}

func TestSpoil(t *testing.T) {
	s := &session{}
	msg := func(n int) []byte { return message('F', make([]byte, 8), 6, make([]byte, n)) }
	for n, want := range map[int][]byte{8: msg(8), 9: msg(1), 40: msg(32)} {
		assert.Equal(t, want, s.Spoil(msg(n), devicetest.Truncated), "%d bytes", n)
	}
	assert.EqualValues(t, 0x7FFFFFFF, u32(s.Spoil(msg(0), devicetest.WrongLength), 4))
	assert.EqualValues(t, 0x10006, u32(s.Spoil(msg(0), devicetest.WrongID), 20))
	short := frame("ERRF", make([]byte, 12))
	assert.Equal(t, short, s.Spoil(short, devicetest.WrongID))
}

// TestAdopt: a recorded answer gets what tells it from others; the handle stands
// in the first chunk of a message, and not in an abort.
func TestAdopt(t *testing.T) {
	asked := message('F', []byte{1, 2, 3, 4, 5, 6, 7, 8}, 6, nil)
	adopted := func(s *session, chunk byte, n int) (handle uint32) {
		f := s.Adopt(message(chunk, make([]byte, 8), 99, make([]byte, n)), asked)
		assert.Equal(t, asked[8:16], f[8:16])
		assert.EqualValues(t, 6, u32(f, 20))
		return u32(f, 36)
	}
	s := &session{q: requestWith(77)}
	assert.EqualValues(t, 77, adopted(s, 'F', 16))
	assert.EqualValues(t, 77, adopted(s, 'C', 16))
	assert.EqualValues(t, 0, adopted(s, 'C', 16), "in the middle")
	assert.EqualValues(t, 0, adopted(s, 'F', 16), "at the end")
	assert.EqualValues(t, 0, adopted(s, 'A', 16))
	assert.EqualValues(t, 77, adopted(s, 'F', 16), "the next message")
	adopted(s, 'F', 0)
	assert.EqualValues(t, 0, adopted(&session{q: request{body: &ua.ReadRequest{}}}, 'F', 16), "a request without a header")
	for _, f := range [][]byte{asked[:23], frame("ERRF", make([]byte, 20))} {
		assert.Equal(t, f, s.Adopt(bytes.Clone(f), asked))
	}
	assert.Equal(t, asked, s.Adopt(bytes.Clone(asked), asked[:23]))
}

func requestWith(handle uint32) request {
	return request{body: &ua.ReadRequest{RequestHeader: &ua.RequestHeader{RequestHandle: handle}}}
}

// TestRefusedChannel: it is the OPN that is answered with the error.
func TestRefusedChannel(t *testing.T) {
	d := NewDevice(t)
	d.RefuseChannel(ua.StatusBadSecurityChecksFailed, "no")
	conn, err := net.Dial("tcp", d.Addr())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	for _, step := range []struct {
		sent []byte
		want string
	}{{hello("opc.tcp://" + d.Addr()), "ACKF"}, {opening(policyNone), "ERRF"}} {
		_, err = conn.Write(step.sent)
		require.NoError(t, err)
		header := make([]byte, 8)
		_, err = io.ReadFull(conn, header)
		require.NoError(t, err)
		assert.Equal(t, step.want, string(header[:4]))
		_, err = io.CopyN(io.Discard, conn, int64(u32(header, 4))-8)
		require.NoError(t, err)
	}
}
