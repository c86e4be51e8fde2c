package focas

import (
	"bytes"
	"errors"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

func TestItems(t *testing.T) {
	r, err := ParseResponse(stanza(t, "the first of three blocks fails, the others stay usable"))
	if err != nil {
		t.Fatal(err)
	}
	if r.Len() != 3 || r.Version() != 2 || r.Function() != FuncCommand || r.Direction() != DirAnswer || r.Err(core.Read) != nil {
		t.Errorf("%d blocks, version %d, %v, direction %d, %v", r.Len(), r.Version(), r.Function(), r.Direction(), r.Err(core.Read))
	}
	var commands []uint16
	for i, item := range r.Items() {
		commands = append(commands, item.Command())
		if item.Device() != 1 || item.Path() != 1 {
			t.Errorf("block %d: device %d, path %d", i, item.Device(), item.Path())
		}
		wantErr := i == 0
		if (item.Err(core.Read) != nil) != wantErr || (len(item.Payload()) == 0) != wantErr {
			t.Errorf("block %d: %v, %d bytes", i, item.Err(core.Read), len(item.Payload()))
		}
		if i == 0 && (item.Code() != 6 || item.Detail() != Detail{9, 0}) {
			t.Errorf("block 0: %v, %v", item.Code(), item.Detail())
		}
		if i == 1 {
			break
		}
	}
	if len(commands) != 2 || commands[0] != 0x19 || commands[1] != 0xE1 {
		t.Errorf("commands %x", commands)
	}
}

// Zero values answer without a panic, and never with a success.
func TestZeroValues(t *testing.T) {
	var r Response
	if r.Status() != (core.Status{}) || r.Err(core.Read) == nil || r.Len() != 0 || r.Version() != 0 {
		t.Errorf("zero Response: %s", r.Status())
	}
	for range r.Items() {
		t.Error("zero Response has an item")
	}
	var i Item
	if i.Status() != (core.Status{}) || i.Err(core.Read) == nil || i.Payload() != nil || i.Command() != 0 || i.Code() != 0 || i.Detail() != (Detail{}) {
		t.Errorf("zero Item: %s", i.Status())
	}
}

// AppendStatuses keeps what dst holds, also beside an error.
func TestAppendStatusesAppends(t *testing.T) {
	before := []core.Status{EWBusy.Status()}
	got, err := AppendStatuses(before, stanza(t, "the second of three blocks fails, which the library hides"))
	if err != nil || len(got) != 4 || got[0] != before[0] || got[2].Symbol() != "EW_FUNC/EW_NOPMC" {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := AppendStatuses(before, []byte("HTTP/1.1")); err == nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := AppendStatuses(before, stanza(t, "request that comes from the other side")); err != core.ErrNotResponse || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

// Every frame that is cut anywhere is refused.
func TestCutFrames(t *testing.T) {
	for _, s := range stanzas(t) {
		for _, f := range s.Frames {
			if checkHeader(f.Data) != nil || len(f.Data) < headerSize || len(f.Data) > headerSize+readHeader(f.Data).length {
				continue // no frame, or more than one
			}
			for n := range f.Data {
				if _, err := ParseResponse(f.Data[:n]); core.CodeOf(err) != core.PluginProtocolParseFailed {
					t.Fatalf("%s: cut after %d bytes: %v", s.Name, n, err)
				}
			}
		}
	}
}

// A receipt that is too short is told where it ends.
func TestShortReceipts(t *testing.T) {
	for n := range 9 {
		frame := append([]byte{0xA0, 0xA0, 0xA0, 0xA0, 0, 1, byte(FuncCommand), byte(DirReceipt), 0, byte(n)}, make([]byte, n)...)
		_, err := ParseResponse(frame)
		var cause *core.FrameError
		if n < 8 && (!errors.As(err, &cause) || cause.Offset != len(frame)) || n == 8 && err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestFunctions(t *testing.T) {
	for f, want := range map[Function]struct {
		text       string
		connection Connection
		op         core.Op
	}{
		FuncOpen:        {"open 0x01", 0, core.Connect},
		FuncClose:       {"close 0x02", 0, core.Other},
		FuncDownloadEnd: {"download end 0x13", TransferConnection, core.Write},
		FuncUploadData:  {"upload data 0x18", TransferConnection, core.Read},
		FuncAbortLater:  {"abort 0x1C", TransferConnection, core.Other},
		FuncCommand:     {"command 0x21", CommandConnection, core.Other},
		FuncNotice:      {"notice 0xF5", 0, core.Other},
		0x10:            {"function 0x10", 0, core.Other},
		FuncUploadEnd:   {"upload end 0x19", TransferConnection, core.Read},
		0x1A:            {"function 0x1A", 0, core.Other},
	} {
		if f.String() != want.text || f.Connection() != want.connection || f.op() != want.op {
			t.Errorf("%v: %v, %v", f, f.Connection(), f.op())
		}
	}
	for i := range 256 {
		if !bytes.HasSuffix([]byte(Function(i).String()), []byte{'0', 'x', "0123456789ABCDEF"[i>>4], "0123456789ABCDEF"[i&15]}) {
			t.Errorf("%d: %v", i, Function(i))
		}
	}
	if s := TransferConnection.String() + CommandConnection.String() + Connection(3).String(); s != "transfercommandunknown" {
		t.Error(s)
	}
}
