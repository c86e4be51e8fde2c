// Package nona11 has what can be said about the NON A11 driver: its addresses,
// and which documented code its failures get.
//
// # What is not public
//
// NON A11 is the name of a driver in the petroleum group of the gateway. A11
// names a programme for the instrumentation of oil fields, so the driver seems
// to be for field units that do not follow that programme; this reading is ours.
// Documented are the settings (TCP as client or server, host, port, site number,
// timeout, interval between reading instructions), six data types, the form of
// an address, and one code of its own: 10400, "Invalid address".
//
// No framing, checksum, byte order, response status or write request has been
// published; no capture, simulator or second implementation was found. So this
// package decodes no frames, and its table has no number of a device: there is
// nothing to be right about. The rows are events; a driver that knows its device
// reports what it meets as an [Event].
//
// # What there is
//
// [ParseAddress] reads an address and says with 10400 what is wrong with it;
// [Address.Check] holds it against the type of the tag, [Limits] against the
// numbers that a driver allows, [Address.Slice] against a reply. [Translate] gives
// errors of the network their code: 3002 without a connection, 3015 for silence,
// 3017 for a write, and 3000 for what nobody knows.
package nona11

//go:generate go run ../internal/tables/generate
