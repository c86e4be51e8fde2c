package knxtest

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
)

// TestSpoilShortFrames: what a frame is too short for stays as it is. A recording
// that is replayed may have any length.
func TestSpoilShortFrames(t *testing.T) {
	for n := headerLength; n <= headerLength+connectionHeaderLength+10; n++ {
		frame := make([]byte, n)
		for _, tcp := range []bool{false, true} {
			for _, fault := range []devicetest.Fault{devicetest.WrongLength, devicetest.WrongID} {
				assert.Len(t, spoil(frame, fault, tcp), n)
			}
			assert.Len(t, spoil(frame, devicetest.Truncated, tcp), max(n-1, headerLength))
		}
	}
	assert.Equal(t, []byte{0, 0, 0, 0, 0, 0, 0, 0}, spoil(make([]byte, 8), devicetest.WrongID, false))
	assert.Equal(t, []byte{0, 0, 0, 0, 0, 0, 0, 0, 0x80}, spoil(make([]byte, 9), devicetest.WrongID, false))
}
