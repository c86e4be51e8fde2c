package enip_test

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/enip"
)

// A driver's poll: the request leaves, the answer is cut from the stream and
// read with it, and every tag gets its own error.
func Example() {
	request := frame("70003a00 0a006b01 00000000 0000000000000000 00000000" +
		"00000000 0000 0200 a100 0400 574da300 b100 2600 0700" +
		"0a02 20022401 0200 0600 1200" + "4c04 9105 5370656564 00 0100" + "4c04 9105 4c6576656c 00 0100")
	device := strings.NewReader(string(frame("70002e00 0a006b01 00000000 0000000000000000 00000000" +
		"00000000 0000 0200 a100 0400 19000200 b100 1a00 0700" +
		"8a00 1e00 0200 0600 1000" + "cc00 0000 c400 2a000000" + "cc00 0500")))

	frames := bufio.NewScanner(device)
	frames.Split(enip.ScanFrames)

	var conversation enip.Conversation
	conversation.Sent(request)
	if !frames.Scan() {
		fmt.Println(enip.Translate(core.Read, errors.Join(frames.Err(), io.EOF)))
		return
	}
	statuses, err := conversation.Received(nil, frames.Bytes())
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, tag := range []string{"Speed", "Level"} {
		s := statuses[min(i, len(statuses)-1)] // a packet refused as a whole has one status for all
		if err := core.Tagged(tag, s.Err(core.Read)); err != nil {
			fmt.Println(err)
			fmt.Println(s.Remedy(), s.Scope(), "-", s.Hint())
			continue
		}
		fmt.Println(tag, "is", s.Quality())
	}
	// Output:
	// Speed is good
	// read Level: 10705 EtherNet/IP error (enip general-status 0x05 PathDestinationUnknown)
	// fix item - Check that the object, instance or element exists; after a download to the controller read the tag list again.
}

// Extended words refine a general status: both are in the error.
func ExampleGeneralStatus_Extended() {
	err := enip.GeneralError.Extended(0x2107).Err(core.Write)
	fmt.Println(core.CodeOf(err))
	fmt.Println(errors.Is(err, enip.LogixDataTypeMismatch), errors.Is(err, enip.GeneralError))
	var general enip.GeneralStatus
	if errors.As(err, &general) {
		fmt.Println(general.String())
	}
	// Output:
	// 10798 EtherNet/IP data type mismatch
	// true true
	// 0xFF GeneralError
}

// A router that does not reach the module says so with a word; the same word in
// answer to a Forward Open means that there is no connection.
func ExampleConnectionStatus() {
	status := enip.CMUnconnectedRequestTimedOut.Status()
	fmt.Println(status, int(status.Code(core.Read)), int(status.Code(core.Connect)))
	fmt.Println(status.Remedy(), status.Scope())
	// Output:
	// enip connection-manager-extended 0x01/0x0204 UnconnectedRequestTimedOut 10701 10797
	// retry request
}

// Words behind the first say what the device would accept.
func ExampleReply_Words() {
	response, err := enip.ParseResponse(frame("6f002200 01000000 00000000 0000000000000000 00000000" +
		"00000000 0000 0200 0000 0000 b200 1200" + "d400 0102 2701 2600 0100 4d00 01000000 0000"))
	if err != nil {
		fmt.Println(err)
		return
	}
	reply, _ := response.Reply()
	fmt.Println(response.Err(core.Connect))
	if size, ok := reply.Word(1); ok && errors.Is(response.Err(core.Connect), enip.CMInvalidOTSize) {
		fmt.Println("ask for", size, "bytes")
	}
	// Output:
	// connect: 10797 EtherNet/IP has no CIP connection (enip connection-manager-extended 0x01/0x0127 InvalidOTSize)
	// ask for 38 bytes
}

// Logix answers a read of any type with success: the driver compares.
func ExampleReply_CheckType() {
	response, err := enip.ParseResponse(frame("6f001a00 01000000 00000000 0000000000000000 00000000" +
		"00000000 0000 0200 0000 0000 b200 0a00" + "cc00 0000 ca00 0000c03f"))
	if err != nil {
		fmt.Println(err)
		return
	}
	reply, _ := response.Reply()
	fmt.Println(reply.CheckType(enip.TypeREAL))
	fmt.Println(reply.CheckType(enip.TypeDINT))
	// Output:
	// <nil>
	// read: 10798 EtherNet/IP data type mismatch (enip extended-ff 0x00 DataTypeMismatch): want DINT, have REAL
}

// With gologix the texts come from gologix: gologix.CIPStatus(b).String().
func ExampleRecognizer() {
	recognizer := enip.Recognizer{StatusText: func(b uint8) string {
		return map[uint8]string{0x0F: "PrivilegeViolation"}[b]
	}}
	err := errors.New("read of Speed returned status PrivilegeViolation") // as client.Read returns it
	err = recognizer.Translate(core.Read, err)
	fmt.Println(int(core.CodeOf(err)), core.StatusOf(err))
	// Output:
	// 10715 enip general-status 0x0F PrivilegeViolation
}

func frame(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}
