package core

// An Exchange tells what the last frame that was given to a protocol package's
// Conversation belongs to. A late answer comes out with the ID of the request
// that it answers: a driver that waits for a certain one compares.
type Exchange struct {
	Op   Op     // what the request attempted
	ID   uint64 // pairs a request with its response inside one conversation
	Open bool   // a response to ID is awaited: after a request that expects one, and while more of a response is to come
}
