package focas_test

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/focas"
)

// A driver that speaks to the CNC itself asks for three things in one request:
// state, operator messages and alarms. The second is not available.
func Example() {
	request := frame("a0a0a0a0 0001 21 01 0056 0003",
		"001c 0001 0001 0019 0000000000000000000000000000000000000000",
		"001c 0001 0001 00e1 0000000000000000000000000000000000000000",
		"001c 0001 0001 0098 0000000000000000000000000000000000000000")
	link := cnc(frame("a0a0a0a0 0002 21 02 0042 0003",
		"001e 0001 0001 0019 0000 0000 0000 000e 0000000000000000000000000000",
		"0010 0001 0001 00e1 0001 0000 0000 0000",
		"0012 0001 0001 0098 0000 0000 0000 0002 0000"))
	defer link.Close()

	var conv focas.Conversation
	conv.Sent(request)
	if _, err := link.Write(request); err != nil {
		fmt.Println(focas.Translate(core.Read, err))
		return
	}
	scanner := bufio.NewScanner(link)
	scanner.Split(focas.ScanFrames)
	tags := []string{"state", "messages", "alarms"}
	for scanner.Scan() {
		statuses, err := conv.Received(nil, scanner.Bytes())
		if errors.Is(err, core.ErrNotResponse) {
			continue
		}
		if err != nil {
			fmt.Println(focas.Translate(core.Read, err))
			return
		}
		for i, s := range statuses {
			if err := core.Tagged(tags[i], s.Err(core.Read)); err != nil {
				fmt.Println(err)
				fmt.Println("remedy:", core.RemedyOf(err), "scope:", core.ScopeOf(err))
				continue
			}
			fmt.Println(tags[i], "is good")
		}
		break
	}
	// Output:
	// state is good
	// read messages: 10600 focas error (focas wire-code 1 EW_FUNC/EW_NOPMC)
	// remedy: fix scope: item
	// alarms is good
}

// A driver on FANUC's library, with Go functions in the place of cgo. Every call
// of a handle, that for the detail included, runs on one locked OS thread.
func Example_library() {
	call := func(op core.Op, ret int16) error {
		rc := focas.Return(ret)
		if !rc.HasDetail() {
			return rc.Status().Err(op) // the pair would be that of an older failure
		}
		no, dtno := cncGetdtailerr()
		return rc.WithDetail(focas.Detail{ErrNo: no, ErrDtno: dtno}).Err(op)
	}

	err := call(core.Read, cncRdmacro())
	fmt.Println(err)
	if errors.Is(err, focas.EWSocket) && core.ScopeOf(err) >= core.Session {
		fmt.Println("all tags are bad:", core.RemedyOf(err))
	}
	fmt.Println("broken off with a macro write:", core.Repeatable(call(core.Write, cncRdmacro())))
	// Output:
	// read: 3015 Plugin device is not responding (focas lib-detail -16/9/1)
	// all tags are bad: reconnect
	// broken off with a macro write: false
}

func cncRdmacro() int16              { return -16 }
func cncGetdtailerr() (int16, int16) { return 9, 1 }

func ExampleReturn() {
	err := focas.Return(7).Status().Err(core.Write)
	fmt.Println(err)
	fmt.Println(errors.Is(err, focas.EWProt), errors.Is(err, core.PluginTagNotWritable))
	// Output:
	// write: 3004 Plugin tag is not allowed to write (focas return 7 EW_PROT)
	// true true
}

func ExampleReturn_WithTransferDetail() {
	// cnc_dwnend4 returned 5, and cnc_getdtailerr says 4/0.
	s := focas.EWData.WithTransferDetail(focas.FuncDownloadEnd, focas.Detail{ErrNo: 4})
	fmt.Println(s.Code(core.Write))
	fmt.Println(s.Row().Meaning)
	// Output:
	// 10600 focas error
	// download end: this program number is already registered
}

func ExampleParseResponse() {
	_, err := focas.ParseResponse(frame("a0a0a0a0 0002 21 02 0016 0001 0020 0001 0001 001d 0000 0000 0000 0004 00000007"))
	fmt.Println(err)
	// Output:
	// 3009 Plugin protocol parsing failed (focas lib-detail -17/7/4): at byte 12: the blocks are longer than the body
}

func ExampleTranslate() {
	err := focas.Translate(core.Read, errors.New("cnc_actf failed: rc=-8"))
	fmt.Println(core.CodeOf(err))
	fmt.Println(core.StatusOf(err).Hint())
	// Output:
	// 3002 Plugin is not connected
	// Use a handle only on the OS thread that allocated it: in Go, lock the goroutine to its thread.
}

// cnc is a connection to a CNC that answers everything with one frame.
func cnc(answer []byte) net.Conn {
	driver, device := net.Pipe()
	go func() {
		defer device.Close()
		if _, err := device.Read(make([]byte, 4096)); err == nil {
			_, _ = device.Write(answer)
		}
	}()
	return driver
}

func frame(parts ...string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(strings.Join(parts, ""), " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}
