package hostile

import "encoding/binary"

// Length16 returns a Mend for frames with a length of two bytes that counts all
// bytes behind the first less.
func Length16(order binary.ByteOrder, at, less int) func(frame []byte) {
	return func(frame []byte) {
		if len(frame) >= max(at+2, less) {
			order.PutUint16(frame[at:], uint16(len(frame)-less))
		}
	}
}

// Length32 is Length16 for a length of four bytes.
func Length32(order binary.ByteOrder, at, less int) func(frame []byte) {
	return func(frame []byte) {
		if len(frame) >= max(at+4, less) {
			order.PutUint32(frame[at:], uint32(len(frame)-less))
		}
	}
}

// FINS mends FINS/TCP frames and the checksum of Host Link frames.
func FINS(frame []byte) {
	const tail = 4 // checksum, *, CR
	switch n := len(frame); {
	case n >= 8 && string(frame[:4]) == "FINS":
		binary.BigEndian.PutUint32(frame[4:], uint32(n-8))
	case n > tail && frame[0] == '@':
		var sum byte
		for _, b := range frame[:n-tail] {
			sum ^= b
		}
		const digits = "0123456789ABCDEF"
		copy(frame[n-tail:], []byte{digits[sum>>4], digits[sum&15], '*', '\r'})
	}
}
