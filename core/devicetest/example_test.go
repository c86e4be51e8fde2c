package devicetest_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
)

// A meter is the session of a protocol of lines: "read flow" is answered by
// "flow 7", or by the native status behind the name.
type meter struct{}

func (meter) Read(frame []byte) devicetest.Request {
	item, ok := strings.CutPrefix(string(frame), "read ")
	return devicetest.Request{Op: core.Read, Items: []string{item}, Understood: ok}
}

func (meter) Answer(frame []byte, p devicetest.Plan) []byte {
	item := strings.TrimPrefix(string(frame), "read ")
	switch {
	case p.Native != nil:
		return fmt.Appendln(nil, item, p.Native)
	case p.Items[0] != nil:
		return fmt.Appendln(nil, item, p.Items[0])
	}
	return fmt.Appendln(nil, item, 7)
}

func (meter) Spoil(answer []byte, f devicetest.Fault) []byte {
	if f == devicetest.WrongID {
		return fmt.Appendln(nil, "pressure 7")
	}
	return fmt.Appendln(nil, "#")
}

func (meter) Adopt(recorded, _ []byte) []byte { return recorded }

// readMeter stands for the driver under test.
func readMeter(addr, item string) (string, error) {
	c, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return "", core.Translate(core.Connect, err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprintln(c, "read", item)
	answer, err := bufio.NewReader(c).ReadString('\n')
	return strings.TrimSpace(answer), core.Translate(core.Read, err)
}

// testMeter is a test as a driver has it, where it is called TestMeter.
func testMeter(t *testing.T) {
	device := devicetest.Listen(t, bufio.ScanLines, func() devicetest.Session { return meter{} })
	if answer, err := readMeter(device.Addr(), "flow"); err != nil || answer != "flow 7" {
		t.Errorf("read %q, %v", answer, err)
	}

	device.FailItem("flow", core.PluginTagNotReady, devicetest.Next)
	if answer, err := readMeter(device.Addr(), "flow"); err != nil || answer != "flow "+core.PluginTagNotReady.Error() {
		t.Errorf("read %q, %v", answer, err)
	}

	device.Break(devicetest.Close)
	_, err := readMeter(device.Addr(), "flow")
	coretest.RequireCode(t, err, core.PluginNotConnected)
	coretest.RequireRemedy(t, err, core.Reconnect)
}

// A device of another protocol is a Server and a Session.
func Example() {
	_ = testMeter // go test calls it, and brings the t
}
