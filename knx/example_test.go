package knx_test

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/fieldstatus/fieldstatus/core"
	knxstatus "github.com/fieldstatus/fieldstatus/knx"
)

// A driver on knx-go reads Tunnel.Inbound and looks at control field 1 of each
// confirmation.
func Example() {
	type ldataCon struct{ Control1 uint8 } // *cemi.LDataCon of knx-go
	con := ldataCon{Control1: 0xB1}

	err := knxstatus.Confirm(con.Control1).Status().Err(core.Write)
	fmt.Println(core.Tagged("1/2/3,1.1.77", err))
	fmt.Println(errors.Is(err, knxstatus.ConfirmError), core.RemedyOf(err))
	// Output:
	// write 1/2/3,1.1.77: 10200 Device does not exist (knx cemi-confirm 0xB1 CONFIRM_ERROR)
	// true fix
}

// What only the driver can know it reports with an event.
func ExampleEvent() {
	positive := knxstatus.Confirm(0xB0).Status().Err(core.Read)
	fmt.Println(positive) // the telegram was on the bus; then nobody answered

	err := knxstatus.GroupReadTimeout.Status().Err(core.Read)
	fmt.Println(err)
	fmt.Println(core.StatusOf(err).Hint())
	// Output:
	// <nil>
	// read: 3015 Plugin device is not responding (knx client GroupReadTimeout)
	// Set the read flag at the group object that provides the value, and check filter tables of couplers.
}

func ExampleConversation() {
	frame := func(s string) []byte { b, _ := hex.DecodeString(s); return b }
	var c knxstatus.Conversation
	c.Sent(frame("06100205001a08017f000001d00108017f000001d00104040200"))
	statuses, err := c.Received(nil, frame("0610020600080024"))
	fmt.Println(statuses, err, c.Exchange().Op)
	fmt.Println(statuses[0].Err(c.Exchange().Op))
	// Output:
	// [knx knxnetip-status 0x24 E_NO_MORE_CONNECTIONS] <nil> connect
	// connect: 3002 Plugin is not connected (knx knxnetip-status 0x24 E_NO_MORE_CONNECTIONS)
}

// A refused acknowledgement comes out of knx-go as the dump of a text. The
// recognizer takes the texts from the library and finds the number again.
func ExampleRecognizer() {
	recognizer := knxstatus.Recognizer{
		// func(b uint8) string { return knxnet.ErrCode(b).Error() }
		StatusText: func(b uint8) string {
			if b == 0x29 {
				return "Unsupported tunnelling layer"
			}
			return fmt.Sprintf("Unknown error code %#x", b)
		},
	}
	err := errors.New("tunnelConn request has been rejected with status 0x556e737570706f727465642074756e6e656c6c696e67206c61796572")
	err = recognizer.Translate(core.Write, err)

	var code knxstatus.AckCode
	fmt.Println(errors.As(err, &code), code.String())
	fmt.Println(core.CodeOf(err).Name())
	// Output:
	// true 0x29 E_TUNNELLING_LAYER
	// PluginWriteFailed
}
