package focas

import (
	"errors"
	"strings"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

func TestTable(t *testing.T) { laws.Table(t, "focas", Rows()) }

func TestReturnIsTotal(t *testing.T) {
	laws.TotalInt16(t, func(v int16) core.Status { return Return(v).Status() })
}

func TestWireCodeIsTotal(t *testing.T) {
	laws.TotalInt16(t, func(v int16) core.Status { return WireCode(v).Status() })
}

func TestDNCResultIsTotal(t *testing.T) {
	laws.TotalInt16(t, func(v int16) core.Status { return DNCResult(v).Status() })
}

// Every detail pair has an answer, whose code is that of the return value
// unless the table lists the pair.
func TestDetailsAreTotal(t *testing.T) {
	numbers := []int16{-32768, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 88, 104, 487, 489, 494, 505, 32767}
	for rc := -40; rc <= 40; rc++ {
		for _, a := range numbers {
			for _, b := range numbers {
				s := Return(rc).refined(Detail{a, b})
				if s.Value() != int64(rc) {
					t.Fatalf("%d %d/%d: the value became %d", rc, a, b, s.Value())
				}
				for _, op := range []core.Op{core.Other, core.Connect, core.Read, core.Write} {
					if got, want := s.Code(op), Return(rc).Status().Code(op); got != want && s.Layer() != "lib-detail" {
						t.Fatalf("%d %d/%d: %v instead of %v, by %s", rc, a, b, got, want, s)
					}
				}
				if !errors.Is(s.Wrap(core.Read, nil), Return(rc)) && rc != 0 {
					t.Fatalf("%d %d/%d: not the return value: %s", rc, a, b, s)
				}
			}
		}
	}
}

// TestConstants holds the constants against the symbols of the table: each
// symbol has one, and it has the value that the table says.
func TestConstants(t *testing.T) {
	returns := map[string]Return{
		"EW_PROTOCOL": EWProtocol, "EW_SOCKET": EWSocket, "EW_NODLL": EWNodll, "EW_INIERR": EWInierr, "EW_ITLOW": EWItlow,
		"EW_ITHIGHT": EWIthight, "EW_BUS": EWBus, "EW_SYSTEM2": EWSystem2, "EW_HSSB": EWHssb, "EW_HANDLE": EWHandle,
		"EW_VERSION": EWVersion, "EW_UNEXP": EWUnexp, "EW_SYSTEM": EWSystem, "EW_PARITY": EWParity, "EW_MMCSYS": EWMmcsys,
		"EW_RESET": EWReset, "EW_BUSY": EWBusy, "EW_OK": EWOK, "EW_FUNC": EWFunc, "EW_NOPMC": EWNopmc, "EW_LENGTH": EWLength,
		"EW_NUMBER": EWNumber, "EW_RANGE": EWRange, "EW_ATTRIB": EWAttrib, "EW_TYPE": EWType, "EW_DATA": EWData, "EW_NOOPT": EWNoopt,
		"EW_PROT": EWProt, "EW_OVRFLOW": EWOvrflow, "EW_PARAM": EWParam, "EW_BUFFER": EWBuffer, "EW_PATH": EWPath, "EW_MODE": EWMode,
		"EW_REJECT": EWReject, "EW_DTSRVR": EWDtsrvr, "EW_ALARM": EWAlarm, "EW_STOP": EWStop, "EW_PASSWD": EWPasswd, "EW_PMC": EWPMC,
		"EW_PMCHANDLE": EWPmchandle, "EW_RD_OVWSTP": EWRdOvwstp, "EW_RD_RSTFIN": EWRdRstfin,
	}
	results := map[string]DNCResult{
		"DNC_NORMAL": DNCNormal, "DNC_CANCEL": DNCCancel, "DNC_OPENERR": DNCOpenerr, "DNC_NOFILE": DNCNofile, "DNC_READERR": DNCReaderr,
	}
	found := 0
	for row := range Rows() {
		for _, symbol := range strings.Split(row.Symbol, "/") {
			switch row.Layer {
			case "return", "wire-code":
				if symbol == "" {
					continue
				}
				v, ok := returns[symbol]
				if got := v.Status().Symbol(); !ok || got != row.Symbol {
					t.Errorf("%s is %d, which the table calls %q", symbol, v, got)
				}
				if got := WireCode(v).Status().Symbol(); got != row.Symbol {
					t.Errorf("%s is %d, which the wire calls %q", symbol, v, got)
				}
				found++
			case "dnc-result":
				if v, ok := results[symbol]; symbol != "" && (!ok || v.Status().Symbol() != symbol) {
					t.Errorf("%s is %d, which the table calls %q", symbol, v, v.Status().Symbol())
				}
			}
		}
	}
	if found != 2*len(returns) {
		t.Errorf("%d symbols for %d constants", found, len(returns))
	}
}

// The two layers of one value space differ where the library speaks of its
// link, and nowhere else.
func TestWireDiffersFromReturn(t *testing.T) {
	for v := -1 << 15; v < 1<<15; v++ {
		rc, w := Return(v), WireCode(v)
		same := true
		for _, op := range []core.Op{core.Other, core.Connect, core.Read, core.Write} {
			same = same && rc.Status().Code(op) == w.Status().Code(op)
			switch w.Status().Code(op) {
			case core.PluginNotConnected, core.PluginDeviceNotResponding, core.PluginProtocolParseFailed:
				t.Fatalf("status word %d says that the link is broken over which it came", v)
			}
		}
		if same == w.aboutLink() {
			t.Errorf("%d: same code %v, about the link %v", v, same, w.aboutLink())
		}
	}
}
