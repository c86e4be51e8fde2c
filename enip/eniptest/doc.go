// Package eniptest has an EtherNet/IP controller on loopback that fails on
// demand, for the unit tests of drivers.
//
//	plc := eniptest.NewDevice(t)
//	plc.Set("Speed", int32(42))
//	plc.FailItem("Speed", enip.PrivilegeViolation)
//	_, err := driver.Read(ctx, plc.Addr(), "Speed")
//	coretest.RequireCode(t, err, 10715)
//
// The device speaks what gologix and st-ethernet-ip need to connect, read and
// write, as a Logix controller does: sessions, Forward Open in both sizes and
// Forward Close, connected and unconnected messages, Unconnected Send, Read Tag
// and Write Tag, both also fragmented, Read Modify Write Tag, Multiple Service
// Packet, and the attribute services. It has the tags and attributes that were
// set; others are refused as Logix refuses them, tags with 0x04/0x0000. It has no
// list of tags and no templates: requests for them are answered with 0x08.
//
// Like a controller it refuses on its own a write of another type than the tag
// has (0xFF/0x2107) and elements behind the end of an array (0xFF/0x2105), and
// delivers what does not fit into the connection in parts (0x06).
//
// # What can be made to fail
//
//   - Fail and FailItem take a native status: an [enip.GeneralStatus]; an
//     [enip.ConnectionStatus] or [enip.LogixStatus], which bring their general
//     status along; any general status with any words from [Extended]; or an
//     [enip.EncapsulationStatus], with which the header refuses the frame. An
//     [enip.PCCCStatus] or [enip.PCCCExtStatus] stands in the answer to Execute
//     PCCC, which reads and writes the tags that are named like N7:0.
//   - Fail is about the reply as a whole, that of a Multiple Service Packet too.
//     FailItem is about a tag or attribute, alone or inside a packet or list, which
//     then says 0x1E or 0x0A itself.
//   - [enip.PartialTransfer] on a read delivers the first half of the value.
//   - Break damages the connection or the frame: see [Fault]. WrongID changes
//     sequence count and sender context.
//   - Delay answers late, Drop loses all connections, Refuse closes the port,
//     RefuseSession and RefuseForwardOpen refuse one of the two handshakes.
//   - A last argument says when: [Every] request until Recover, which is the
//     default, the [Next] one, or the n-th as When(n).
//
// Rules are about requests that a driver makes. Sessions, connections and reads
// of the identity object, with which clients probe the firmware by themselves,
// are handshakes: no rule counts or hits them, and Requests leaves them out.
//
// The device closes itself at the end of the test.
package eniptest
