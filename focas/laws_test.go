package focas

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

func TestTable(t *testing.T) { laws.Table(t, "focas", Rows()) }

// Every bit pattern of every field has its row, and every row is reached.
func TestTotal(t *testing.T) {
	c := laws.Cover(t, Rows())
	laws.Every(c, laws.Field[Return]{Layers: []string{"return"}, Status: Return.Status})
	laws.Every(c, laws.Field[WireCode]{Layers: []string{"wire-code"}, Status: WireCode.Status})
	laws.Every(c, laws.Field[DNCResult]{Layers: []string{"dnc-result"}, Status: DNCResult.Status})
	c.Name("lib-detail", "transfer-detail")
	details(t, c)
	c.Spare("lib-detail", "*/*/*")
	c.Complete()
}

// details holds every return value and every status word with every detail
// pair that the table names, the pairs around them, and pairs from a fixed seed,
// against the laws.
func details(t *testing.T, c *laws.Coverage) {
	var pairs []Detail
	for row := range Rows() {
		parts := strings.Split(row.Value, "/")
		if len(parts) != 3 {
			continue
		}
		no, _ := strconv.Atoi(parts[1]) // 0 for any
		dtno, _ := strconv.Atoi(parts[2])
		for _, step := range []int16{-1, 0, 1} {
			pairs = append(pairs, Detail{int16(no) + step, int16(dtno)}, Detail{int16(no), int16(dtno) + step})
		}
	}
	slices.SortFunc(pairs, func(a, b Detail) int { return cmp.Compare(a.pair(), b.pair()) })
	pairs = slices.Compact(pairs)
	steps := []Function{FuncCommand, FuncDownloadStart, FuncDownloadEnd, FuncUploadEnd}
	random := rand.New(rand.NewPCG(7, 8))
	for v := -1 << 15; v < 1<<15; v++ {
		few := -40 <= v && v <= 40
		some := append(pairs[:len(pairs):len(pairs)], Detail{int16(random.Uint32()), int16(random.Uint32())})
		if !few && !laws.Long() {
			some = some[v&15%len(some):][:1]
		}
		for _, d := range some {
			detail(t, c, Return(v).WithDetail(d), int16(v), d, few)
			detail(t, c, Return(v).WithPMCDetail(d), int16(v), d, few)
			detail(t, c, WireCode(v).WithDetail(d), int16(v), d, few)
			for _, step := range steps {
				detail(t, c, Return(v).WithTransferDetail(step, d), int16(v), d, few)
			}
		}
	}
	for f := range 1 << 8 { // what the table does not name changes nothing
		for _, d := range pairs {
			detail(t, c, Return(5).WithTransferDetail(Function(f), d), 5, d, true)
		}
	}
}

// detail checks one status of a return value with its details.
func detail(t *testing.T, c *laws.Coverage, s core.Status, v int16, d Detail, whole bool) {
	if got, ok := DetailOf(s); s.Value() != int64(v) || ok && got != d {
		t.Fatalf("%d %v became %v", v, d, s)
	}
	c.Reached(s)
	ops := []core.Op{core.Read, core.Write}
	if !whole {
		ops = ops[:1]
	}
	laws.Obeys(t, func() string { return fmt.Sprintf("%d %v", v, d) }, s, ops...)
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
