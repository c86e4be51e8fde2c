package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
)

// runReal runs the command with the real protocols.
func runReal(t testing.TB, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	a := &app{
		in: strings.NewReader(""), out: &out, err: &err, getenv: func(string) string { return "" },
		protocols: protocol.All(), location: time.UTC,
	}
	status := a.run(args)
	return result{status, out.String(), err.String()}
}

func TestExplainReal(t *testing.T) {
	for args, want := range map[string]struct{ title, code string }{
		"s7 0x05":                   {"s7 item-return 0x05 AddressOutOfRange", "10105 Invalid address"},
		"s7 0x85FF":                 {"s7 header-class 0x85FF ErrorOnSupplies", "3000 "},
		"s7 0x81/0x04":              {"s7 header-error 0x8104 Code7FunNotAvailable", "10103 "},
		"s7 0x00C00003":             {"s7 client-cli 0x00C00003 errCliItemNotAvailable", "10110 "},
		"opcua BadNodeIdUnknown":    {"opcua status 0x80340000 BadNodeIdUnknown", "10015 "},
		"opcua badnodeidunknown":    {"opcua status 0x80340000 BadNodeIdUnknown", "10015 "},
		"opcua 0x80340500":          {"opcua status 0x80340500 BadNodeIdUnknown", "10015 "},
		"opcua -2144010240":         {"opcua status 0x80350000 BadAttributeIdInvalid", "10016 "},
		"opcua 0x812F0000":          {"opcua status 0x812F0000", "10007 "},
		"fins 0x1103":               {"fins end-code 0x1103 AddressRangeError", "10508 "},
		"fins 1103":                 {"fins end-code 0x1103 AddressRangeError", "10508 "},
		"fins 0x1143":               {"fins end-code 0x1143 AddressRangeError", "10508 "},
		"fins 0x8201":               {"fins end-code 0x8201 DestinationNodeNotInNetwork", "10503 "},
		"fins 0x11/0x03":            {"fins end-code 0x1103 AddressRangeError", "10508 "},
		"fins 0x0040":               {"fins sres-flag 0x0040 NonFatalCPUUnitError", "0 "},
		"fins 0x05":                 {"fins mres 0x05 RoutingTableError", "10506 "},
		"enip 0x01/0x0204":          {"enip connection-manager-extended 0x01/0x0204 UnconnectedRequestTimedOut", "10701 "},
		"enip 0xF0/0x06":            {"enip pccc-ext-sts 0xF0/0x0006 AddressNotUsable", "10705 "},
		"knx E_NO_MORE_CONNECTIONS": {"knx knxnetip-status 0x24 E_NO_MORE_CONNECTIONS", "3002 "},
		"focas -16":                 {"focas return -16 EW_SOCKET", "3002 "},
		"focas -16/11/2":            {"focas lib-detail -16/11/2", "3002 "},
		"nona11 AddressSyntax":      {"nona11 nona11 AddressSyntax", "10400 "},
		"net DialRefused":           {"net network DialRefused", "3002 "},
	} {
		r := runReal(t, append([]string{"explain"}, strings.Fields(args)...)...)
		require.Equal(t, exitOK, r.status, "%s: %s", args, r.err)
		assert.Truef(t, strings.HasPrefix(r.out, want.title+"\n"), "%s:\n%s", args, r.out)
		assert.Contains(t, r.out, "  code     "+want.code, args)
	}
}

// Texts of clients as their users paste them.
func TestExplainRealTexts(t *testing.T) {
	for text, title := range map[string]string{
		"error reported by destination, end code 0x1103": "fins end-code 0x1103 AddressRangeError",
		"CPU : Item not available":                       "s7 client-cli 0x00C00000 errCliItemNotAvailable",
		"read failed: The node id refers to a node that does not exist in the server address space. StatusBadNodeIDUnknown (0x80340000)": "opcua status 0x80340000 BadNodeIdUnknown",
	} {
		r := runReal(t, "explain", text)
		require.Equal(t, exitOK, r.status, r.err)
		assert.Truef(t, strings.HasPrefix(r.out, title+"\n"), "%s:\n%s", text, r.out)
	}
	for _, text := range []string{"the dog ate it", "something failed (0x80340000)", "0x812F0000 in the morning"} {
		r := runReal(t, "explain", text)
		assert.Equal(t, exitUsage, r.status, r.out)
		assert.Contains(t, r.err, "is no known error text")
	}
}

