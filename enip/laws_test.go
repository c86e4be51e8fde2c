package enip

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

func TestTable(t *testing.T) { laws.Table(t, "enip", Rows()) }

func TestTotal(t *testing.T) {
	c := laws.Cover(t, Rows())
	laws.Every(c, laws.Field[GeneralStatus]{Layers: []string{"general-status"}, Status: GeneralStatus.Status})
	laws.Every(c, laws.Field[PCCCStatus]{Layers: []string{"pccc-sts"}, Status: PCCCStatus.Status, Canon: decisive})
	laws.Sampled(c, laws.Field[EncapsulationStatus]{Layers: []string{"encapsulation"}, Status: EncapsulationStatus.Status}, 0x186A5)
	everyPair(t, c)
	c.Spare("pccc-sts", "*")
	c.Complete()
}

// decisive is the half of an STS that counts.
func decisive(v PCCCStatus) PCCCStatus {
	if v > 0x0F {
		return v & 0xF0
	}
	return v
}

// everyPair holds all general statuses with all first words, and all STS with
// all EXT STS, against the laws. Of the general statuses without a table for the
// word it takes every 251st word, unless the whole product is asked for.
func everyPair(t *testing.T, c *laws.Coverage) {
	c.Name("connection-manager-extended", "extended-01", "extended-04", "extended-05", "extended-0c", "extended-10", "extended-1f", "extended-ff", "pccc-ext-sts")
	refined := map[GeneralStatus]string{0x01: "extended-01", 0x04: "extended-04", 0x05: "extended-05", 0x0C: "extended-0c", 0x10: "extended-10", 0x1F: "extended-1f", 0xFF: "extended-ff"}
	for general := range 1 << 8 {
		g := GeneralStatus(general)
		layer, ok := refined[g]
		step := 251
		if ok || laws.Long() {
			step = 1
		}
		known := g.Status().Known()
		for word := 0; word < 1<<16; word += step {
			if ok {
				known = c.Listed(layer, int64(word)) || g == ConnectionFailure && c.Listed("connection-manager-extended", int64(word))
			}
			pair(t, c, g.Extended(uint16(word)), int64(general), int64(word), known)
		}
	}
	for word := range 1 << 16 {
		pair(t, c, ConnectionStatus(word).Status(), 1, int64(word), c.Listed("connection-manager-extended", int64(word)))
	}
	for sts := 0xF0; sts <= 0xFF; sts++ {
		for ext := range 1 << 8 {
			pair(t, c, PCCCStatus(sts).Extended(PCCCExtStatus(ext)), int64(sts), int64(ext), c.Listed("pccc-ext-sts", int64(ext)))
		}
	}
}

// pair checks one status of two values.
func pair(t *testing.T, c *laws.Coverage, s core.Status, first, second int64, known bool) {
	at := func() string { return fmt.Sprintf("0x%02X/0x%04X", first, second) }
	if v, ok := s.Extended(); s.Value() != first || !ok || v != second {
		t.Fatalf("%s became %v", at(), s)
	}
	if s.Known() != known {
		t.Fatalf("%s: known is %v, but the table names it: %v", at(), s.Known(), known)
	}
	c.Reached(s)
	laws.Obeys(t, at, s, core.Read, core.Connect)
}

// words are the extended words with a code of their own behind 0xFF.
var logixCodes = map[uint16]core.Code{
	0x0007: 10798, 0x2001: 10738, 0x2002: 10703, 0x2018: 10702, 0x201B: 10719, 0x201C: 10732, 0x2100: 10715, 0x2101: 10716, 0x2102: 10715, 0x2103: 10715,
	0x2104: 10704, 0x2105: 10704, 0x2106: 10712, 0x2107: 10798, 0x2108: 10716, 0x2109: 10732, 0x210A: 10704, 0x210B: 10705, 0x210E: 10722, 0x210F: 10712,
	0x2112: 10712, 0x2113: 10716, 0x2114: 10716,
}

// generalCode states the rules for a general status and its first word once
// more, without the table.
func generalCode(general, word int, op core.Op) core.Code {
	switch {
	case general == 0:
		return core.OK
	case general == 0x01 && (op == core.Connect || noConnection(word)):
		return core.ENIPNoCIPConnection
	case general == 0x1F && word == 0x0203:
		return core.ENIPNoCIPConnection
	case general <= 0x2C:
		return core.Code(10700 + general)
	case general == 0x2D || general == 0x2E:
		return 10708
	case general == 0xFF && word >= 0:
		if code, ok := logixCodes[uint16(word)]; ok {
			return code
		}
	}
	return 10731
}

// noConnection reports whether a word behind 0x01 says that there is no CIP
// connection: it is gone, or only a refused Forward Open can have the word.
func noConnection(word int) bool {
	in := func(lo, hi int) bool { return lo <= word && word <= hi }
	return word == 0x0100 || word == 0x0103 || in(0x0106, 0x0109) || in(0x0110, 0x0139) || word == 0x0203 ||
		in(0x0301, 0x0306) || word == 0x0317 || in(0x0319, 0x031B) || in(0x031D, 0x031F) || in(0x0801, 0x0814)
}

