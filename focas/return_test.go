package focas

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

func TestDetailRefines(t *testing.T) {
	tests := []struct {
		rc     Return
		detail Detail
		layer  string
		code   core.Code
		remedy core.Remedy
	}{
		{EWSocket, Detail{}, "return", core.PluginNotConnected, core.Reconnect},
		{EWSocket, Detail{1, 0}, "lib-detail", core.PluginNotConnected, core.Reconnect},
		{EWSocket, Detail{4, 104}, "lib-detail", core.PluginNotConnected, core.Reconnect},
		{EWSocket, Detail{8, 1}, "lib-detail", core.PluginDeviceNotResponding, core.Reconnect},
		{EWSocket, Detail{9, 1}, "lib-detail", core.PluginDeviceNotResponding, core.Reconnect},
		{EWSocket, Detail{9, 2}, "lib-detail", core.PluginDeviceNotResponding, core.Reconnect},
		{EWSocket, Detail{9, 6}, "lib-detail", core.PluginNotConnected, core.Reconnect}, // not listed
		{EWSocket, Detail{11, 2}, "lib-detail", core.PluginNotConnected, core.Reconnect},
		{EWProtocol, Detail{}, "return", core.PluginProtocolParseFailed, core.Reconnect},
		{EWProtocol, Detail{4, 0}, "lib-detail", core.PluginProtocolParseFailed, core.Reconnect},
		{EWProtocol, Detail{8, 4}, "lib-detail", core.PluginNotConnected, core.Reconnect},
		{EWProtocol, Detail{1, 0}, "lib-detail", core.PluginProtocolParseFailed, core.Reconnect}, // sent by the CNC, as it seems
		{EWDtsrvr, Detail{487, 0}, "lib-detail", core.FOCASError, core.Fix},
		{EWDtsrvr, Detail{488, 0}, "return", core.FOCASError, core.Fix},
		{EWData, Detail{4, 0}, "return", core.FOCASError, core.Fix},
		{EWHandle, Detail{9, 1}, "return", core.PluginNotConnected, core.Reconnect}, // stale
		{EWOK, Detail{9, 1}, "return", core.OK, core.None},                          // stale
	}
	for _, tt := range tests {
		s := tt.rc.WithDetail(tt.detail)
		if s.Layer() != tt.layer || s.Code(core.Read) != tt.code || s.Remedy() != tt.remedy {
			t.Errorf("%d with %v: %s, %v, %v", tt.rc, tt.detail, s, s.Code(core.Read), s.Remedy())
		}
		if d, ok := DetailOf(s); ok && d != tt.detail {
			t.Errorf("%d with %v: the pair became %v", tt.rc, tt.detail, d)
		}
	}
}

// The values after which the library was seen to refresh its pair.
func TestStaleDetails(t *testing.T) {
	cnc := map[Return]bool{1: true, 3: true, 5: true, 6: true, 7: true, 8: true, 13: true, 14: true, 17: true, -16: true, -17: true}
	pmc := map[Return]bool{3: true, 5: true, 8: true, 13: true, 17: true, 18: true, -16: true, -17: true}
	d := Detail{4, 88}
	for v := -1 << 15; v < 1<<15; v++ {
		rc := Return(v)
		if rc.HasDetail() != cnc[rc] || rc.HasPMCDetail() != pmc[rc] {
			t.Fatalf("%d: HasDetail %v, HasPMCDetail %v", v, rc.HasDetail(), rc.HasPMCDetail())
		}
		if _, ok := DetailOf(rc.WithDetail(d)); ok != cnc[rc] {
			t.Fatalf("%d: the pair of cnc_getdtailerr is kept: %v", v, ok)
		}
		if _, ok := DetailOf(rc.WithPMCDetail(d)); ok != pmc[rc] {
			t.Fatalf("%d: the pair of pmc_getdtailerr is kept: %v", v, ok)
		}
	}
}

func TestTransferDetail(t *testing.T) {
	s := EWData.WithTransferDetail(FuncDownloadEnd, Detail{4, 0})
	if s.Layer() != "transfer-detail" || s.Row().Value != "0x13/5/4" || s.Code(core.Write) != core.FOCASError {
		t.Errorf("number registered already: %s", s)
	}
	if !errors.Is(s.Err(core.Write), EWData) {
		t.Error("the return value is lost")
	}
	if s := EWData.WithTransferDetail(FuncDownloadEnd, Detail{40, 0}); s.Layer() != "return" {
		t.Errorf("unlisted detail: %s", s)
	}
	if s := EWSocket.WithTransferDetail(FuncDownloadEnd, Detail{9, 3}); s.Code(core.Write) != core.PluginDeviceNotResponding {
		t.Errorf("timeout while waiting for the end of a download: %s", s)
	}
}

// A detail with negative numbers comes back as it went in.
func TestDetailOf(t *testing.T) {
	for _, d := range []Detail{{1, 0}, {0, -1}, {-1, 1}, {-32768, 32767}} {
		if got, ok := DetailOf(WireCode(5).WithDetail(d)); !ok || got != d {
			t.Errorf("%v became %v, %v", d, got, ok)
		}
	}
	for _, s := range []core.Status{{}, core.NetReset.Status(), core.NetReset.Status().WithExtended(1), EWData.Status(), WireCode(0).WithDetail(Detail{1, 1})} {
		if d, ok := DetailOf(s); ok {
			t.Errorf("%s has the detail %v", s, d)
		}
	}
}

