package opcua

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// TestDataValue reads encodings that gopcua does not write.
func TestDataValue(t *testing.T) {
	for _, tt := range []struct {
		name, hex string
		code      uint32
		empty     bool
	}{
		{"nothing", "00", 0, true},
		{"status alone", "02 00003480", 0x80340000, true},
		{"null value", "03 00 00003480", 0x80340000, true},
		{"all fields", "3f 01 01 00003480 0000000000000000 0000 0000000000000000 0000", 0x80340000, false},
		{"array of ByteStrings", "03 8f 02000000 01000000ff ffffffff 00000080", 0x80000000, false},
		{"null array", "03 86 ffffffff 00000080", 0x80000000, false},
		{"matrix", "03 c3 04000000 01020304 02000000 02000000 02000000 00000080", 0x80000000, false},
		{"dimensions of a scalar are not there", "03 46 07000000 00003180", 0x80310000, false},
		{"reserved type is read as ByteString", "03 1a 01000000 aa 00000080", 0x80000000, false},
		{"array of the last reserved type", "03 9f 01000000 01000000 aa 00000080", 0x80000000, false},
		{"node ids of all forms", "03 92 06000000 0001 01020300 02000001000000 0301000100000073 040100" + "00000000000000000000000000000000" + "0501000100000000" + "00000080", 0x80000000, false},
		{"XML in an ExtensionObject", "03 16 0000 02 01000000 3c 00000080", 0x80000000, false},
		{"array of DataValues with statuses of their own", "03 97 02000000 02 00003480 01 01 01 00000080", 0x80000000, false},
		{"array of Variants", "03 98 02000000 00 81 02000000 0001 00000080", 0x80000000, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := unhex(t, tt.hex)
			r := wire.NewReader(data)
			code, empty := readDataValue(&r, 0)
			assert.False(t, r.Failed())
			assert.Equal(t, 0, r.Len())
			assert.EqualValues(t, tt.code, code)
			assert.Equal(t, tt.empty, empty)
			for n := range len(data) {
				r := wire.NewReader(data[:n])
				readDataValue(&r, 0)
				assert.True(t, r.Failed(), "cut to %d bytes", n)
			}
		})
	}
	for _, bad := range []string{
		"01 20",                // Variant of type 32
		"01 a0 ffffffff",       // null array of type 32
		"01 86 ffffff7f",       // more elements than bytes
		"01 92 01000000 06",    // NodeId of form 6
		"01 16 0000 03",        // ExtensionObject of encoding 3
		"01 8c 01000000",       // array of strings without its string
		"01 19 40404040404040", // DiagnosticInfo without an end
	} {
		r := wire.NewReader(unhex(t, bad))
		readDataValue(&r, 0)
		assert.True(t, r.Failed(), bad)
	}
}

// TestCount: an array has as many elements as there can be, and not one more.
func TestCount(t *testing.T) {
	for _, tt := range []struct {
		data      string
		min, want int
		failed    bool
	}{
		{"02000000 0000000000000000", 4, 2, false},
		{"02000000 00000000000000", 4, 0, true},
		{"02000000 00000000", 4, 0, true},
		{"00000000", 4, 0, false},
		{"ffffffff", 4, 0, false}, // null
		{"00000080 00000000", 4, 0, false},
		{"ffffff7f 00000000", 1, 0, true},
	} {
		r := wire.NewReader(unhex(t, tt.data))
		assert.Equal(t, tt.want, count(&r, tt.min), tt.data)
		assert.Equal(t, tt.failed, r.Failed(), tt.data)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	var b []byte
	for _, c := range s {
		if c != ' ' {
			b = append(b, byte(c))
		}
	}
	data, err := hex.DecodeString(string(b))
	require.NoError(t, err)
	return data
}

// TestDepth: nesting ends at the limit, whatever it is that nests.
func TestDepth(t *testing.T) {
	nest := func(level []byte, n int, end ...byte) bool {
		var b []byte
		for range n {
			b = append(b, level...)
		}
		r := wire.NewReader(append(b, end...))
		skipVariant(&r, 0)
		return !r.Failed()
	}
	assert.True(t, nest([]byte{0x18}, maxDepth-1, 0))
	assert.False(t, nest([]byte{0x18}, maxDepth, 0))
	assert.False(t, nest([]byte{0x18}, 1_000_000, 0))
	assert.False(t, nest([]byte{0x98, 1, 0, 0, 0}, 1_000_000, 0))
	assert.False(t, nest([]byte{0x17, 0x01}, 1_000_000, 0)) // Variant, DataValue, Variant ...
	r := wire.NewReader(append(make([]byte, 0), repeat(0x40, 1_000_000)...))
	skipDiagnosticInfo(&r)
	assert.True(t, r.Failed())
	r = wire.NewReader(append(repeat(0x40, maxDepth-1), 0))
	skipDiagnosticInfo(&r)
	assert.False(t, r.Failed())
}

func repeat(b byte, n int) []byte {
	s := make([]byte, n)
	for i := range s {
		s[i] = b
	}
	return s
}
