package opcuatest_test

import (
	"context"
	"testing"
	"time"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
	"github.com/fieldstatus/fieldstatus/opcua/opcuatest"
)

// readNode stands for the driver under test.
func readNode(endpoint string, node *ua.NodeID) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	c, err := opcua.NewClient(endpoint, opcua.SecurityMode(ua.MessageSecurityModeNone))
	if err != nil {
		return opcuastatus.Translate(core.Connect, err)
	}
	if err := c.Connect(ctx); err != nil {
		return opcuastatus.Translate(core.Connect, err)
	}
	defer c.Close(ctx)
	res, err := c.Read(ctx, &ua.ReadRequest{NodesToRead: []*ua.ReadValueID{{NodeID: node, AttributeID: ua.AttributeIDValue}}})
	if err := opcuastatus.Translate(core.Read, err); err != nil {
		return err
	}
	return opcuastatus.ReadStatuses(res, 1)[0].Err(core.Read)
}

// testNotReadable is a test as a driver has it, where it is called TestNotReadable.
func testNotReadable(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	plc.FailItem("ns=2;s=Line1.Torque", ua.StatusBadNotReadable)
	err := readNode(plc.Endpoint(), ua.NewStringNodeID(2, "Line1.Torque"))
	coretest.RequireCode(t, err, core.OPCUABadNotReadable)
	coretest.RequireStatus(t, err, ua.StatusBadNotReadable)
}

func ExampleDevice() {
	_ = testNotReadable // go test calls it, and brings the t
}
