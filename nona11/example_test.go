package nona11_test

import (
	"encoding/binary"
	"fmt"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/nona11"
)

// A driver checks its tags when they are configured, and takes their values from
// the reply to their command. The byte order is what it knows of its device.
func Example() {
	tags := []struct{ name, address, typ string }{
		{"well.id", "1!20!0.4", "STRING"},
		{"well.pressure", "1!20!4", "UINT16"},
		{"well.level", "1!20!5", "UINT16"},
		{"well.name", "1!20!0", "STRING"},
		{"well.flow", "1!20", "FLOAT"},
	}
	reply := []byte{'W', '-', '0', '7', 0x01, 0x2C}
	for _, tag := range tags {
		err := func() error {
			typ, err := nona11.ParseType(tag.typ)
			if err != nil {
				return err
			}
			address, err := nona11.ParseAddress(tag.address)
			if err != nil {
				return err
			}
			value, err := address.Slice(reply, typ)
			if err != nil {
				return err
			}
			if typ == nona11.String {
				fmt.Printf("%s = %s\n", tag.name, value)
				return nil
			}
			fmt.Printf("%s = %d\n", tag.name, binary.BigEndian.Uint16(value))
			return nil
		}()
		if err != nil {
			fmt.Println(core.Tagged(tag.name, nona11.Translate(core.Read, err)))
		}
	}
	// Output:
	// well.id = W-07
	// well.pressure = 300
	// read well.level: 10400 Invalid address (nona11 nona11 OffsetBeyondReply): address "1!20!5": the reply has 6 bytes
	// read well.name: 10400 Invalid address (nona11 nona11 StringWithoutLength): address "1!20!0": a STRING needs .LEN
	// read well.flow: 10400 Invalid address (nona11 nona11 AddressSyntax): address "1!20": no !OFFSET
}

// In server mode the device dials. Until it has, a reading fails without an
// error of the network, and the driver says so itself.
func ExampleEvent() {
	err := nona11.NotConnected.Status().Err(core.Read)
	fmt.Println(err)
	fmt.Println(core.RemedyOf(err), core.ScopeOf(err))
	// Output:
	// read: 3002 Plugin is not connected (nona11 nona11 NotConnected)
	// reconnect connection
}
