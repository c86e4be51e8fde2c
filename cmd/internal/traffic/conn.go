package traffic

import "net/netip"

// A Conn is a TCP connection in a capture. It keeps the sequence numbers.
type Conn struct {
	capture        *Capture
	Client, Server netip.AddrPort
	ClientSeq      uint32
	ServerSeq      uint32
}

// Conn returns a connection that has not been opened yet.
func (c *Capture) Conn(client, server netip.AddrPort) *Conn {
	return &Conn{capture: c, Client: client, Server: server, ClientSeq: 1000, ServerSeq: 0xFFFFFF00}
}

// Open adds the three packets of the handshake.
func (c *Conn) Open() *Conn {
	c.capture.TCP(c.Client, c.Server, Segment{Seq: c.ClientSeq, SYN: true})
	c.ClientSeq++
	c.capture.TCP(c.Server, c.Client, Segment{Seq: c.ServerSeq, Ack: c.ClientSeq, SYN: true, ACK: true})
	c.ServerSeq++
	c.capture.TCP(c.Client, c.Server, Segment{Seq: c.ClientSeq, Ack: c.ServerSeq, ACK: true})
	return c
}

// Send adds a segment from the client.
func (c *Conn) Send(payload []byte) {
	c.capture.TCP(c.Client, c.Server, Segment{Seq: c.ClientSeq, Ack: c.ServerSeq, ACK: true, Payload: payload})
	c.ClientSeq += uint32(len(payload))
}

// Reply adds a segment from the server.
func (c *Conn) Reply(payload []byte) {
	c.capture.TCP(c.Server, c.Client, Segment{Seq: c.ServerSeq, Ack: c.ClientSeq, ACK: true, Payload: payload})
	c.ServerSeq += uint32(len(payload))
}

// Close adds the FIN of the client and of the server, and the last ACK.
func (c *Conn) Close() {
	c.capture.TCP(c.Client, c.Server, Segment{Seq: c.ClientSeq, Ack: c.ServerSeq, ACK: true, FIN: true})
	c.ClientSeq++
	c.ServerFIN()
	c.capture.TCP(c.Client, c.Server, Segment{Seq: c.ClientSeq, Ack: c.ServerSeq, ACK: true})
}

// ServerFIN adds the FIN of the server.
func (c *Conn) ServerFIN() {
	c.capture.TCP(c.Server, c.Client, Segment{Seq: c.ServerSeq, Ack: c.ClientSeq, ACK: true, FIN: true})
	c.ServerSeq++
}

// ServerRST adds a reset by the server.
func (c *Conn) ServerRST() {
	c.capture.TCP(c.Server, c.Client, Segment{Seq: c.ServerSeq, Ack: c.ClientSeq, ACK: true, RST: true})
}

// Swap exchanges the last two packets of the capture; their times stay.
func (c *Capture) Swap() {
	n := len(c.Packets)
	a, b := &c.Packets[n-2], &c.Packets[n-1]
	a.Data, b.Data = b.Data, a.Data
	a.Wire, b.Wire = b.Wire, a.Wire
}

// Repeat adds the last packet again, as a retransmission does.
func (c *Capture) Repeat() { c.add(c.Packets[len(c.Packets)-1].Data) }

// Lose removes the last packet, as a busy capture does.
func (c *Capture) Lose() { c.Packets = c.Packets[:len(c.Packets)-1] }
