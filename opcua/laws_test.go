package opcua_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uacp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"

	"github.com/fieldstatus/fieldstatus/internal/laws"
)

// values returns the numbers of all rows of a layer.
func values(t *testing.T, layer string) (all []uint32, rows map[uint32]core.Row) {
	t.Helper()
	rows = map[uint32]core.Row{}
	for row := range opcuastatus.Rows() {
		if row.Layer == layer {
			v, err := strconv.ParseUint(row.Value, 0, 32)
			require.NoError(t, err)
			all = append(all, uint32(v))
			rows[uint32(v)] = row
		}
	}
	return all, rows
}

func status(v uint32) core.Status        { return opcuastatus.Status(ua.StatusCode(v)) }
func serviceStatus(v uint32) core.Status { return opcuastatus.ServiceStatus(ua.StatusCode(v)) }

func TestLaws(t *testing.T) {
	laws.Table(t, "opcua", opcuastatus.Rows())
	c := laws.Cover(t, opcuastatus.Rows())
	codes := laws.Field[ua.StatusCode]{Layers: []string{"status"}, Status: opcuastatus.Status, Canon: plain}
	laws.Sampled(c, codes)
	codes.Status = func(v ua.StatusCode) core.Status { return opcuastatus.Strict(opcuastatus.Status(v)) }
	codes.Known = func(v ua.StatusCode) bool { return c.Listed("status", int64(plain(v))) || v>>30 == 1 } // as Uncertain
	laws.Sampled(c, codes)
	codes.Status, codes.Known = opcuastatus.ServiceStatus, nil
	codes.Layers = []string{"service-result", "status"}
	laws.Sampled(c, codes)
	c.Complete()
	laws.Translate(t, opcuastatus.Translate, ownErrors()...)
	laws.Translate(t, opcuastatus.TranslateItem, ownErrors()...)
	laws.Translate(t, func(op core.Op, err error) error {
		if op == core.Connect {
			return opcuastatus.TranslateSecured(err)
		}
		return opcuastatus.Translate(op, err)
	}, ownErrors()...)
}

// plain is a code without its information bits.
func plain(v ua.StatusCode) ua.StatusCode { return v &^ 0xFFFF }

// ownErrors are what gopcua and this package return.
func ownErrors() []error {
	return []error{
		ua.StatusBadNodeIDUnknown, ua.StatusCode(0x808C0500), ua.StatusGoodOverload, ua.StatusOK, ua.StatusUncertainLastUsableValue, ua.StatusCode(0x8FF10000),
		&uacp.Error{ErrorCode: 0x80550000, Reason: "no"}, &uacp.Error{}, errors.Join(ua.StatusOK, ua.StatusBadTimeout),
		errors.New("opcua: invalid node id: x"), errors.New("opcua: uacp: message too small: 0 bytes."), errors.New("opcua: something new"),
		opcua.InvalidResponseTypeError{}, errors.New("x509: malformed certificate"), (*uacp.Error)(nil),
		opcuastatus.Status(ua.StatusBad).Err(core.Other), fmt.Errorf("x: %w", io.EOF),
	}
}

// TestInfoBits: the lower half of a code never changes the answer, is kept all
// the same, and does not count in comparisons.
func TestInfoBits(t *testing.T) {
	all, _ := values(t, "status")
	random := rand.New(rand.NewPCG(3, 4))
	for _, v := range all {
		plain := status(v)
		for range 50 {
			with := v | uint32(uint16(random.Uint32()))
			s := status(with)
			require.Equal(t, plain.Row().Symbol, s.Row().Symbol, "0x%08X", with)
			require.Equal(t, plain.Code(core.Read), s.Code(core.Read), "0x%08X", with)
			require.EqualValues(t, with, s.Value())
			require.True(t, s.Known())
			err := s.Err(core.Read)
			if err == nil {
				continue
			}
			require.ErrorIs(t, err, ua.StatusCode(v))
			require.ErrorIs(t, err, ua.StatusCode(v|uint32(uint16(random.Uint32()))))
			var code ua.StatusCode
			require.ErrorAs(t, err, &code)
			require.EqualValues(t, with, code)
			require.NotErrorIs(t, err, ua.StatusOK)
			require.NotErrorIs(t, err, ua.StatusCode(v^0x00010000))
		}
	}
}

// TestEveryInfoBit: no bit of the lower half changes the row of a code, alone or
// with others: each bit, and every 251st pattern, or all 65,536 of every code when
// the whole product is asked for.
func TestEveryInfoBit(t *testing.T) {
	all, _ := values(t, "status")
	step := 251
	if laws.Long() {
		step = 1
	}
	for _, v := range all {
		for _, of := range []func(uint32) core.Status{status, serviceStatus} {
			plain := of(v)
			same := func(bits uint32) {
				s := of(v | bits)
				if s.Symbol() != plain.Symbol() || s.Layer() != plain.Layer() || s.Code(core.Read) != plain.Code(core.Read) || s.Code(core.Connect) != plain.Code(core.Connect) ||
					s.Remedy() != plain.Remedy() || s.Scope() != plain.Scope() || s.Quality() != plain.Quality() || s.Value() != int64(v|bits) || !s.Known() {
					t.Fatalf("0x%08X is %v, 0x%08X is %v", v, plain, v|bits, s)
				}
			}
			for bit := range 16 {
				same(1 << bit)
			}
			for bits := 0; bits < 1<<16; bits += step {
				same(uint32(bits))
			}
		}
	}
}

