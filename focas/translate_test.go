package focas

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

func TestTranslateLaws(t *testing.T) {
	laws.Translate(t, Translate,
		EWNoopt, WireCode(-17), DNCCancel, EWSocket.WithDetail(Detail{9, 1}).Err(core.Other), EWPasswd,
		errors.New("cnc_rdparam failed (6)"), errors.New("cnc_actf failed: rc=-16"), errors.New("focas: cnc_actf: EW_PASSWD"), errors.New("rc=6"),
	)
}

// The texts as the clients were seen to print them.
func TestTexts(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Return // 0: not recognised
	}{
		// strangesast/fwlib-go
		{"cnc_rdparam failed (6)", EWNoopt},
		{"cnc_allclibhndl3 failed (-16)", EWSocket},
		{"pmc_rdpmcrng failed (3)", EWRange},
		// iwtcode/fanucAdapter
		{"cnc_actf failed: rc=6", EWNoopt},
		{"go_cnc_sysinfo rc=6", EWNoopt},
		{"could not read system info: go_cnc_sysinfo rc=-8", EWHandle},
		{"failed to connect: cnc_allclibhndl3 failed: rc=13", EWReject},
		{"cnc_actf failed: rc=6, giving up", EWNoopt},
		// kochemajaka/gofocas
		{"focas: cnc_actf: EW_NOOPT", EWNoopt},
		{"focas: Dial: connect failed (EW_SOCKET)", EWSocket},
		{"focas: cnc_wrparam: EW_PROTECT", EWProt},
		{"focas: cnc_dwnend4: EW_OVERFLOW", EWOvrflow},
		{"focas: cnc_rddsdncfile: EW_DATASRV", EWDtsrvr},
		{"focas: cnc_actf: EW_UNEXPECTED", EWUnexp},
		{"focas: pmc_rdpmcrng: EW_NOPMC", EWNopmc},
		{"focas: pmc_rdpmcrng: EW_RANGE", EWRange},
		{"focas: pmc_rdpmcrng: EW_TYPE", EWType},
		{"focas: cnc_upload4: EW_UNKNOWN(21)", EWRdRstfin},
		// alone, and in every digit
		{"EW_BUSY", EWBusy},
		{"cnc_actf rc=-9", EWHssb},
		{"cnc_actf failed (10)", EWBuffer},
		// the last one counts
		{"cnc_actf failed: rc=6, then cnc_acts failed: rc=-8", EWHandle},
		{"EW_BUSY, then EW_FUNC", EWFunc},
		// values that no header names
		{"cnc_actf failed: rc=100", 100},
		{"cnc_actf failed: rc=-32768", -32768},
		// no return values
		{"", 0},
		{"src=6", 0},
		{"rc=6", 0},
		{"job failed (6)", 0},
		{"job failed: rc=6", 0},
		{"cnc_actf failed: rc=", 0},
		{"cnc_actf failed: rc=-", 0},
		{"cnc_actf failed: rc=6x", 0},
		{"cnc_actf failed: rc=40000", 0},
		{"cnc_actf failed (6", 0},
		{"cnc_actf failed ()", 0},
		{"cnc_actf failed (6 times)", 0},
		{"MY_EW_NOOPT", 0},
		{"EW_NOOPTION", 0},
		{"EW_", 0},
		{"EW_TOOLNG", 0},
		{"EW_UNKNOWN", 0},
		{"EW_UNKNOWN(x)", 0},
		{"ew_noopt", 0},
		// 0 is no failure, and no success inside an error either
		{"cnc_actf failed: rc=0", 0},
		{"cnc_actf failed (0)", 0},
		{"focas: Close: EW_OK", 0},
	} {
		got, ok := returnIn(tt.text)
		if got != tt.want || ok != (tt.want != 0) {
			t.Errorf("%q: %d, %v", tt.text, got, ok)
		}
		err := Translate(core.Read, errors.New(tt.text))
		if ok && !errors.Is(err, tt.want) {
			t.Errorf("%q: %v", tt.text, err)
		}
		if !ok && core.CodeOf(err) != core.FOCASError {
			t.Errorf("%q: %v", tt.text, err)
		}
	}
}

// Every name of the header is recognised, and gives its own value.
func TestEverySymbolIsRecognized(t *testing.T) {
	for row := range Rows() {
		if row.Layer != "return" || row.Symbol == "" || row.Value == "0" {
			continue
		}
		for _, name := range strings.Split(row.Symbol, "/") {
			if got, ok := returnIn("cnc_actf: " + name); !ok || strconv.Itoa(int(got)) != row.Value {
				t.Errorf("%s: %d, %v, want %s", name, got, ok, row.Value)
			}
		}
	}
}

// A word is what a regular expression calls one.
func TestWordBytes(t *testing.T) {
	word := regexp.MustCompile(`^\w$`)
	for b := range 256 {
		if want := word.Match([]byte{byte(b)}); isWordByte(byte(b)) != want {
			t.Errorf("%q: %v", rune(b), !want)
		}
	}
}

