package finstest

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/fins"
)

func unhex(text string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// commandOf is a command with parameters, to node 0.
func commandOf(code, params string) []byte {
	return append(unhex("800002000000 00ef00 07"+code), unhex(params)...)
}

// What a command may be refused for, and what is just allowed.
func TestLimitsOfCommands(t *testing.T) {
	multiple := func(n int) string { return strings.Repeat("82000000", n) }
	for _, c := range []struct {
		name, code, params string
		want               fins.EndCode
	}{
		{"the longest read", "0101", "82000000 03e7", fins.NormalCompletion},
		{"a word more", "0101", "82000000 03e8", fins.ResponseTooLong},
		{"bytes behind a read", "0101", "82000000 0001 00", fins.CommandTooLong},
		{"no count", "0101", "82000000 00", fins.CommandTooShort},
		{"the value of a write", "0102", "82000000 0002 11112222", fins.NormalCompletion},
		{"a byte less", "0102", "82000000 0002 111122", fins.ElementsDataMismatch},
		{"a byte more", "0102", "82000000 0002 1111222233", fins.ElementsDataMismatch},
		{"bits", "0102", "31000000 0002 0100", fins.NormalCompletion},
		{"the value of a fill", "0103", "82000000 0002 1111", fins.NormalCompletion},
		{"a fill with a byte", "0103", "82000000 0002 11", fins.CommandTooShort},
		{"a fill with three", "0103", "82000000 0002 111111", fins.CommandTooLong},
		{"a fill of bits", "0103", "31000000 0002 1111", fins.AreaClassificationMissing},
		{"the longest multiple read", "0104", multiple(666), fins.NormalCompletion},
		{"an element more", "0104", multiple(667), fins.ResponseTooLong},
		{"a transfer", "0105", "82ffff00 82000100 0001", fins.NormalCompletion},
		{"a transfer cut short", "0105", "82000000 82000100 00", fins.CommandFormatError},
		{"a transfer of bits", "0105", "82000000 31000100 0001", fins.AreaClassificationMissing},
		{"a transfer beyond the area", "0105", "82000000 82ffff00 0002", fins.AddressRangeExceeded},
		{"bit 16", "0101", "31000010 0001", fins.AddressRangeError},
		{"a clock without seconds", "0702", "26 11 25 03 45", fins.NormalCompletion},
		{"a clock cut short", "0702", "26 11 25 03", fins.CommandTooShort},
		{"a whole clock", "0702", "26 11 25 03 45 00 03", fins.NormalCompletion},
		{"a clock and more", "0702", "26 11 25 03 45 00 03 00", fins.CommandTooLong},
	} {
		assert.Equal(t, c.want, readCommand(commandOf(c.code, c.params)).refusal, c.name)
	}
}

// Run names a mode behind the program number, or means the monitor mode.
func TestModes(t *testing.T) {
	for params, want := range map[string]byte{"": monitorMode, "ffff": monitorMode, "ffff04": runMode, "ffff02": monitorMode} {
		d := newDevice(t)
		d.do(readCommand(commandOf("0401", params)))
		assert.Equal(t, []byte{want}, d.Value("mode"), params)
		d.do(readCommand(commandOf("0402", params)))
		assert.Equal(t, []byte{programMode}, d.Value("mode"), params)
		d.Set("mode", nil)
		assert.Equal(t, []byte{programMode}, d.Value("mode"), "nothing to set")
	}
}

func TestLastWordOfAnArea(t *testing.T) {
	d := newDevice(t)
	for _, addr := range []string{"D65535", "E2_65535", "T32767"} {
		d.Set(addr, []byte{0x12, 0x34})
		assert.Equal(t, []byte{0x12, 0x34}, d.Value(addr), addr)
	}
	assert.False(t, bytes.Contains(d.Value("D0[65535]"), []byte{0x12}))
}
