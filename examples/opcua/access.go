package opcua

import (
	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// askLevels adds what we may do with the tags to a request for their values, as
// far as it is not known yet, and returns the tags that it has added.
func (l *link) askLevels(request *ua.ReadRequest, tags []southbound.Tag, asked []int) (unknown []int) {
	for j, i := range asked {
		if _, ok := l.levels[tags[i].Address]; !ok {
			unknown = append(unknown, i)
			request.NodesToRead = append(request.NodesToRead, &ua.ReadValueID{NodeID: request.NodesToRead[j].NodeID, AttributeID: ua.AttributeIDUserAccessLevel})
		}
	}
	return unknown
}

func (l *link) learnLevel(tag southbound.Tag, value *ua.DataValue) {
	if level, ok := value.Value.Value().(byte); ok {
		l.levels[tag.Address] = level
	}
}

// mayAccess fails when the server has said that a tag cannot be read or written.
// Then that is forgotten, so that it is asked for again.
func (l *link) mayAccess(tag southbound.Tag, op core.Op) error {
	level, ok := l.levels[tag.Address]
	if !ok {
		return nil
	}
	err := opcuastatus.CheckAccess(level, op)
	if err != nil {
		delete(l.levels, tag.Address)
	}
	return err
}
