// Package opcuatest has an OPC UA server on loopback that fails on demand, for
// the unit tests of drivers.
//
//	plc := opcuatest.NewDevice(t)
//	plc.Set("ns=2;s=Line1.Speed", 1.5)
//	plc.FailItem("ns=2;s=Line1.Torque", ua.StatusBadNotReadable)
//	_, err := driver.Read(ctx, plc.Endpoint(), "ns=2;s=Line1.Torque")
//	coretest.RequireCode(t, err, core.OPCUABadNotReadable)
//
// The server is gopcua's own, with security policy None and anonymous login. In
// front of it stands a relay that the client talks to: it lets items, requests,
// handshakes, frames and connections fail, which gopcua's server cannot, and
// replaces the server's address in its answers by the one the client used.
//
// Nodes of the namespaces 1 to 9 exist once they are set, as variables that can
// be read, written and monitored; a write of another type than the value has is
// BadTypeMismatch. All other nodes are BadNodeIdUnknown. Namespace 0 is the
// server's own.
//
// # What can be made to fail
//
//   - FailItem takes a ua.StatusCode for one node of a Read, Write, Browse,
//     Call or CreateMonitoredItems request. A node's name stands for its value;
//     other attributes are written behind it: "ns=2;s=Line1.Speed AccessLevel".
//     A write that fails is not executed.
//   - Fail takes a ua.StatusCode for the whole request (a ServiceFault), a
//     *[uacp.Error] for an ERR message behind which the device hangs up, or an
//     [Abort] for an abort chunk.
//   - Break damages the connection or the frame: see [Fault].
//   - Delay answers late, Drop loses all connections, Refuse closes the port,
//     Mute accepts connections and says nothing. RefuseHello, RefuseChannel,
//     RefuseSession and RefuseLogin refuse one of the four handshakes.
//   - SetAccess takes away the right to read or write a node.
//   - A last argument says when: [Every] request until Recover, which is the
//     default, the [Next] one, or the n-th as When(n).
//
// Requests that client libraries send by themselves are answered, but neither
// fail nor show up in Requests: handshakes, discovery, keep-alives, Publish, and
// reads of namespace 0 other than the current time (i=2258). Statuses in
// notifications come with the value: Set takes a *[ua.DataValue] too.
//
// The device closes itself at the end of the test. The first one of a process
// takes a moment, since gopcua's server reads the address space of the standard
// (and says so on the standard logger); servers that were closed are used again.
package opcuatest
