package decode

// Notes counts what a reader of the results has to know about their basis.
type Notes struct {
	Packets     int   // packets with TCP or UDP on the ports of a known protocol
	Frames      int   // requests and responses that were read
	CutFrames   int   // frames that were not captured as a whole
	UnreadBytes int64 // bytes of streams that belong to no frame, mostly before the first one of a capture that starts in mid-stream
	LostBytes   int64 // bytes of streams that are missing in the capture
	TooLong     int   // frames given up because they were longer than the limit
	Forgotten   int   // connections given up because there were too many at a time
}
