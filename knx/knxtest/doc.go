// Package knxtest has a KNXnet/IP gateway on loopback that fails on demand, for
// the unit tests of drivers, with a bus of devices behind it.
//
//	gateway := knxtest.NewDevice(t)
//	gateway.Set("1/2/3", []byte{1})
//	gateway.FailItem("1/2/4", knx.ConfirmError)
//	_, err := driver.Read(ctx, gateway.Addr(), "1/2/4")
//	coretest.RequireCode(t, err, core.KNXDeviceNotExist)
//
// [NewDevice] listens on UDP, [NewTCPDevice] on TCP. The gateway opens tunnels
// on the link layer and channels for device management, and answers connection
// state, description, search and disconnect requests. Over UDP it acknowledges
// every request, sends one telegram at a time and waits for its acknowledgement,
// and repeats what was not acknowledged when the client repeats its request. Up
// to 64 telegrams wait for the client; what comes behind them is dropped and not
// reported, confirmations too.
//
// # Addresses
//
// Items are named as follows. All of them exist, and hold one zero octet until
// they are set or written.
//
//   - "1/2/3": a group object, also as "1/515". Set takes the octets from the six
//     bits in the APCI on: {1} for a value of up to six bits, {0, 0x0C, 0x1A} for
//     two octets. That is how knx-go packs datapoint types.
//   - "1.1.5": a device on the bus, for all that is asked of it.
//   - "1.1.5 property 11/1/52": object type, instance and property number, by
//     the extended property services.
//   - "feature 3": an interface feature of the gateway; this one is the bus
//     status, and holds {1}.
//   - "property 11/1/52": a property of the gateway, by device management.
//
// # What can be made to fail
//
// Fail and FailItem take a native status:
//
//   - [knx.AckCode]: the gateway refuses the frame, UDP only;
//   - [knx.Confirm], such as [knx.ConfirmError]: nobody on the bus acknowledged;
//   - [knx.DisconnectRequest]: the gateway closes the channel instead;
//   - [knx.TPCI]: a device disconnects, or wants another number;
//   - [knx.ReturnCode] of properties of devices and of features,
//     [knx.PropertyError] of properties of the gateway;
//   - what only the driver can notice: [knx.TunnelAckTimeout] and
//     [knx.ConfigAckTimeout] (no answer at all), [knx.ConfirmTimeout] (no
//     confirmation), [knx.GroupReadTimeout] and [knx.ResponseTimeout] (confirmed,
//     but no answer), [knx.PresenceCheckTimeout] and [knx.TransportAckTimeout] (a
//     device says nothing on a transport connection);
//   - [knx.FrameSequenceGap]: the gateway skips sequence counters, UDP only.
//
// A status that no answer to a request can say is logged, and the request
// answered well.
//
// RefuseConnect, RefuseState and RefuseSession refuse channels, connection
// states and secure sessions, Disconnect closes all channels, Mute makes the
// gateway hang. Break damages the connection or the frame: see [Fault]. Delay
// answers late, and over UDP everybody else later too. Drop forgets all channels,
// Refuse closes the port. A last argument of Fail, FailItem, Break and Delay says
// when: [Every] request until Recover, which is the default, the [Next] one, or
// the n-th as When(n). A repetition counts as a request. Connecting, connection
// states, disconnecting and acknowledgements do not.
//
// The gateway closes itself at the end of the test.
package knxtest
