package decode

import "time"

const (
	// maxStreams is how many TCP connections are followed at a time. The ones
	// that were idle for longest make room.
	maxStreams = 8192
	// maxFlows is the same for pairs of UDP sockets.
	maxFlows = 8192
	// maxEndpoints is how many negotiated endpoints are remembered.
	maxEndpoints = 1024
	// maxFrame is the longest frame that is waited for.
	maxFrame = 1 << 20
	// maxUnsynced is how much of a stream is kept while looking for the start
	// of a frame in it.
	maxUnsynced = 1 << 17
	// maxMaybe is how many possible starts of a frame are remembered, and
	// maxInside how many of those inside one segment.
	maxMaybe  = 256
	maxInside = 32
	// maxBuffered is the sum of what all streams keep of unfinished frames.
	maxBuffered = 64 << 20
	// maxOpen is how many unanswered requests of one conversation are kept.
	maxOpen = 64
	// maxHeld and maxHeldBytes are how many events of one direction may wait for
	// the other direction, and with how many bytes.
	maxHeld      = 64
	maxHeldBytes = 1 << 18
	// maxHoles is how many pieces that were not captured a stream remembers.
	maxHoles = 64
	// maxSpares is how many conversations of one protocol and how many connections
	// are kept for reuse after their end. maxSpareSpace and maxSpareItems are for how
	// many bytes of a stream, and elements of any other list, they keep the room.
	maxSpares     = 256
	maxSpareSpace = 1 << 12
	maxSpareItems = maxOpen
	// maxPorts is how many ports are counted to suggest one to the user.
	maxPorts = 4096

	// maxQueuedPages and maxQueuedPagesTotal bound what the reassembly of TCP
	// keeps while it waits for a missing segment, in pages of 1900 bytes.
	maxQueuedPages      = 128
	maxQueuedPagesTotal = 16384

	// patience is how long, in the time of the capture, a missing segment is
	// waited for.
	patience = time.Second
	// flushEvery is how often the streams that wait are looked at.
	flushEvery = 250 * time.Millisecond
	// flushPackets is the same in packets, for captures without times.
	flushPackets = 4096
)
