package gateway

import (
	"strconv"

	"github.com/fieldstatus/fieldstatus/core"
)

// StateReport is the periodic report about the nodes of a gateway:
//
//	{"timestamp":1750000000000,"states":[{"node":"plc","link":1,"running":3}]}
//
// It carries no code: a node whose link is up can still fail at every tag.
type StateReport struct {
	Timestamp int64       `json:"timestamp"` // Unix time in milliseconds
	States    []NodeState `json:"states"`    // one for each node
}

// NodeState is one node of a [StateReport].
type NodeState struct {
	Node    string `json:"node"`    // its name
	Link    Link   `json:"link"`    // to its device
	Running Phase  `json:"running"` // how far it has come
}

// Link says whether a driver has a connection to its device. Values of later
// gateways are kept as they came.
type Link uint8

const (
	Disconnected Link = 0 // no connection, or one that the last failure has put in question
	Connected    Link = 1 // the device answers, be it with failures
)

// LinkAfter returns the state of the link after an exchange that ended with
// err: [Disconnected] when the error concerns the whole session or connection
// ([core.ScopeOf]), else [Connected], because somebody answered.
func LinkAfter(err error) Link {
	if core.CodeOf(err) != core.OK && core.ScopeOf(err) >= core.Session {
		return Disconnected
	}
	return Connected
}

// String returns "disconnected", "connected" or the number.
func (l Link) String() string {
	switch l {
	case Disconnected:
		return "disconnected"
	case Connected:
		return "connected"
	}
	return strconv.Itoa(int(l))
}

// Phase says how far a node has come. Values of later gateways are kept as
// they came.
type Phase uint8

const (
	Init    Phase = 1 // created, without settings
	Ready   Phase = 2 // has its settings
	Running Phase = 3 // polls its tags
	Stopped Phase = 4 // has its settings and was told to pause
)

// String returns "init", "ready", "running", "stopped" or the number.
func (p Phase) String() string {
	switch p {
	case Init:
		return "init"
	case Ready:
		return "ready"
	case Running:
		return "running"
	case Stopped:
		return "stopped"
	}
	return strconv.Itoa(int(p))
}
