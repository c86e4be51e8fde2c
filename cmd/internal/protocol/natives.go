package protocol

import (
	"math"
	"strconv"
	"strings"

	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/fins"
	"github.com/fieldstatus/fieldstatus/opcua"
	"github.com/fieldstatus/fieldstatus/s7"
)

// s7Natives reads the return code of an item, listed or not, error words by their
// class, which may be given apart, and the numbers of the Snap7 family, which are
// sums.
func s7Natives(values []int64) []core.Status {
	switch {
	case len(values) == 2 && isByte(values[0]) && isByte(values[1]):
		return []core.Status{s7.HeaderError(values[0]<<8 | values[1]).Status()}
	case len(values) != 1 || values[0] < 0 || values[0] > math.MaxInt32:
		return nil
	case isByte(values[0]):
		return []core.Status{s7.ReturnCode(values[0]).Status()}
	case values[0] <= 0xFFFF:
		return []core.Status{s7.HeaderError(values[0]).Status()}
	}
	return []core.Status{s7.Snap7Status(int32(values[0]))}
}

// opcuaNatives strips the information bits. Languages without unsigned numbers
// print status codes as negative ones.
func opcuaNatives(values []int64) []core.Status {
	if len(values) != 1 || values[0] < math.MinInt32 || values[0] > math.MaxUint32 {
		return nil
	}
	return []core.Status{opcua.Status(ua.StatusCode(uint32(values[0])))}
}

// opcuaPasted reads a status code of gopcua, which prints itself with its
// number at the end.
func opcuaPasted(text string) error {
	number, _, _ := strings.Cut(text[strings.LastIndexByte(text, 'x')+1:], ")")
	n, err := strconv.ParseUint(number, 16, 32)
	code := ua.StatusCode(n)
	if _, named := ua.StatusCodes[code]; err == nil && named && strings.HasSuffix(text, code.Error()) {
		return code
	}
	return nil
}

// finsNatives reads an end code with its flags, in one number or two.
func finsNatives(values []int64) []core.Status {
	switch {
	case len(values) == 2 && isByte(values[0]) && isByte(values[1]):
		return []core.Status{fins.EndCode(values[0]<<8 | values[1]).Status()}
	case len(values) == 1 && values[0] >= 0 && values[0] <= 0xFFFF:
		return []core.Status{fins.EndCode(values[0]).Status()}
	}
	return nil
}

// enipNatives reads a general status with its extended word, and a PCCC STS
// with its EXT STS.
func enipNatives(values []int64) []core.Status {
	if len(values) != 2 || !isByte(values[0]) || values[1] < 0 || values[1] > 0xFFFF {
		return nil
	}
	status, word := enip.GeneralStatus(values[0]), values[1]
	if pccc := enip.PCCCStatus(values[0]); pccc == enip.PCCCExtStsPresent && isByte(word) {
		return []core.Status{pccc.Extended(enip.PCCCExtStatus(word))}
	}
	return []core.Status{status.Extended(uint16(word))}
}

func isByte(n int64) bool { return n >= 0 && n <= 0xFF }