func TestTranslateNetwork(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want core.Code
	}{
		{io.EOF, core.PluginNotConnected},
		{fmt.Errorf("network pre-check failed (machine unreachable): %w", &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}), core.PluginNotConnected},
		{&net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}, core.PluginDeviceNotResponding},
		{&net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, core.PluginNotConnected},
		{context.DeadlineExceeded, core.PluginDeviceNotResponding},
	} {
		if got := core.CodeOf(Translate(core.Read, tt.err)); got != tt.want {
			t.Errorf("%v: %v", tt.err, got)
		}
	}
	if err := Translate(core.Read, context.Canceled); err != context.Canceled {
		t.Errorf("canceled: %v", err)
	}
	// A deadline inside the client's own error is no reason to drop the FOCAS value.
	if err := Translate(core.Read, errors.Join(EWBusy, context.DeadlineExceeded)); !errors.Is(err, EWBusy) || core.CodeOf(err) != core.FOCASError {
		t.Errorf("busy until the deadline: %v", err)
	}
}

// FOCAS has no transaction number: on the same connection a late answer would be
// taken for that to the next request, so a deadline ends the connection.
func TestTranslateDeadline(t *testing.T) {
	for _, cause := range []error{
		&net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded},
		&net.OpError{Op: "write", Net: "tcp", Err: os.ErrDeadlineExceeded},
		context.DeadlineExceeded,
		fmt.Errorf("poll: %w", context.DeadlineExceeded),
	} {
		for _, op := range []core.Op{core.Other, core.Connect, core.Read, core.Write} {
			err := Translate(op, cause)
			if core.CodeOf(err) != core.PluginDeviceNotResponding || core.RemedyOf(err) != core.Reconnect || core.ScopeOf(err) != core.Connection {
				t.Errorf("%v: %v: %v, %v", op, err, core.RemedyOf(err), core.ScopeOf(err))
			}
			if op == core.Write && core.Repeatable(err) {
				t.Errorf("%v: repeatable, although it may have been carried out", err)
			}
			var e core.Event
			if !errors.Is(err, cause) || !errors.Is(err, core.NetDeadline) || errors.Is(err, core.NetTimedOut) || !errors.As(err, &e) || e != core.NetDeadline {
				t.Errorf("%v: native value %v", err, e)
			}
			var rc Return
			if errors.As(err, &rc) {
				t.Errorf("%v: a return value was invented: %d", err, rc)
			}
			if s := core.StatusOf(err); !s.Known() || s.String() != "focas network Deadline" {
				t.Errorf("%v", s)
			}
		}
	}
	// Where the system gave up, core says the same.
	gone := Translate(core.Read, &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ETIMEDOUT)})
	if core.CodeOf(gone) != core.PluginDeviceNotResponding || core.RemedyOf(gone) != core.Reconnect || core.ScopeOf(gone) != core.Connection {
		t.Errorf("%v: %v, %v", gone, core.RemedyOf(gone), core.ScopeOf(gone))
	}
}

// What nobody knows is 10600, retried like the code itself, and it stays so.
func TestTranslateUnknown(t *testing.T) {
	cause := errors.New("something else")
	for _, op := range []core.Op{core.Other, core.Connect, core.Read, core.Write} {
		err := Translate(op, cause)
		if core.CodeOf(err) != core.FOCASError || core.RemedyOf(err) != core.Retry || !errors.Is(err, cause) || errors.Is(err, EWOK) {
			t.Errorf("%v: %v", op, err)
		}
		if core.StatusOf(err).Known() {
			t.Errorf("%v: known", op)
		}
	}
	var rc Return
	if errors.As(Translate(core.Read, cause), &rc) {
		t.Errorf("a return value was invented: %d", rc)
	}
}

// A client with an error type of its own, like that of kochemajaka/gofocas.
type clientError struct {
	Op   string
	Code int
}

func (e *clientError) Error() string { return "focas: " + e.Op }

func TestRecognizer(t *testing.T) {
	r := Recognizer{Return: func(err error) (int16, bool) {
		var e *clientError
		if !errors.As(err, &e) {
			return 0, false
		}
		return int16(e.Code), true
	}}
	laws.Translate(t, r.Translate, &clientError{"cnc_actf", 6}, &clientError{"Close", 0})
	for _, tt := range []struct {
		err  error
		want Return
	}{
		{&clientError{"cnc_actf", 6}, EWNoopt},
		{fmt.Errorf("poll: %w", &clientError{"cnc_actf", -8}), EWHandle},
		{&clientError{"pmc_rdpmcrng", -101}, EWNopmc},
		{&clientError{"pmc_rdpmcrng", -103}, EWRange},
		{&clientError{"pmc_rdpmcrng", -104}, EWType},
		{errors.New("cnc_rdparam failed (6)"), EWNoopt},
	} {
		if err := r.Translate(core.Read, tt.err); !errors.Is(err, tt.want) {
			t.Errorf("%v: %v", tt.err, err)
		}
	}
	if err := r.Translate(core.Read, &clientError{"Close", 0}); core.CodeOf(err) != core.FOCASError {
		t.Errorf("code 0 inside an error: %v", err)
	}
	if err := r.Translate(core.Read, io.EOF); core.CodeOf(err) != core.PluginNotConnected {
		t.Errorf("end of stream: %v", err)
	}
}
