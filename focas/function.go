package focas

import "github.com/fieldstatus/fieldstatus/core"

// A Function is what a protocol data unit is for: byte 6 of its header.
type Function uint8

// Functions.
const (
	FuncOpen          Function = 0x01 // opens one connection of a session
	FuncClose         Function = 0x02 // ends it
	FuncDownloadStart Function = 0x11 // program to the CNC: folder name
	FuncDownloadData  Function = 0x12 // program text; never answered
	FuncDownloadEnd   Function = 0x13 // the CNC says now what it thinks of the program
	FuncAbort         Function = 0x14 // notice of the CNC: takes the place of the answer to 0x13
	FuncUploadStart   Function = 0x15 // program from the CNC
	FuncUploadStream  Function = 0x16 // program text that the CNC sends unasked, in the older upload
	FuncUploadStop    Function = 0x17 // end of the older upload
	FuncUploadData    Function = 0x18 // program text
	FuncUploadEnd     Function = 0x19 // end of an upload
	FuncAbortLater    Function = 0x1C // notice of the CNC: counts when the awaited answer arrives
	FuncCommand       Function = 0x21 // reads and writes, in blocks
	FuncNotice        Function = 0xF5 // notice with a text; answers nothing
)

// String returns what the function is for, and its number.
func (f Function) String() string {
	const hex = "0123456789ABCDEF"
	name := "function"
	switch f {
	case FuncOpen:
		name = "open"
	case FuncClose:
		name = "close"
	case FuncDownloadStart:
		name = "download start"
	case FuncDownloadData:
		name = "download data"
	case FuncDownloadEnd:
		name = "download end"
	case FuncAbort, FuncAbortLater:
		name = "abort"
	case FuncUploadStart:
		name = "upload start"
	case FuncUploadStream, FuncUploadData:
		name = "upload data"
	case FuncUploadStop, FuncUploadEnd:
		name = "upload end"
	case FuncCommand:
		name = "command"
	case FuncNotice:
		name = "notice"
	}
	return name + " 0x" + hex[f>>4:f>>4+1] + hex[f&15:f&15+1]
}

// Connection returns which of the two connections of a session carries the
// function, 0 when both do.
func (f Function) Connection() Connection {
	switch {
	case f.transfers():
		return TransferConnection
	case f == FuncCommand:
		return CommandConnection
	}
	return 0
}

func (f Function) transfers() bool { return 0x11 <= f && f <= 0x19 || f.aborts() }

func (f Function) aborts() bool { return f == FuncAbort || f == FuncAbortLater }

// op is what a request of this function attempts, commands aside.
func (f Function) op() core.Op {
	switch f {
	case FuncOpen:
		return core.Connect
	case FuncDownloadStart, FuncDownloadData, FuncDownloadEnd, FuncAbort:
		return core.Write
	case FuncUploadStart, FuncUploadStream, FuncUploadStop, FuncUploadData, FuncUploadEnd:
		return core.Read
	}
	return core.Other
}

// A Connection is one of the two TCP connections that make a session of
// FANUC's library. The open request that starts it carries the number. A CNC
// drops a connection without an answer when it gets the functions of the other.
// A client that transfers no programs needs the command connection only.
type Connection uint16

// Connections of a session.
const (
	TransferConnection Connection = 1 // program transfer
	CommandConnection  Connection = 2 // reads and writes
)

// String returns "transfer", "command" or "unknown".
func (c Connection) String() string {
	switch c {
	case TransferConnection:
		return "transfer"
	case CommandConnection:
		return "command"
	}
	return "unknown"
}

// A Direction is byte 7 of the header.
type Direction uint8

// Directions.
const (
	DirRequest Direction = 1 // to the CNC
	DirAnswer  Direction = 2 // from the CNC
	DirReceipt Direction = 3 // from the CNC: a status and nothing else
	DirStream  Direction = 4 // program text, both ways
)

// pathCommand is the command of the functions that take a folder name.
const pathCommand = 0x00F0

// commandOp is what a command of function 0x21 attempts, Other when it is none
// of those whose direction is known.
func commandOp(command uint16) core.Op {
	switch command {
	case 0x000E, // parameters
		0x0015,                         // macro variables
		0x0018,                         // system information
		0x0019, 0x0098, 0x00E1, 0x001A, // state, alarms
		0x001C, 0x001D, // program and sequence number
		0x0024, 0x0025, // feed and spindle speed
		0x0026, // positions
		0x8001: // PMC
		return core.Read
	case 0x0016, // macro variables
		0x8002: // PMC
		return core.Write
	}
	return core.Other
}
