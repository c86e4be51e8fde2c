package gateway

import "github.com/fieldstatus/fieldstatus/core"

// Reply is the answer to a command and to a write of one tag:
//
//	{"error":2003}
//
// Over MQTT it repeats the uuid of the request; over HTTP there is none.
type Reply struct {
	UUID  string    `json:"uuid,omitempty"` // of the request, over MQTT alone
	Error core.Code `json:"error"`          // 0 is success
}

// ReadReply is the answer to a read:
//
//	{"tags":[{"name":"speed","value":1480},{"name":"torque","error":10105}]}
//
// Over HTTP its status is 200 even when every item failed. A read that did not
// get as far as its tags (unknown node or group) is answered with a [Reply].
type ReadReply struct {
	UUID string `json:"uuid,omitempty"` // of the request, over MQTT alone
	Tags []Item `json:"tags"`           // one for each tag of the group
}
