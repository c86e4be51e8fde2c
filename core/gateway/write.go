package gateway

import "github.com/fieldstatus/fieldstatus/core"

// WriteReply returns the answer to a write or to another command that ended
// with err; nil is success. An error that nothing recognises is 3001, and the
// code is one that the gateway can answer with ([ForWrite]).
func WriteReply(err error) Reply {
	return Reply{Error: writeCode(err)}
}

// WriteResult is the outcome for one tag of a batch write. In contrast to an
// [Item] its error is always written, with 0 for a tag that was written.
type WriteResult struct {
	Group string    `json:"group"` // the name of the group of tags
	Name  string    `json:"name"`  // the name of the tag
	Error core.Code `json:"error"` // 0 is success
}

// NewWriteResult returns the outcome of writing one tag, by the rules of
// [WriteReply].
func NewWriteResult(group, name string, err error) WriteResult {
	return WriteResult{Group: group, Name: name, Error: writeCode(err)}
}

// BatchReply is the answer to a write of several tags that the driver answered
// one by one:
//
//	{"tags":[{"group":"g","name":"speed","error":0},{"group":"g","name":"torque","error":10103}]}
//
// A driver that has one answer for the whole batch gives a [Reply].
type BatchReply struct {
	UUID string        `json:"uuid,omitempty"` // of the request, over MQTT alone
	Tags []WriteResult `json:"tags"`           // one for each tag of the request
}

// Code is the code of the first tag that failed, 0 when all were written.
func (r BatchReply) Code() core.Code {
	for _, tag := range r.Tags {
		if tag.Error != core.OK {
			return tag.Error
		}
	}
	return core.OK
}

func writeCode(err error) core.Code {
	return ForWrite(core.CodeOf(core.Translate(core.Write, err)))
}
