package enip

import "github.com/fieldstatus/fieldstatus/core"

// Extended returns the outcome of a general status with its first extended
// word, in the reply of an object other than the Connection Manager. Where no
// table refines the general status, it alone decides, and the word is kept.
//
// Routers pass the words of the Connection Manager on in the replies of other
// objects: behind 0x01, a word that only it defines has its meaning here too.
func (g GeneralStatus) Extended(word uint16) core.Status {
	var row *core.Row
	switch g {
	case ConnectionFailure:
		row = rowExtended01(word)
		if cm := rowConnectionManagerExtended(word); row.Fallback && !cm.Fallback {
			row = cm
		}
	case PathSegmentError:
		row = rowExtended04(word)
	case PathDestinationUnknown:
		row = rowExtended05(word)
	case ObjectStateConflict:
		row = rowExtended0c(word)
	case DeviceStateConflict:
		row = rowExtended10(word)
	case VendorSpecificError:
		row = rowExtended1f(word)
	case GeneralError:
		row = rowExtendedFf(word)
	default:
		row = rowGeneralStatus(uint8(g))
	}
	return core.NewStatus(row, int64(g)).WithExtended(uint32(word))
}

// moreToFollow is the outcome of general status 0x06 for a caller that goes on
// asking: a success whose value says that it is not the last one.
func moreToFollow() core.Status {
	return core.NewStatus(rowGeneralStatus(uint8(Success)), int64(PartialTransfer))
}

// ConnectionStatus is the first extended status word behind general status 0x01
// of the Connection Manager object (class 0x06): the answer to Forward Open,
// Forward Close and Unconnected Send. In the reply to a Forward Open each of
// them is 10797.
//
// Source: CIP Volume 1, Chapter 3-5, Connection Manager service request error
// codes; CIP Volume 5 (CIP Safety) for 0x0801 to 0x080F.
type ConnectionStatus uint16

// Status returns the outcome of general status 0x01 with this word.
func (c ConnectionStatus) Status() core.Status {
	return core.NewStatus(rowConnectionManagerExtended(uint16(c)), int64(ConnectionFailure)).WithExtended(uint32(c))
}

// String returns general status, word and symbol: "0x01/0x0204 UnconnectedRequestTimedOut".
func (c ConnectionStatus) String() string { return c.Status().Native() }

// Error makes a ConnectionStatus an error, so that [errors.Is] can compare with it.
func (c ConnectionStatus) Error() string { return c.Status().Text() }

// LogixStatus is the first extended status word behind general status 0xFF, as
// Rockwell controllers use it.
//
// Source: Rockwell 1756-PM020 and 1756-RM003.
type LogixStatus uint16

// Status returns the outcome of general status 0xFF with this word.
func (l LogixStatus) Status() core.Status {
	return core.NewStatus(rowExtendedFf(uint16(l)), int64(GeneralError)).WithExtended(uint32(l))
}

// String returns general status, word and symbol: "0xFF/0x2105 AccessBeyondEndOfObject".
func (l LogixStatus) String() string { return l.Status().Native() }

// Error makes a LogixStatus an error, so that [errors.Is] can compare with it.
func (l LogixStatus) Error() string { return l.Status().Text() }

// PCCCStatus is the STS byte of a PCCC reply inside the Execute PCCC service
// (0x4B). The upper half is an error of the remote node and wins; the lower half
// is an error of the local link. 0xF in the upper half says that the cause is in
// the EXT STS byte.
//
// Source: Rockwell 1770-6.5.16, Chapter 8, status code values.
type PCCCStatus uint8

// Status returns the outcome of this STS alone: with 0xF0 it is that of a reply
// whose EXT STS is missing. See [PCCCStatus.Extended].
func (p PCCCStatus) Status() core.Status {
	decisive := p
	if p&0xF0 != 0 {
		decisive = p & 0xF0
	}
	return core.NewStatus(rowPcccSts(uint8(decisive)), int64(p))
}

// Extended returns the outcome of this STS followed by an EXT STS, which counts
// when the upper half of the STS is 0xF.
func (p PCCCStatus) Extended(ext PCCCExtStatus) core.Status {
	if p&0xF0 != PCCCExtStsPresent {
		return p.Status()
	}
	return core.NewStatus(rowPcccExtSts(uint8(ext)), int64(p)).WithExtended(uint32(ext))
}

// String returns the byte and its symbol: "0x50 AddressingProblem".
func (p PCCCStatus) String() string { return p.Status().Native() }

// Error makes a PCCCStatus an error, so that [errors.Is] can compare with it.
func (p PCCCStatus) Error() string { return p.Status().Text() }

// PCCCExtStatus is the EXT STS byte of a PCCC reply, present when STS is 0xF0.
//
// Source: Rockwell 1770-6.5.16, Chapter 8, extended status code values.
type PCCCExtStatus uint8

// Status returns the outcome of STS 0xF0 with this EXT STS.
func (p PCCCExtStatus) Status() core.Status { return PCCCExtStsPresent.Extended(p) }

// String returns STS, EXT STS and symbol: "0xF0/0x0006 AddressNotUsable".
func (p PCCCExtStatus) String() string { return p.Status().Native() }

// Error makes a PCCCExtStatus an error, so that [errors.Is] can compare with it.
func (p PCCCExtStatus) Error() string { return p.Status().Text() }

// asPair hands out both values of a status that has two: the general status or
// STS, and the extended word in the type of its layer.
func asPair(s core.Status, target any) bool {
	second, _ := s.Extended()
	layer := s.Layer()
	switch t := target.(type) {
	case *GeneralStatus:
		if layer == layerPCCCExt {
			return false
		}
		*t = GeneralStatus(s.Value())
	case *ConnectionStatus:
		if layer != layerConnection {
			return false
		}
		*t = ConnectionStatus(second)
	case *LogixStatus:
		if layer != layerLogix {
			return false
		}
		*t = LogixStatus(second)
	case *PCCCStatus:
		if layer != layerPCCCExt {
			return false
		}
		*t = PCCCStatus(s.Value())
	case *PCCCExtStatus:
		if layer != layerPCCCExt {
			return false
		}
		*t = PCCCExtStatus(second)
	default:
		return false
	}
	return true
}

// isPair compares with the first value alone: the word refines a general
// status, it does not make it another one.
func isPair(s core.Status, target error) bool {
	switch t := target.(type) {
	case GeneralStatus:
		return s.Layer() != layerPCCCExt && s.Value() == int64(t)
	case PCCCStatus:
		return s.Layer() == layerPCCCExt && t == PCCCExtStsPresent
	}
	return false
}

// Layers with a type of their own for the second value.
const (
	layerConnection = "connection-manager-extended"
	layerLogix      = "extended-ff"
	layerPCCCExt    = "pccc-ext-sts"
)
