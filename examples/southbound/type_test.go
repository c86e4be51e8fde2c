package southbound

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

func TestConvert(t *testing.T) {
	for _, c := range []struct {
		t     Type
		value any
		want  any // a value or a code
	}{
		{Bool, true, true},
		{Bool, json.Number("1"), true},
		{Bool, json.Number("0"), false},
		{Bool, json.Number("2"), core.PluginTagTypeMismatch},
		{Bool, "true", core.PluginTagTypeMismatch},
		{Int16, json.Number("-5"), int16(-5)},
		{Int16, 7, int16(7)},
		{Int16, json.Number("32768"), core.PluginWriteFailed},
		{Int16, json.Number("1.5"), core.PluginTagTypeMismatch},
		{Int16, json.Number("1e400"), core.PluginTagTypeMismatch},
		{Int16, nil, core.PluginTagTypeMismatch},
		{Int16, "1", core.PluginTagTypeMismatch},
		{Int16, []any{1}, core.PluginTagTypeMismatch},
		{Int16, func() {}, core.PluginTagTypeMismatch},
		{Int16, true, core.PluginTagTypeMismatch},
		{Uint16, json.Number("-1"), core.PluginWriteFailed},
		{Uint32, json.Number("4294967295"), uint32(math.MaxUint32)},
		{Int32, json.Number("2147483648"), core.PluginWriteFailed},
		{Float, json.Number("1.5"), float32(1.5)},
		{Float, json.Number("1e39"), core.PluginWriteFailed},
		{Double, json.Number("1e39"), 1e39},
		{Double, math.NaN(), core.PluginTagTypeMismatch},
		{"WORD", json.Number("1"), core.TagTypeUnsupported},
	} {
		t.Run(fmt.Sprintf("%s of %v", c.t, c.want), func(t *testing.T) {
			v, err := c.t.Convert(c.value)
			if code, ok := c.want.(core.Code); ok {
				coretest.RequireCode(t, err, code)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, v)
			b, err := c.t.Encode(binary.BigEndian, v)
			require.NoError(t, err)
			assert.Len(t, b, c.t.Size())
			back, err := c.t.Decode(binary.BigEndian, b)
			require.NoError(t, err)
			assert.Equal(t, c.want, back)
			_, err = c.t.Decode(binary.BigEndian, b[1:])
			coretest.RequireCode(t, err, core.PluginTagTypeMismatch)
		})
	}
	_, err := Type("WORD").Decode(binary.BigEndian, make([]byte, 8))
	coretest.RequireCode(t, err, core.TagTypeUnsupported)
	assert.Zero(t, Type("WORD").Size())
	_, err = Int16.Encode(binary.BigEndian, "text")
	coretest.RequireCode(t, err, core.PluginTagTypeMismatch)
}
