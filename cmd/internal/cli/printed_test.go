package cli

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/fins"
	"github.com/fieldstatus/fieldstatus/opcua"
	"github.com/fieldstatus/fieldstatus/s7"
)

// What the library prints, and what decode prints, can be pasted.
func TestExplainWhatIsPrinted(t *testing.T) {
	for text, title := range map[string]string{
		core.Tagged("speed", s7.AddressOutOfRange.Status().Err(core.Read)).Error():  "s7 item-return 0x05 AddressOutOfRange",
		fins.EndCode(0x1143).Status().Err(core.Read).Error():                        "fins end-code 0x1143 AddressRangeError",
		opcua.Status(0x80340400).String():                                           "opcua status 0x80340400 BadNodeIdUnknown",
		"press (hall 2): read speed: 10105 (s7 item-return 0x05 AddressOutOfRange)": "s7 item-return 0x05 AddressOutOfRange",
		"s7 item-return 0x99 [0]":                                                   "s7 item-return 0x99",
		"s7 data-shape ItemMissing (at byte 21: the answer ends)":                   "s7 data-shape ItemMissing",
		"focas lib-detail -16/9/1":                                                  "focas lib-detail -16/9/1",
	} {
		r := runReal(t, "explain", text)
		assert.Equal(t, exitOK, r.status, text)
		first, _, _ := strings.Cut(r.out, "\n")
		assert.Equal(t, title, first, text)
		assert.NotContains(t, r.out, "\n\n", "%s has one answer", text)
	}
	assert.NotEqual(t, exitOK, runReal(t, "explain", "s7 no-layer 0x05").status)
}

// A symbol says by itself what it is, in as many protocols as have it.
func TestExplainSymbolAlone(t *testing.T) {
	for symbol, titles := range map[string][]string{
		"BadNodeIdUnknown":     {"opcua status 0x80340000 BadNodeIdUnknown\n"},
		"datatypenotsupported": {"s7 item-return 0x06 DataTypeNotSupported\n", "s7 userdata-return 0x06 DataTypeNotSupported\n"},
		"CommandFormatError":   {"fins mres 0x10 CommandFormatError\n"},
	} {
		r := runReal(t, "explain", symbol)
		assert.Equal(t, exitOK, r.status, symbol)
		for _, title := range titles {
			assert.Contains(t, r.out, title)
		}
	}
}
