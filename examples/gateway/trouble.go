package main

import (
	"slices"
	"time"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
)

// A trouble is one way in which a device can fail until it recovers.
type trouble struct {
	ID      string `json:"id"`
	English string `json:"en"`
	Chinese string `json:"zh"`

	cause func(n *node)
}

// troubles returns those of a protocol, and behind them those that all devices
// can have.
func troubles(native ...trouble) []trouble {
	return append(native,
		trouble{"off", "Switch off", "关闭设备", func(n *node) { n.device.Refuse() }},
		broken("silence", "Do not answer", "不应答", devicetest.Silence),
		broken("cut", "Hang up inside an answer", "应答中途断开连接", devicetest.Cut),
		broken("garbage", "Send garbage", "发送乱码", devicetest.Garbage),
		broken("disorder", "Give the answer to another request", "应答与请求不符", devicetest.WrongID),
		trouble{"late", "Answer too late", "应答过迟", func(n *node) { n.device.Delay(n.timeout + late) }},
	)
}

// late is how long behind the patience of a node an answer is too late: not by so
// much that the answers to several requests would be on their way.
const late = 300 * time.Millisecond

// without returns the troubles but one.
func without(id string, all []trouble) []trouble {
	return slices.DeleteFunc(all, func(t trouble) bool { return t.ID == id })
}

// item makes the second tag fail, so that a neighbour shows that only it does.
func item(id, english, chinese string, native error) trouble {
	return trouble{id, english, chinese, func(n *node) { n.device.FailItem(n.second(), native) }}
}

// second returns the address of the second tag, or of the only one.
func (n *node) second() string { return n.config.Tags[min(1, len(n.config.Tags)-1)].Address }

// request makes every request fail as a whole.
func request(id, english, chinese string, native error) trouble {
	return trouble{id, english, chinese, func(n *node) { n.device.Fail(native) }}
}

func broken(id, english, chinese string, fault devicetest.Fault) trouble {
	return trouble{id, english, chinese, func(n *node) { n.device.Break(fault) }}
}
