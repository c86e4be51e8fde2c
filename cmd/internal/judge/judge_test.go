package judge

import (
	"fmt"
	"slices"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// A judge is Wireshark's view of one protocol.
type judge struct {
	name       string // of our package
	port       uint16
	dissector  string          // of the protocol itself
	dissectors []string        // of all layers that have statuses
	fields     map[string]bool // that verdict looks at
	// verdict says what Wireshark's tree of a packet comes to.
	verdict func(tree []node) []claim

	// fold maps layers of ours to the one that verdict names.
	fold map[string]string
	// extended holds the layers whose second value is compared.
	extended map[string]bool
	// native turns a status of ours into a claim where its layer and value alone
	// do not say what stands on the wire. It may be nil.
	native func(core.Status) (claim, bool)
	// pairing holds how the reasons begin that say nothing about a frame but
	// which request it answers: then the frame is decoded alone.
	pairing []string
	// silent names the kind of a frame that is passed over for a special reason.
	// It may be nil.
	silent func(error) string
	alone  func(dst []core.Status, frame []byte) ([]core.Status, error)

	// foreign tells the stanzas that Wireshark has no dissector for, and tcp
	// those over TCP, by their first frame. Foreign may be nil.
	foreign, tcp func(first []byte) bool

	outcome  func(s coretest.Stanza, frame []byte) []int // offsets of the bytes that tell the outcome
	header   int                                         // length of the headers
	shortest int                                         // length that a frame keeps when it is cut
	seal     func(frame []byte) []byte                   // sets the outermost length
	sealAll  func(frame []byte, was int) []byte          // sets the lengths inside too; may be nil

	differences []acceptedDifference
}

func judges() []*judge {
	return []*judge{s7Judge(), opcuaJudge(), finsJudge(), enipJudge(), knxJudge()}
}

// filter selects the packets of the device.
func (j *judge) filter() string {
	return fmt.Sprintf("tcp.srcport == %d && tcp.len > 0 || udp.srcport == %[1]d", j.port)
}

// theirs returns what Wireshark says about a packet.
func (j *judge) theirs(tree []node) []claim {
	claims := j.verdict(tree)
	if len(claims) == 0 && !slices.ContainsFunc(tree, func(n node) bool { return n.proto && n.name == j.dissector }) {
		return []claim{notDissected}
	}
	return claims
}

// set returns the set of its arguments.
func set(names ...string) map[string]bool {
	m := make(map[string]bool)
	for _, n := range names {
		m[n] = true
	}
	return m
}