// TestEveryPair holds every general status with every first word, from the
// Connection Manager and from any other object, against the rules.
func TestEveryPair(t *testing.T) {
	for general := range 256 {
		for _, op := range []core.Op{core.Other, core.Connect, core.Read, core.Write} {
			require.Equal(t, generalCode(general, -1, op), GeneralStatus(general).Status().Code(op), "0x%02X, %v", general, op)
		}
		for word := range 1 << 16 {
			s := GeneralStatus(general).Extended(uint16(word))
			second, ok := s.Extended()
			if s.Value() != int64(general) || !ok || second != int64(word) {
				t.Fatalf("0x%02X/0x%04X became %v", general, word, s)
			}
			// The word alone says 10797 in the reply of another object; that it answers
			// a Forward Open is known of the Connection Manager only.
			if got, want := s.Code(core.Read), generalCode(general, word, core.Read); got != want {
				t.Fatalf("0x%02X/0x%04X: %v, want %v", general, word, got, want)
			}
		}
	}
	for word := range 1 << 16 {
		s := ConnectionStatus(word).Status()
		for _, op := range []core.Op{core.Other, core.Connect, core.Read, core.Write} {
			if got, want := s.Code(op), generalCode(1, word, op); got != want {
				t.Fatalf("0x01/0x%04X, %v: %v, want %v", word, op, got, want)
			}
		}
	}
}

// TestRegisterSession: every refusal of it is 10799.
func TestRegisterSession(t *testing.T) {
	for _, v := range []uint32{1, 2, 3, 8, 0x64, 0x65, 0x67, 0x69, 0x6A, 0x70, 0x186A5, 0xFFFFFFFF} {
		assert.Equal(t, core.ENIPSessionNotRegistered, EncapsulationStatus(v).Status().Code(core.Connect), "0x%X", v)
	}
	assert.Equal(t, core.OK, EncapsulationSuccess.Status().Code(core.Connect))
}

// TestPCCC: the upper half of STS decides, 0xF in it asks EXT STS.
func TestPCCC(t *testing.T) {
	for v := range 256 {
		sts := PCCCStatus(v)
		if v > 0x0F {
			assert.Equal(t, (sts & 0xF0).Status().Code(core.Read), sts.Status().Code(core.Read))
		}
		for ext := range 256 {
			s := sts.Extended(PCCCExtStatus(ext))
			second, ok := s.Extended()
			assert.Equal(t, v >= 0xF0, ok)
			assert.EqualValues(t, v, s.Value())
			if ok {
				assert.EqualValues(t, ext, second)
				assert.Equal(t, PCCCExtStatus(ext).Status().Row().Value, s.Row().Value)
			}
		}
	}
	for _, ext := range []PCCCExtStatus{0x11, 0x15, 0x17} {
		assert.Equal(t, core.ENIPDataTypeMismatch, ext.Status().Code(core.Write))
	}
}

// TestConstants: symbols and values of the hand-made types are those of the table.
func TestConstants(t *testing.T) {
	assert.Equal(t, "ConnectionTimedOut", ConnectionStatus(0x0203).Status().Symbol())
	assert.Equal(t, CMConnectionTimedOut, ConnectionStatus(0x0203))
	assert.Equal(t, "0x01/0x0204 UnconnectedRequestTimedOut", CMUnconnectedRequestTimedOut.String())
	assert.Equal(t, "0xFF/0x2105 AccessBeyondEndOfObject", LogixAccessBeyondEndOfObject.String())
	assert.Equal(t, "0xF0/0x0006 AddressNotUsable", PCCCExtAddressNotUsable.String())
	assert.Equal(t, "0x50 AddressingProblem", PCCCAddressingProblem.String())
	assert.Contains(t, CMPortNotAvailable.Error(), "port in the route does not exist")
	assert.Contains(t, LogixDataTypeMismatch.Error(), "type")
	assert.Contains(t, PCCCHostProblem.Error(), "host")
	assert.Contains(t, PCCCExtTimeout.Error(), "timeout")
}