// TestSeverity: Good and Uncertain succeed whatever else they say, Bad never.
func TestSeverity(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 200_000 {
		v := random.Uint32()
		for _, s := range []core.Status{status(v), serviceStatus(v)} {
			switch v >> 30 {
			case 0:
				require.Equal(t, core.OK, s.Code(core.Read), "0x%08X", v)
				require.Equal(t, core.Good, s.Quality(), "0x%08X", v)
			case 1:
				require.Equal(t, core.OK, s.Code(core.Read), "0x%08X", v)
				require.Equal(t, core.Uncertain, s.Quality(), "0x%08X", v)
			default:
				require.NotEqual(t, core.OK, s.Code(core.Read), "0x%08X", v)
				require.Equal(t, core.Bad, s.Quality(), "0x%08X", v)
			}
		}
	}
	assert.False(t, status(0xC0340000).Known(), "the reserved severity has no rows of its own")
	assert.Equal(t, core.OPCUAError, status(0xC0340000).Code(core.Read))
}

// TestExactPairs: the twenty codes whose documented text is the standard's own
// ascend with the native values, so that no pair can be shifted unseen.
func TestExactPairs(t *testing.T) {
	pairs := []ua.StatusCode{
		ua.StatusBad, ua.StatusBadNothingToDo, ua.StatusBadTooManyOperations, ua.StatusBadUserAccessDenied, ua.StatusBadTimestampsToReturnInvalid,
		ua.StatusBadNoCommunication, ua.StatusBadNodeIDInvalid, ua.StatusBadNodeIDUnknown, ua.StatusBadAttributeIDInvalid, ua.StatusBadIndexRangeInvalid,
		ua.StatusBadIndexRangeNoData, ua.StatusBadDataEncodingInvalid, ua.StatusBadDataEncodingUnsupported, ua.StatusBadNotReadable, ua.StatusBadNotWritable,
		ua.StatusBadOutOfRange, ua.StatusBadMaxAgeInvalid, ua.StatusBadWriteNotSupported, ua.StatusBadTypeMismatch, ua.StatusBadSecurityModeInsufficient,
	}
	for i, code := range pairs {
		assert.Equal(t, core.OPCUABad+core.Code(i), opcuastatus.Status(code).Code(core.Read), "%v", code)
		if i > 0 {
			assert.Greater(t, code, pairs[i-1])
		}
	}
}

// TestGopcuaNames: every code that gopcua names is in the table under the same
// name, initialisms and one misspelling aside.
func TestGopcuaNames(t *testing.T) {
	_, rows := values(t, "status")
	for code, desc := range ua.StatusCodes {
		row, ok := rows[uint32(code)]
		if !assert.True(t, ok, "%s (0x%08X) is not in the table", desc.Name, uint32(code)) {
			continue
		}
		name := strings.TrimPrefix(desc.Name, "Status")
		name = strings.NewReplacer("Sempahore", "Semaphore", "OK", "Good", "_", "").Replace(name)
		assert.True(t, strings.EqualFold(strings.ReplaceAll(row.Symbol, "_", ""), name), "0x%08X: %s here, %s in gopcua", uint32(code), row.Symbol, desc.Name)
	}
	assert.Equal(t, 284, len(rows))
	assert.Equal(t, 264, len(ua.StatusCodes), "a new gopcua: look at its new codes")
}

// TestServiceRows: what a service result changes is in the layer for it, and
// nothing else differs.
func TestServiceRows(t *testing.T) {
	all, _ := values(t, "status")
	_, service := values(t, "service-result")
	for _, v := range all {
		s := serviceStatus(v)
		if _, ok := service[v]; ok {
			assert.Equal(t, "service-result", s.Layer())
			assert.Equal(t, core.PluginNotConnected, s.Code(core.Read))
			assert.NotEqual(t, core.PluginNotConnected, status(v).Code(core.Read))
			continue
		}
		assert.Equal(t, status(v), s)
	}
}

func TestStrict(t *testing.T) {
	_, rows := values(t, "status")
	n := 0
	for v, row := range rows {
		s := opcuastatus.Strict(status(v))
		if v>>30 != 1 {
			assert.Equal(t, status(v), s)
			continue
		}
		n++
		strict := s.Row()
		assert.Equal(t, core.PluginTagValueInvalid, s.Code(core.Read), row.Symbol)
		assert.Equal(t, core.Uncertain, s.Quality(), row.Symbol)
		assert.Equal(t, core.Retry, s.Remedy(), row.Symbol)
		assert.Equal(t, []string{row.Layer, row.Value, row.Symbol, row.Meaning, row.Hint}, []string{strict.Layer, strict.Value, strict.Symbol, strict.Meaning, strict.Hint})
		assert.ErrorIs(t, s.Err(core.Read), ua.StatusCode(v))
		assert.Equal(t, s, opcuastatus.Strict(s), "twice is once")
		assert.Equal(t, s, opcuastatus.Strict(status(v)), "statuses stay comparable")
	}
	assert.Equal(t, 20, n)
	assert.Equal(t, core.PluginTagValueInvalid, opcuastatus.Strict(status(0x41230000)).Code(core.Read))
	assert.EqualValues(t, 0x41230000, opcuastatus.Strict(status(0x41230000)).Value())
	assert.Equal(t, core.Status{}, opcuastatus.Strict(core.Status{}))
}
