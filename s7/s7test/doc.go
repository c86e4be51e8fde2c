// Package s7test has an S7 device on loopback that fails on demand, for the
// unit tests of drivers.
//
//	plc := s7test.NewDevice(t)
//	plc.Set("DB1.DBW4", []byte{0x12, 0x34})
//	plc.FailItem("DB1.DBW6", s7.AddressOutOfRange)
//	_, err := driver.Read(ctx, plc.Addr(), "DB1.DBW6")
//	coretest.RequireCode(t, err, core.S7AddressInvalid)
//
// The device speaks what gos7, nodes7 and snap7 need to connect, read and write:
// COTP class 0, Setup Communication, Read Var, Write Var, and userdata requests,
// which it refuses as a CPU without that function does. Every address of the
// areas DB, M, I, Q, C and T exists and holds zeros until it is set or written.
//
// # What can be made to fail
//
//   - Fail and FailItem take a native status: an [s7.ReturnCode] of an item, an
//     [s7.HeaderError] of the whole response, an [s7.ParamError] or
//     [s7.UserdataReturn] of a userdata response, or an [s7.DisconnectReason]
//     with which the device ends the COTP connection. [s7.EmptyValue] and
//     [s7.ShortValue] deliver too little.
//   - Break damages the connection or the frame: see [Fault].
//   - Delay answers late, Drop loses all connections, Refuse closes the port,
//     RefuseConnect and RefuseSetup refuse one of the two handshakes.
//   - A last argument says when: [Every] request until Recover, which is the
//     default, the [Next] one, or the n-th as When(n).
//
// The device closes itself at the end of the test.
package s7test
