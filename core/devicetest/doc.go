// Package devicetest is what the failing devices of the protocol packages
// (s7test, opcuatest, finstest, eniptest, knxtest, focastest) have in common, as
// a driver's test uses it: [Server] has the address, the rules that say which
// request fails how, the faults of the connection, the requests seen, and the
// replay of recorded frames. Each Device embeds a Server.
//
//	plc := s7test.NewDevice(t)
//	plc.FailItem("DB1.DBW4", s7.AddressOutOfRange)         // until Recover
//	plc.Break(s7test.Silence, s7test.Next)                 // the next request only
//	plc.Delay(50*time.Millisecond, devicetest.When(3))     // the third from now
//
// A device of another protocol is made with [Listen] or [ListenPacket] and a
// [Session], which is how its requests are read and answered.
//
// The package imports the standard library only.
package devicetest
