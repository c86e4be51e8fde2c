package main

import (
	"slices"
	"time"

	"github.com/fieldstatus/fieldstatus/core/devicetest"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// A trouble is one way in which a device can fail until it recovers.
type trouble struct {
	ID      string `json:"id"`
	English string `json:"en"`
	Chinese string `json:"zh"`

	cause func(d device, tags []southbound.Tag)
}

// troubles returns those of a protocol, and behind them those that all devices
// can have.
func troubles(native ...trouble) []trouble {
	return append(native,
		trouble{"off", "Switch off", "关闭设备", func(d device, _ []southbound.Tag) { d.Refuse() }},
		broken("silence", "Do not answer", "不应答", devicetest.Silence),
		broken("cut", "Hang up inside an answer", "应答中途断开连接", devicetest.Cut),
		broken("garbage", "Send garbage", "发送乱码", devicetest.Garbage),
		broken("disorder", "Give the answer to another request", "应答与请求不符", devicetest.WrongID),
		trouble{"late", "Answer too late", "应答过迟", func(d device, _ []southbound.Tag) { d.Delay(tooLate) }},
	)
}

// tooLate is behind the patience of the nodes, and not by so much that the answers
// to several requests would be on their way.
const tooLate = 1000 * time.Millisecond

// without returns the troubles but one.
func without(id string, all []trouble) []trouble {
	return slices.DeleteFunc(all, func(t trouble) bool { return t.ID == id })
}

// item makes the second tag fail, so that a neighbour shows that only it does.
func item(id, english, chinese string, native error) trouble {
	return trouble{id, english, chinese, func(d device, tags []southbound.Tag) {
		d.FailItem(tags[min(1, len(tags)-1)].Address, native)
	}}
}

// request makes every request fail as a whole.
func request(id, english, chinese string, native error) trouble {
	return trouble{id, english, chinese, func(d device, _ []southbound.Tag) { d.Fail(native) }}
}

func broken(id, english, chinese string, fault devicetest.Fault) trouble {
	return trouble{id, english, chinese, func(d device, _ []southbound.Tag) { d.Break(fault) }}
}
