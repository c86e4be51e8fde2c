// Package enip maps the native statuses of EtherNet/IP, CIP and PCCC to the
// documented codes 10701 to 10744, 10797, 10798 and 10799.
//
// # What is mapped
//
//   - [GeneralStatus], the general status of a CIP reply: 0x01 to 0x2C are
//     10700 plus the status. What lies above the documented range becomes the
//     nearest code inside it (0x2D and 0x2E are 10708), or 10731, the vendor
//     specific error that CIP itself uses as its catch-all.
//   - The extended status words behind it, which refine the answer:
//     [ConnectionStatus] of the Connection Manager, [LogixStatus] of Rockwell
//     controllers (general status 0xFF), and single words of others. A status
//     then has the general status as its value and the first word as its second
//     value; all words are readable with [Reply.Words].
//   - [EncapsulationStatus], the status in the header of every frame.
//   - [PCCCStatus] and [PCCCExtStatus], the STS and EXT STS of a PCCC reply.
//
// Three codes are no CIP statuses but rungs of a ladder, and the lowest broken
// rung is what an operator needs:
//
//   - 10799, no registered session: the header says so (0x64), RegisterSession
//     was refused or gave the handle 0, or the device has sent UnRegisterSession.
//   - 10797, no CIP connection: a Forward Open was refused with general status
//     0x01 whatever the word, or the connection has timed out or is unknown.
//     That a routed request was not answered in time (0x01/0x0204) is 10701: the
//     session and the router are fine.
//   - 10798, data type mismatch: the controller says so (0xFF/0x2107, or PCCC
//     EXT STS 0x11, 0x15 and 0x17), or [Reply.CheckType] finds a type other than
//     the configured one, since Logix answers a read of any type with success.
//
// # Frames
//
// A frame is one encapsulated message: 24 bytes of header and as many as it
// announces. [ScanFrames] cuts a stream into frames, [ParseResponse] reads one
// without its request, and [Conversation] reads it with its request, which
// decides what the service code of a reply means, whether more data is welcome
// (0x06), and which of two open requests is answered.
//
// Multiple Service Packets and attribute lists have a status for each item,
// also where their own general status claims success: walk [Response.Items].
//
// # What is not mapped
//
// I/O data on UDP 2222, CIP Security handshakes, and the codes 0xD1, 0xFB to
// 0xFE and 0xE0 to 0xFC that Rockwell's MSG instruction makes up inside the
// controller: they are never on the wire with that meaning.
//
// # With gologix
//
// gologix (v0.41.0-beta) returns texts, almost without types. [Recognizer]
// reads them. What it cannot recover is lost in gologix itself:
//
//   - Connect ignores a refused RegisterSession: check that client.SessionHandle
//     is not 0 afterwards, and report 10799 otherwise. A refused Large Forward
//     Open is retried without a word, and extended words are dropped.
//   - Read drops the extended words, so that 0xFF/0x2105 and 0xFF/0x2107 are both
//     10731, and loses a refusal without words altogether: the text ends in
//     "item 2's header. unexpected EOF" though the connection is fine. A frame
//     refused in its header ends in "couldn't read item count. EOF".
//   - WriteMap and WriteMulti never look at the reply: use Write for writes
//     whose result matters. GetAttrSingle does not look at the status either.
//   - ReadMulti fails as a whole when one item fails, and panics on a reply whose
//     offsets lie: recover from it.
//   - AutoConnect, which is on by default, reconnects inside the next call: the
//     first call fails and the second succeeds. The first Read may send a probe of
//     its own before it, and when that one kills the connection the cause is lost.
//   - CIPError is exported but nothing makes one.
//
// GenericCIPMessage hands out the reply beside its error, so that a driver that
// reads tags with it loses nothing; examples/enip does.
//
// # Sources
//
// CIP Volume 1, Appendix B for general statuses and chapter 3-5 for those of the
// Connection Manager; CIP Volume 2, chapter 2-3 for encapsulation; Rockwell
// 1756-PM020 and 1756-RM003 for the extended words of Logix controllers;
// 1770-6.5.16, chapter 8 for PCCC; Omron W506. The CIP volumes are read as public
// implementations and Wireshark quote them.
package enip

//go:generate go run ../internal/tables/generate