// TestNativeValues: general status, extended word and code of an error are all
// reachable, and none takes another for itself.
func TestNativeValues(t *testing.T) {
	type natives struct {
		general GeneralStatus
		cm      ConnectionStatus
		logix   LogixStatus
		encap   EncapsulationStatus
		sts     PCCCStatus
		ext     PCCCExtStatus
	}
	of := func(s core.Status) (n natives) {
		err := s.Err(core.Read)
		require.Error(t, err)
		errors.As(err, &n.general)
		errors.As(err, &n.cm)
		errors.As(err, &n.logix)
		errors.As(err, &n.encap)
		errors.As(err, &n.sts)
		errors.As(err, &n.ext)
		return n
	}
	assert.Equal(t, natives{general: 0x0F}, of(PrivilegeViolation.Status()))
	assert.Equal(t, natives{general: 0x0F}, of(PrivilegeViolation.Extended(0x1234)))
	assert.Equal(t, natives{general: 0x01, cm: 0x0204}, of(CMUnconnectedRequestTimedOut.Status()))
	assert.Equal(t, natives{general: 0x01}, of(ConnectionFailure.Extended(0x0909)))
	assert.Equal(t, natives{general: 0xFF, logix: 0x2105}, of(LogixAccessBeyondEndOfObject.Status()))
	assert.Equal(t, natives{encap: 0x64}, of(EncapsulationInvalidSessionHandle.Status()))
	assert.Equal(t, natives{sts: 0x51}, of(PCCCStatus(0x51).Status()))
	assert.Equal(t, natives{sts: 0xF0, ext: 0x06}, of(PCCCExtAddressNotUsable.Status()))

	err := CMUnconnectedRequestTimedOut.Status().Err(core.Read)
	assert.ErrorIs(t, err, CMUnconnectedRequestTimedOut)
	assert.ErrorIs(t, err, ConnectionFailure, "the word refines the general status")
	assert.NotErrorIs(t, err, CMPortNotAvailable)
	assert.NotErrorIs(t, err, PathSegmentError)
	assert.NotErrorIs(t, ConnectionFailure.Status().Err(core.Read), CMUnconnectedRequestTimedOut)
	assert.NotErrorIs(t, ConnectionStatus(0x7777).Status().Err(core.Read), ConnectionStatus(0x7776).Status().Err(core.Read))
	err = PCCCExtAddressNotUsable.Status().Err(core.Read)
	assert.ErrorIs(t, err, PCCCExtAddressNotUsable)
	assert.ErrorIs(t, err, PCCCExtStsPresent)
	assert.NotErrorIs(t, err, PCCCHostProblem)
	assert.ErrorIs(t, PCCCStatus(0x51).Status().Err(core.Read), PCCCAddressingProblem, "the lower half does not count")
}

// TestAnswers: what the operator and the driver are told about the cases that
// decide what to do next.
func TestAnswers(t *testing.T) {
	type answer struct {
		remedy core.Remedy
		scope  core.Scope
	}
	for s, want := range map[core.Status]answer{
		CMUnconnectedRequestTimedOut.Status():             {core.Retry, core.Request}, // the session is fine
		CMLinkAddressNotValid.Status():                    {core.Fix, core.Request},
		CMOwnershipConflict.Status():                      {core.Reconnect, core.Session},
		CMConnectionTimedOut.Status():                     {core.Reconnect, core.Session},
		CMInvalidConnectionSize.Status():                  {core.Fix, core.Session},
		ConnectionLost.Status():                           {core.Reconnect, core.Session},
		PathSegmentError.Status():                         {core.Fix, core.Item},
		ReplyDataTooLarge.Status():                        {core.Fix, core.Request}, // halve the batch
		DeviceStateConflict.Status():                      {core.Retry, core.Request},
		AlreadyInRequestedMode.Status():                   {core.None, core.Item},
		LogixSemaphoreReject.Status():                     {core.Retry, core.Request},
		LogixDataTypeMismatch.Status():                    {core.Fix, core.Item},
		EncapsulationInvalidSessionHandle.Status():        {core.Reconnect, core.Connection},
		EncapsulationUnsupportedProtocolRevision.Status(): {core.Fix, core.Connection},
		PCCCRemoteCannotBuffer.Status():                   {core.Retry, core.Request},
	} {
		assert.Equal(t, want, answer{s.Remedy(), s.Scope()}, "%v", s)
	}
	assert.False(t, core.Repeatable(CMUnconnectedRequestTimedOut.Status().Err(core.Write)), "the module may have done it")
	assert.True(t, core.Repeatable(PathSegmentError.Status().Err(core.Write)))
}

// TestHints: what users of other libraries searched for weeks is said at once.
func TestHints(t *testing.T) {
	for s, hint := range map[core.Status]string{
		PrivilegeViolation.Status():           "External Access",
		PathSegmentError.Extended(0):          "Program:Name.Tag",
		CMLinkAddressNotValid.Status():        "slot",
		CMPortNotAvailable.Status():           "backplane",
		CMUnconnectedRequestTimedOut.Status(): "slot",
		CMOwnershipConflict.Status():          "Another client",
		CMConnectionInUse.Status():            "serial number",
		CMInvalidOTSize.Status():              "next extended word",
		ServiceNotSupported.Status():          "Micro800",
		EmbeddedServiceError.Status():         "each item",
		PCCCExtFileWrongSize.Status():         "N7:0",
	} {
		assert.Contains(t, s.Hint(), hint, "%v", s)
	}
}