func TestIsAndAs(t *testing.T) {
	tests := []struct {
		s      core.Status
		target error
		want   bool
	}{
		{EWNoopt.Status(), EWNoopt, true},
		{EWNoopt.Status(), EWData, false},
		{WireCode(6).Status(), EWNoopt, true},
		{WireCode(6).WithDetail(Detail{9, 0}), EWNoopt, true},
		{WireCode(6).Status(), WireCode(6), true},
		{EWNoopt.Status(), WireCode(6), false}, // came from the library
		{EWSocket.WithDetail(Detail{9, 1}), EWSocket, true},
		{EWSocket.WithDetail(Detail{9, 1}), EWProtocol, false},
		{WireCode(-16).Status(), EWSocket, false}, // the CNC's own words
		{WireCode(-16).Status(), WireCode(-16), true},
		{Return(100).Status(), Return(100), true},
		{Return(100).Status(), Return(101), false},
		{WireCode(100).Status(), Return(100), true},
		{DNCResult(-5).Status(), DNCResult(-5), true},
		{DNCResult(-5).Status(), DNCResult(-6), false},
		{DNCCancel.Status(), Return(-32768), false},
		{EWProt.Status(), fs.ErrPermission, errors.Is(core.PluginTagNotWritable.Err(), fs.ErrPermission)},
		{EWSocket.Status(), core.PluginNotConnected, true},
	}
	for _, tt := range tests {
		if got := errors.Is(tt.s.Err(core.Write), tt.target); got != tt.want {
			t.Errorf("%s is %v: %v", tt.s, tt.target, got)
		}
	}
	var rc Return
	if err := EWSocket.WithDetail(Detail{9, 1}).Err(core.Read); !errors.As(err, &rc) || rc != EWSocket {
		t.Errorf("return value %v", rc)
	}
	if err := WireCode(-17).Status().Err(core.Read); errors.As(err, &rc) {
		t.Errorf("a status word about the link became %v", rc)
	}
	if err := WireCode(6).Status().Err(core.Read); !errors.As(err, &rc) || rc != EWNoopt {
		t.Errorf("status word 6 became %v", rc)
	}
	var w WireCode
	if err := WireCode(-17).Status().Err(core.Read); !errors.As(err, &w) || w != -17 {
		t.Errorf("status word -17 became %v", w)
	}
}

func TestProtectionByDirection(t *testing.T) {
	for _, tt := range []struct {
		s                  core.Status
		read, write, other core.Code
	}{
		{EWProt.Status(), core.PluginTagNotReadable, core.PluginTagNotWritable, core.PluginTagNotWritable},
		{WireCode(7).Status(), core.PluginTagNotReadable, core.PluginTagNotWritable, core.PluginTagNotWritable},
		{EWPasswd.Status(), core.PluginTagNotReadable, core.PluginTagNotWritable, core.FOCASError},
		{WireCode(17).Status(), core.PluginTagNotReadable, core.PluginTagNotWritable, core.FOCASError},
	} {
		if r, w, o := tt.s.Code(core.Read), tt.s.Code(core.Write), tt.s.Code(core.Other); r != tt.read || w != tt.write || o != tt.other {
			t.Errorf("%s: %v, %v, %v", tt.s, r, w, o)
		}
	}
}

// What may have happened although the call failed, and what cannot have.
func TestRepeatable(t *testing.T) {
	for _, tt := range []struct {
		s    core.Status
		want bool
	}{
		{EWSocket.Status(), false},
		{EWSocket.WithDetail(Detail{9, 1}), false}, // sent, no answer
		{EWSocket.WithDetail(Detail{2, 0}), true},  // never connected
		{EWSocket.WithDetail(Detail{8, 1}), true},  // not sent
		{EWHandle.Status(), true},                  // not sent
		{EWProtocol.WithDetail(Detail{4, 0}), false},
		{EWBusy.Status(), true},
		{EWReset.Status(), false},
		{WireCode(13).Status(), true},
		{DNCCancel.Status(), false},
	} {
		if got := core.Repeatable(tt.s.Err(core.Write)); got != tt.want {
			t.Errorf("%s: repeatable %v", tt.s, got)
		}
	}
}

func TestStrings(t *testing.T) {
	for got, want := range map[string]string{
		EWNoopt.String():            "6 EW_NOOPT",
		Return(100).String():        "100",
		EWSocket.Error():            "focas return -16 EW_SOCKET: TCP link to the CNC failed, closed or timed out",
		WireCode(-17).String():      "-17 EW_PROTOCOL",
		DNCCancel.String():          "-32768 DNC_CANCEL",
		Detail{-1, 104}.String():    "-1/104",
		fault(7, 4).Native():        "-17/7/4",
		fault(8, -16).Row().Meaning: "CNC refused open or close; err_dtno is its status word",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestIsOtherTypes(t *testing.T) {
	if errors.Is(WireCode(6).Status().Err(core.Read), DNCNormal) {
		t.Error("a status word is a DNC result")
	}
}
