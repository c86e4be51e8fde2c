package gateway_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/gateway"
)

// A driver answers a read: one item per tag, with its value or its code.
func Example() {
	type reading struct {
		tag   string
		value any
		err   error
	}
	polled := []reading{
		{"motor.speed", 1480, nil},
		{"motor.torque", nil, &core.Error{Code: core.S7AddressInvalid, Op: core.Read, Tag: "motor.torque"}},
		{"tank.level", math.NaN(), nil},
	}

	var reply gateway.ReadReply
	for _, r := range polled {
		reply.Tags = append(reply.Tags, gateway.NewItem(r.tag, r.value, r.err))
	}
	_ = json.NewEncoder(os.Stdout).Encode(reply)
	// Output:
	// {"tags":[{"name":"motor.speed","value":1480},{"name":"motor.torque","error":10105},{"name":"tank.level","error":3008}]}
}

// A device that stays silent on a write is 3015 everywhere but in the answer
// to that write, for which the gateway has no HTTP status.
func ExampleWriteReply() {
	err := core.Translate(core.Write, os.ErrDeadlineExceeded)
	text, _ := json.Marshal(gateway.WriteReply(err))
	fmt.Println(core.CodeOf(err))
	fmt.Println(string(text))
	// Output:
	// 3015 Plugin device is not responding
	// {"error":3001}
}

// A batch is answered tag by tag, with 0 for those that were written.
func ExampleBatchReply() {
	reply := gateway.BatchReply{Tags: []gateway.WriteResult{
		gateway.NewWriteResult("g", "motor.setpoint", nil),
		gateway.NewWriteResult("g", "motor.limit", core.S7AccessDenied.Err()),
	}}
	text, _ := json.Marshal(reply)
	fmt.Println(string(text))
	fmt.Println(reply.Code())
	// Output:
	// {"tags":[{"group":"g","name":"motor.setpoint","error":0},{"group":"g","name":"motor.limit","error":10103}]}
	// 10103 Object has no access permission
}

// The answer of a gateway, also of one whose catalogue is newer than ours.
func ExampleReply() {
	for _, body := range []string{`{"error":2003}`, `{"error":3021}`} {
		var reply gateway.Reply
		if err := json.Unmarshal([]byte(body), &reply); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(reply.Error, reply.Error.Documented())
	}
	// Output:
	// 2003 Node does not exist true
	// 3021 undocumented code false
}

func ExampleItem() {
	var item gateway.Item
	if err := json.Unmarshal([]byte(`{"name":"counter","value":9007199254740993}`), &item); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(item.Name, item.Value, item.Error == core.OK)
	// Output: counter 9007199254740993 true
}

// One set of items serves both upload formats.
func ExampleTags_Values() {
	upload := gateway.Tags{
		Timestamp: 1750000000000, Node: "plc", Group: "drive",
		Items: []gateway.Item{
			gateway.NewItem("speed", 1480, nil),
			gateway.NewItem("torque", nil, core.S7AddressInvalid.Err()),
		},
	}
	text, _ := json.Marshal(upload.Values())
	fmt.Println(string(text))
	// Output:
	// {"timestamp":1750000000000,"node":"plc","group":"drive","values":{"speed":1480},"errors":{"torque":10105},"metas":{}}
}

func ExampleHTTPStatus() {
	for _, code := range []core.Code{core.OK, core.NodeNotExist, core.PluginNotConnected, core.S7AddressInvalid, core.PluginDeviceNotResponding} {
		status, ok := gateway.HTTPStatus(code)
		fmt.Println(code, status, ok)
	}
	// Output:
	// 0 Success 200 true
	// 2003 Node does not exist 404 true
	// 3002 Plugin is not connected 400 true
	// 10105 Invalid address 200 true
	// 3015 Plugin device is not responding 0 false
}

func ExampleForWrite() {
	fmt.Println(gateway.ForWrite(core.S7AccessDenied))
	fmt.Println(gateway.ForWrite(core.PluginDeviceNotResponding))
	// Output:
	// 10103 Object has no access permission
	// 3001 Plugin write failed
}

func ExampleLinkAfter() {
	fmt.Println(gateway.LinkAfter(core.Translate(core.Read, io.EOF)))
	fmt.Println(gateway.LinkAfter(core.S7AddressInvalid.Err()))
	// Output:
	// disconnected
	// connected
}
