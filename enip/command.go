package enip

// A Command is the first field of the encapsulation header.
//
// Source: CIP Volume 2, Chapter 2-3, encapsulation commands.
type Command uint16

// Encapsulation commands.
const (
	NOP               Command = 0x0000 // keeps a connection busy; never answered
	ListServices      Command = 0x0004 // what the device offers, without a session
	ListIdentity      Command = 0x0063 // who the device is, without a session
	ListInterfaces    Command = 0x0064 // interfaces other than CIP, without a session
	RegisterSession   Command = 0x0065 // opens a session; the answer has its handle
	UnRegisterSession Command = 0x0066 // ends a session and its connection; never answered
	SendRRData        Command = 0x006F // unconnected messages
	SendUnitData      Command = 0x0070 // connected messages
	StartDTLS         Command = 0x00C8 // of CIP Security
)

// known reports whether the command is one of CIP's.
func (c Command) known() bool {
	switch c {
	case NOP, ListServices, ListIdentity, ListInterfaces, RegisterSession, UnRegisterSession, SendRRData, SendUnitData, StartDTLS:
		return true
	}
	return false
}

// Service codes of requests. A reply has the same code with the top bit set.
// The same number means different things to different objects.
const (
	serviceGetAttributesAll     = 0x01
	serviceSetAttributesAll     = 0x02
	serviceGetAttributeList     = 0x03
	serviceSetAttributeList     = 0x04
	serviceMultiple             = 0x0A
	serviceGetAttributeSingle   = 0x0E
	serviceSetAttributeSingle   = 0x10
	serviceFindNext             = 0x11
	serviceGetMember            = 0x18
	serviceExecutePCCC          = 0x4B // of the PCCC object, class 0x67
	serviceReadTag              = 0x4C
	serviceWriteTag             = 0x4D
	serviceForwardClose         = 0x4E // of the Connection Manager
	serviceReadModifyWrite      = 0x4E // of a tag
	serviceUnconnectedSend      = 0x52 // of the Connection Manager
	serviceReadFragmented       = 0x52 // of a tag
	serviceWriteFragmented      = 0x53
	serviceForwardOpen          = 0x54
	serviceGetInstanceAttrList  = 0x55
	serviceGetConnectionData    = 0x56
	serviceSearchConnectionData = 0x57
	serviceGetConnectionOwner   = 0x5A
	serviceLargeForwardOpen     = 0x5B

	replyBit = 0x80
)

// Object classes.
const (
	classConnectionManager = 0x06
	classPCCC              = 0x67
	classSymbol            = 0x6B // tags by number
	classTemplate          = 0x6C // layouts of structures; its 0x4C has an offset
)
