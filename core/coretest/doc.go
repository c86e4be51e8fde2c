// Package coretest helps to test drivers: assertions on the errors that they
// return, and recorded frames as test cases.
//
//	_, err := driver.Read(ctx, "DB1.DBW4")
//	coretest.RequireCode(t, err, core.S7AddressInvalid)
//	coretest.RequireStatus(t, err, s7.AddressOutOfRange)
//
// A failing assertion prints the number, the name and the text of the code, the
// native status and the cause, so that nobody needs a debugger to see what the
// driver made of the device's answer.
//
// A .frames file holds one case a stanza: what was sent and received, where it
// comes from, and which statuses have to come out. See [ParseFrames] for the
// form and [RunFrames] for running a directory of them.
//
// The package imports the standard library only, and goes well with testify.
package coretest