// Every row of every table can be asked for by its value, and by its symbol.
func TestExplainEveryRow(t *testing.T) {
	rows := 0
	for _, p := range protocol.All() {
		for r := range p.Rows() {
			rows++
			asks := []string{r.Symbol}
			value, _, _ := strings.Cut(r.Value, "..")
			if value != "-" && !strings.Contains(value, "*") {
				asks = append(asks, value)
			}
			for _, ask := range asks {
				if ask == "" {
					continue
				}
				got := runReal(t, "explain", "--json", p.Name, ask)
				if !assert.Equal(t, exitOK, got.status, "%s %s: %s", p.Name, ask, got.err) {
					continue
				}
				found := false
				for line := range strings.Lines(got.out) {
					var j struct{ Layer, Symbol, Meaning string }
					require.NoError(t, json.Unmarshal([]byte(line), &j))
					found = found || j.Layer == r.Layer && j.Meaning == r.Meaning
				}
				assert.Truef(t, found, "%s %s does not show %s %s %s:\n%s", p.Name, ask, r.Layer, r.Value, r.Symbol, got.out)
			}
		}
	}
	t.Logf("%d rows", rows)
}

// What a package decides on by itself is found by its name, and says so.
func TestExplainEveryOutcome(t *testing.T) {
	n := 0
	for _, p := range protocol.All() {
		if p.Outcomes == nil {
			continue
		}
		for o := range p.Outcomes() {
			if o.Symbol == "" {
				continue
			}
			n++
			r := runReal(t, "explain", p.Name, o.Symbol)
			assert.Equal(t, exitOK, r.status, r.err)
			found := false
			for _, block := range strings.Split(r.out, "\n\n") {
				title, rest, _ := strings.Cut(block, "\n")
				found = found || title == o.Protocol+" "+o.Layer+" "+rowNative(o)+", decided by fieldstatus" && strings.Contains(rest, o.Meaning)
			}
			assert.Truef(t, found, "%s %s:\n%s", p.Name, o.Symbol, r.out)
		}
	}
	assert.Greater(t, n, 30)
}

// Every code that a row has is explained backwards, with the row.
func TestExplainEveryCode(t *testing.T) {
	used := make(map[core.Code]int)
	for _, p := range protocol.All() {
		for r := range p.Answers() {
			seen := make(map[core.Code]bool)
			for _, c := range r.Codes {
				if !seen[c] {
					seen[c] = true
					used[c]++
				}
			}
		}
	}
	for c, rows := range used {
		r := runReal(t, "explain", "--json", c.String())
		assert.Equal(t, exitOK, r.status, r.err)
		assert.Equal(t, rows, strings.Count(r.out, "\n"), c)
	}
}

// Frames of real protocols as people paste them.
func TestDecodeRealHex(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"S7":                      {[]string{"s7", "03000019", "02f080", "320300000001000200040000", "0401", "0a000000"}, "    1  other  s7 item-return 0x0A ObjectDoesNotExist [0] "},
		"S7 with its request":     {[]string{"s7", "0300001f02f080320100000500000e00000401120a10020001000184000000", "0300001902f0803203000005000002000400000401" + "0a000000"}, "    2  read  s7 item-return 0x0A ObjectDoesNotExist [0] "},
		"OPC UA":                  {[]string{"opcua", "455252461000000000008280ffffffff"}, "BadTcpInternalError"},
		"FINS over UDP":           {[]string{"fins", "c10002000200000a000301011104"}, "    1  read  fins end-code 0x1104 AddressRangeExceeded"},
		"FINS over UDP in bytes":  {strings.Fields("fins c1 00 02 00 02 00 00 0a 00 03 01 01 11 04"), "fins end-code 0x1104 AddressRangeExceeded"},
		"FINS over UDP, exchange": {[]string{"fins", "800002000a00000200010101820064000002", "c00002000200000a000101011104"}, "    2  read  fins end-code 0x1104 AddressRangeExceeded"},
		"FINS over TCP":           {[]string{"fins", "46494e5300000016000000020000", "0000c10002000200000a000301011104"}, "fins end-code 0x1104 AddressRangeExceeded"},
		"KNX":                     {[]string{"knx", "0610 0206 0008 0024"}, "knx knxnetip-status 0x24 E_NO_MORE_CONNECTIONS"},
		"EtherNet/IP":             {[]string{"enip", "65 00 00 00 00 00 00 00 69 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"}, "enip encapsulation 0x00000069"},
	} {
		r := runReal(t, append([]string{"decode"}, test.args...)...)
		assert.Equal(t, exitOK, r.status, "%s: %s", name, r.err)
		assert.Contains(t, r.out, test.want, name)
	}
}
