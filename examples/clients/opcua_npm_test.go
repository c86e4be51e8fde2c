package clients

import (
	"testing"

	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uacp"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/opcua/opcuatest"
)

// node-opcua-client hands over StatusCodes of items as they are, those of whole
// requests in its texts, and loses all that happens to a connection once it is
// acknowledged. One process of node has all cases, since it takes a second to
// start; each has a connection through a relay of its own.
func TestNodeOpcua(t *testing.T) {
	client := npmVersion(t, "node-opcua-client")
	plc, login, channel := opcuaDevice(t), opcuaDevice(t), opcuaDevice(t)
	login.RefuseLogin(ua.StatusBadUserAccessDenied)
	channel.RefuseChannel(ua.StatusBadSecurityPolicyRejected, "only None")

	type rule = func(opcuatest.When)
	item := func(code ua.StatusCode) rule {
		return func(when opcuatest.When) { plc.FailItem(opcuaNode, code, when) }
	}
	fault := func(native error) rule { return func(when opcuatest.When) { plc.Fail(native, when) } }
	broken := func(f opcuatest.Fault) rule { return func(when opcuatest.When) { plc.Break(f, when) } }
	cases := []struct {
		device string
		plc    *opcuatest.Device
		rule   rule // for the request of this case, nil when the device does something else
		write  bool
		exact  core.Code
		stage  string // that node-opcua-client comes to
		name   string // of the StatusCode that it hands over, "" for a text
	}{
		{"no failure", plc, func(opcuatest.When) {}, false, core.OK, "read", "Good"},
		{"item 0x803A0000 BadNotReadable", plc, item(ua.StatusBadNotReadable), false, core.OPCUABadNotReadable, "read", "BadNotReadable"},
		{"item 0x80F00000 BadNoValue", plc, item(0x80F00000), false, core.PluginTagNotReady, "read", "BadNoValue"},
		{"write, item 0x803B0000 BadNotWritable", plc, item(ua.StatusBadNotWritable), true, core.OPCUABadNotWritable, "write", "BadNotWritable"},
		{"ServiceFault 0x80100000 BadTooManyOperations", plc, fault(ua.StatusBadTooManyOperations), false, core.OPCUABadTooManyOperations, "read", ""},
		{"abort chunk 0x80B90000 BadResponseTooLarge", plc, fault(opcuatest.Abort{Code: ua.StatusBadResponseTooLarge, Reason: "more than 65535 bytes"}), false, core.OPCUABadTooManyOperations, "read", ""},
		{"ERR 0x80800000 BadTcpMessageTooLarge", plc, fault(&uacp.Error{ErrorCode: uint32(ua.StatusBadTCPMessageTooLarge), Reason: "message too large"}), false, core.PluginProtocolParseFailed, "read", ""},
		{"FIN instead of the answer", plc, broken(opcuatest.Close), false, core.PluginNotConnected, "read", ""},
		{"bytes that are no OPC UA", plc, broken(opcuatest.Garbage), false, core.PluginProtocolParseFailed, "read", ""},
		{"answer to another request id", plc, broken(opcuatest.WrongID), false, core.PluginMessageDisorder, "read", ""},
		{"ServiceFault 0x801F0000 BadUserAccessDenied to the login", login, nil, false, core.OPCUABadUserAccessDenied, "session", ""},
		{"ERR 0x80550000 BadSecurityPolicyRejected to the channel", channel, nil, false, core.OPCUAConnectionConfigError, "connect", ""},
	}
	args := []string{t.TempDir(), opcuaNode}
	var relays []*relay
	for i, c := range cases {
		if c.rule != nil {
			c.rule(opcuatest.When(i + 1))
		}
		raw := opcuaRaw(t, c.plc)
		relays = append(relays, raw)
		address := raw.addr
		if c.write {
			address = "=" + address
		}
		args = append(args, address)
	}
	results, _ := runNode(t, "node-opcua.js", args...)["results"].([]any)
	if len(results) != len(cases) {
		t.Fatalf("node-opcua-client reports %v", results)
	}
	for i, c := range cases {
		t.Run(c.device, func(t *testing.T) {
			handed, _ := results[i].(map[string]any)
			status, _ := handed["status"].(map[string]any)
			if name, _ := status["name"].(string); handed["stage"] != c.stage || name != c.name {
				t.Errorf("node-opcua-client reports %v", handed)
			}
			delete(handed, "stage")
			exact := opcuaExact(t, relays[i])
			coretest.RequireCode(t, exact, c.exact)
			report(t, row{Protocol: "opcua", Code: c.exact.String(), Device: c.device, Client: client, Handed: jsonText(handed),
				Translated: noGoClient, Raw: "opcua.Conversation: " + core.CodeOf(exact).String()})
		})
	}
}
