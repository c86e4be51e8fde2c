// Package knx translates what KNXnet/IP gateways and the devices behind them
// answer into documented codes.
//
// Import it as knxstatus, beside the client's own package knx:
//
//	import knxstatus "github.com/fieldstatus/fieldstatus/knx"
//
// # What is mapped
//
//   - [ErrorCode]: the status of connect, connection state and disconnect responses
//   - [AckCode]: what the gateway thinks of one tunnelled frame
//   - [Confirm]: whether somebody on the bus acknowledged a telegram
//   - [TPCI]: transport connections to a device
//   - [ReturnCode], [PropertyError], [RestartCode], [EmptyAnswer]: what a device
//     or the gateway's own management answers
//   - [BusStatus], [MediumStatus], [RouterState]: whether there is a bus at all
//   - [SessionStatus]: secure sessions
//   - [Service]: frames whose arrival is the news, such as [DisconnectRequest]
//   - [Event]: malformed frames, and what only the driver can know
//
// [ParseResponse] and [AppendStatuses] read one frame, [Conversation] follows
// requests and their answers, [ScanFrames] splits a TCP stream, and [Translate]
// and [Recognizer] read the errors of knx-go.
//
// # Device does not exist
//
// The one code of this protocol, 10200, has exactly three sources:
//
//   - [ConfirmError]: nobody acknowledged the telegram on the bus;
//   - [PresenceCheckTimeout], reported by the driver when T_Connect and
//     A_DeviceDescriptor_Read stay unanswered after all repetitions;
//   - [SearchTimeout], reported by the driver when a search found no gateway.
//
// Three things look alike and are not. [TDisconnect] comes from a device that is
// there and serves somebody else: 3002. An unanswered A_GroupValue_Read after a
// positive confirmation is [GroupReadTimeout]: 3015, mostly a missing read flag.
// And when the gateway is known to have lost its bus, a negative confirmation
// says nothing about the device: see [BusDown]. A positive confirmation is never
// a proof of the device either, since couplers and some gateways acknowledge for
// whatever may be behind them.
//
// # Scope
//
// [core.Connection] is the channel to the gateway, with a secure session below
// it. [core.Session] is the transport connection to one device over the bus:
// [TDisconnect] asks to reopen that one, not the tunnel. A refused
// acknowledgement concerns one request, the answer of a device one item.
//
// # What is not mapped
//
// Busmonitor telegrams, raw frames and polling are no answers; [BusmonStatus] is
// there for drivers that monitor. Secure frames have to be decrypted first.
// Nobody but the driver knows that time is up: it reports the events of the
// layer client, for example
//
//	return knxstatus.GroupReadTimeout.Status().Err(core.Read)
//
// and [Conversation.Silence] tells which of them it is. Of the clients, only the
// errors of knx-go are recognised; those of others end in 3000 and 3001, unless
// they are of the network.
//
// # Traps of knx-go
//
// Checked with github.com/vapourismo/knx-go v0.0.0-20250707093940-740ae6da1af6:
//
//   - GroupTunnel drops every L_Data.con, so a driver on top of it never sees
//     10200. Use Tunnel, read Inbound, and give [Confirm] the Control1 of each
//     *cemi.LDataCon. Send has returned nil long before.
//   - NewTunnel keeps asking after 0x24 and 0x25 (gateway full) and ends with
//     "response timeout reached", like a gateway that is silent. A driver that
//     wants to tell them apart sends a CONNECT_REQUEST of its own.
//   - A refused acknowledgement prints as the hexadecimal dump of an English
//     text. [Recognizer] finds the number again.
//   - After DISCONNECT_REQUEST or a failed heartbeat the tunnel reconnects
//     silently; what was in flight ends with "response timeout reached". When
//     that fails too, or when a TCP connection is lost, Inbound is closed:
//     report [SocketClosed].
//   - The order of Inbound is not that of the gateway: what nobody takes at once
//     is handed over by a goroutine of its own, so that a value may come before
//     the confirmation of the request. Keep what is not awaited yet; a driver
//     that drops it reports [GroupReadTimeout] for a device that has answered.
//   - Its own reconnect writes the channel number that Close reads, without a
//     lock: a Close at that moment is a data race, and may name the old channel.
//   - A datagram that comes after Close leaves the goroutine that reads the
//     socket behind: nobody takes what it hands over any more.
//   - Discover returns an empty list and no error when nothing was found: report
//     [SearchTimeout]. DescribeTunnel returns nil, nil when its time is up:
//     report [DescriptionTimeout].
//   - Interface features and device configuration only come out of a
//     knxnet.Socket, as *knxnet.UnknownService: knxnet.Pack makes the frame of it
//     that [ParseResponse] reads.
//   - knxnet.Unpack panics on short connect responses and on additional
//     information that reaches past its frame, in a goroutine of the library
//     where nobody can recover it; a TCP frame of length 0 makes its reader
//     spin. Do not expose it to networks that you do not trust.
//   - Telegrams that are shorter than their length octet are filled with zeros
//     and delivered as data.
//
// # Sources
//
// The KNX Standard: 3/8/2 Core, 3/8/3 Device Management, 3/8/4 Tunnelling, 3/8/5
// Routing, 3/8/9 Security, 3/6/3 EMI_IMI, 3/3/4 Transport Layer, 3/3/7 Application
// Layer, 3/5/2 Management Procedures, as the public implementations quote it
// (Calimero, xknx, QtKnx, knxd, Wireshark).
package knx

//go:generate go run ../internal/tables/generate
