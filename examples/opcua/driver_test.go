package opcua

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"math"
	"net"
	"testing"
	"time"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uacp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/core/gateway"
	"github.com/fieldstatus/fieldstatus/opcua/opcuatest"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
	"github.com/fieldstatus/fieldstatus/examples/southbound/drivertest"
)

// tags have one of each type. The first two are the ones that tests fail.
var tags = []southbound.Tag{
	{Name: "speed", Address: "ns=2;s=Line1.Speed", Type: southbound.Int16},
	{Name: "limit", Address: "ns=2;s=Line1.Limit", Type: southbound.Uint16},
	{Name: "running", Address: "ns=2;s=Line1.Running", Type: southbound.Bool},
	{Name: "position", Address: "ns=3;i=7", Type: southbound.Int32},
	{Name: "count", Address: "ns=3;i=8", Type: southbound.Uint32},
	{Name: "level", Address: "ns=1;g=8E1B2A37-70AE-4E4B-AE05-DD1E7E1E5C04", Type: southbound.Float},
	{Name: "energy", Address: "ns=1;b=AQID", Type: southbound.Double},
}

var values = []any{int16(-5), uint16(5), true, int32(-100000), uint32(math.MaxUint32), float32(1.5), 2.25}

// start returns a server which holds the values, and a driver for it.
func start(t testing.TB) (*opcuatest.Device, Driver) {
	t.Helper()
	server := opcuatest.NewDevice(t)
	for i, tag := range tags {
		server.Set(tag.Address, values[i])
	}
	return server, Driver{Endpoint: server.Endpoint(), Timeout: drivertest.Patience}
}

func TestDriver(t *testing.T) {
	drivertest.Run(t, drivertest.Subject{
		Start: func(t testing.TB) (drivertest.Device, southbound.Driver) {
			server, driver := start(t)
			return server, driver
		},
		Tags:    tags,
		Values:  values,
		Unknown: ua.StatusBadNodeIDUnknown,
		Code:    core.OPCUABadNodeIDUnknown,
		Silent:  core.OPCUATimeout,
		Off:     core.PluginNotConnected,
		Timeout: time.Second, // connecting takes ten messages
	})
}

type failure drivertest.Failure[*opcuatest.Device]

// TestFailures: what the server does to speed, and what becomes of it. The other
// tags share its fate where the failure is not that of an item.
func TestFailures(t *testing.T) {
	item := func(native error) func(*opcuatest.Device) {
		return func(server *opcuatest.Device) { server.FailItem(tags[0].Address, native) }
	}
	value := func(v any) func(*opcuatest.Device) {
		return func(server *opcuatest.Device) { server.Set(tags[0].Address, v) }
	}
	request := func(native error) func(*opcuatest.Device) {
		return func(server *opcuatest.Device) { server.Fail(native) }
	}
	fault := func(f devicetest.Fault) func(*opcuatest.Device) {
		return func(server *opcuatest.Device) { server.Break(f, opcuatest.Next) }
	}
	for name, c := range map[string]failure{
		"BadNotReadable":           {item(ua.StatusBadNotReadable), core.OPCUABadNotReadable, ua.StatusBadNotReadable, core.Fix, drivertest.Alone},
		"BadUserAccessDenied":      {item(ua.StatusBadUserAccessDenied), core.OPCUABadUserAccessDenied, ua.StatusBadUserAccessDenied, core.Fix, drivertest.Alone},
		"BadNoCommunication":       {item(ua.StatusBadNoCommunication), core.OPCUABadNoCommunication, ua.StatusBadNoCommunication, core.Retry, drivertest.Alone},
		"BadWaitingForInitialData": {item(ua.StatusBadWaitingForInitialData), core.PluginTagNotReady, ua.StatusBadWaitingForInitialData, core.Retry, drivertest.Alone},
		"sensor at its low limit":  {item(ua.StatusCode(0x808C0500)), core.PluginTagValueInvalid, ua.StatusBadSensorFailure, core.Retry, drivertest.Alone},
		"0x8FF10000, of nobody":    {item(ua.StatusCode(0x8FF10000)), core.OPCUAError, ua.StatusCode(0x8FF10000), core.Fix, drivertest.Alone},
		"good without a value":     {value(&ua.DataValue{EncodingMask: ua.DataValueStatusCode}), core.PluginTagValueInvalid, core.PluginTagValueInvalid, core.Retry, drivertest.Alone},
		"another type":             {value(1.5), core.OPCUABadTypeMismatch, ua.StatusBadTypeMismatch, core.Fix, drivertest.Alone},
		"an array":                 {value([]int16{1}), core.OPCUABadTypeMismatch, ua.StatusBadTypeMismatch, core.Fix, drivertest.Alone},

		"BadServiceUnsupported": {request(ua.StatusBadServiceUnsupported), core.OPCUAError, ua.StatusBadServiceUnsupported, core.Fix, drivertest.All},
		"BadServerTooBusy":      {request(ua.StatusCode(0x80EE0000)), core.OPCUAError, ua.StatusCode(0x80EE0000), core.Retry, drivertest.All},
		"a fault that is none":  {request(ua.StatusUncertain), core.PluginReadFailed, core.PluginReadFailed, core.Retry, drivertest.All},
		"too few results":       {answer(&ua.ReadResponse{}), core.PluginProtocolParseFailed, ua.StatusBadUnknownResponse, core.Retry, drivertest.All},
		"another answer":        {answer(&ua.WriteResponse{}), core.PluginProtocolParseFailed, core.PluginProtocolParseFailed, core.Retry, drivertest.All},
		"abort chunk":           {request(opcuatest.Abort{Code: ua.StatusBadResponseTooLarge}), core.OPCUABadTooManyOperations, ua.StatusBadResponseTooLarge, core.Fix, drivertest.All},
		"session forgotten":     {request(ua.StatusBadSessionIDInvalid), core.PluginNotConnected, ua.StatusBadSessionIDInvalid, core.Reconnect, drivertest.Lost},
		"shutdown":              {request(ua.StatusBadShutdown), core.PluginNotConnected, ua.StatusBadShutdown, core.Reconnect, drivertest.Lost},
		"ERR message":           {request(&uacp.Error{ErrorCode: uint32(ua.StatusBadTCPInternalError)}), core.PluginNotConnected, core.NetEOF, core.Reconnect, drivertest.Lost},

		"cut":          {fault(opcuatest.Cut), core.PluginNotConnected, core.NetEOF, core.Reconnect, drivertest.Lost},
		"close":        {fault(opcuatest.Close), core.PluginNotConnected, core.NetEOF, core.Reconnect, drivertest.Lost},
		"reset":        {fault(opcuatest.Reset), core.PluginNotConnected, core.NetEOF, core.Reconnect, drivertest.Lost},
		"wrong length": {fault(opcuatest.WrongLength), core.PluginNotConnected, core.NetEOF, core.Reconnect, drivertest.Lost}, // gopcua hands out an EOF
		"garbage":      {fault(opcuatest.Garbage), core.PluginNotConnected, core.NetEOF, core.Reconnect, drivertest.Lost},     // here too
		"truncated":    {fault(opcuatest.Truncated), core.PluginProtocolParseFailed, core.FrameMalformed, core.Reconnect, drivertest.Lost},
	} {
		t.Run(name, func(t *testing.T) {
			server, driver := start(t)
			drivertest.Failure[*opcuatest.Device](c).Require(t, server, driver, tags, func() { server.Set(tags[0].Address, values[0]) })
		})
	}
}

// answer lets the server answer the next request with a response that does not fit.
func answer(response ua.Response) func(*opcuatest.Device) {
	response.SetHeader(&ua.ResponseHeader{ServiceDiagnostics: &ua.DiagnosticInfo{}, AdditionalHeader: ua.NewExtensionObject(nil)})
	return func(server *opcuatest.Device) {
		frame := append([]byte("MSGF"), make([]byte, 20)...) // what the device fills in
		for _, part := range []any{ua.NewFourByteExpandedNodeID(0, ua.ServiceTypeID(response)), response} {
			b, err := ua.Encode(part)
			if err != nil {
				panic(err)
			}
			frame = append(frame, b...)
		}
		binary.LittleEndian.PutUint32(frame[4:], uint32(len(frame)))
		server.Replay(coretest.Stanza{Frames: []coretest.Frame{{Data: frame}}})
	}
}

// TestUncertain: a value that is doubtful is a value, and says how doubtful.
func TestUncertain(t *testing.T) {
	server, driver := start(t)
	server.Set(tags[0].Address, &ua.DataValue{Value: ua.MustVariant(int16(7)), Status: ua.StatusUncertainLastUsableValue})
	node := drivertest.NewNode(t, driver, tags)
	r := node.Poll(context.Background())[0]
	require.NoError(t, r.Err)
	assert.Equal(t, int16(7), r.Value)
	assert.Equal(t, core.Uncertain, r.Quality())
	assert.Equal(t, "UncertainLastUsableValue", r.Status.Symbol())
}

// TestTooManyTags: a server that takes fewer at once gets fewer.
func TestTooManyTags(t *testing.T) {
	server, driver := start(t)
	node := drivertest.NewNode(t, driver, tags)
	server.Fail(ua.StatusBadTooManyOperations, opcuatest.Next)
	for _, r := range node.Poll(context.Background()) {
		require.NoError(t, r.Err)
	}
	assert.Len(t, server.Requests(), 3)
}

// TestLostSession: a new one is opened on the channel that stands. A greeting, and
// with it another channel, would be refused.
func TestLostSession(t *testing.T) {
	server, driver := start(t)
	node := drivertest.NewNode(t, driver, tags)
	drivertest.RequireGood(t, node)
	server.RefuseHello(ua.StatusBadTCPServerTooBusy, "")
	for range 3 {
		server.Fail(ua.StatusBadSessionIDInvalid, opcuatest.Next)
		coretest.RequireStatus(t, node.Poll(context.Background())[0].Err, ua.StatusBadSessionIDInvalid)
		drivertest.RequireGood(t, node)
	}

	server.Fail(ua.StatusBadSessionIDInvalid, opcuatest.Next)
	server.RefuseLogin(ua.StatusBadUserAccessDenied)
	node.Poll(context.Background())
	coretest.RequireStatus(t, node.Poll(context.Background())[0].Err, ua.StatusBadUserAccessDenied)
	assert.Equal(t, gateway.Disconnected, node.State().Link)
	server.Recover()
	drivertest.RequireGood(t, node)
}

func TestRefusedHandshakes(t *testing.T) {
	for name, c := range map[string]failure{
		"greeting":      {func(server *opcuatest.Device) { server.RefuseHello(ua.StatusBadTCPServerTooBusy, "") }, core.PluginNotConnected, ua.StatusBadTCPServerTooBusy, core.Reconnect, drivertest.Refused},
		"wrong URL":     {func(server *opcuatest.Device) { server.RefuseHello(ua.StatusBadTCPEndpointURLInvalid, "") }, core.OPCUAConnectionConfigError, ua.StatusBadTCPEndpointURLInvalid, core.Fix, drivertest.Refused},
		"channel":       {func(server *opcuatest.Device) { server.RefuseChannel(ua.StatusBadSecurityPolicyRejected, "") }, core.PluginNotConnected, nil, core.Reconnect, drivertest.Refused}, // gopcua hands out an EOF
		"session":       {func(server *opcuatest.Device) { server.RefuseSession(ua.StatusBadTooManySessions) }, core.PluginNotConnected, ua.StatusBadTooManySessions, core.Reconnect, drivertest.Refused},
		"login":         {func(server *opcuatest.Device) { server.RefuseLogin(ua.StatusBadIdentityTokenRejected) }, core.OPCUAConnectionConfigError, ua.StatusBadIdentityTokenRejected, core.Fix, drivertest.Refused},
		"access denied": {func(server *opcuatest.Device) { server.RefuseLogin(ua.StatusBadUserAccessDenied) }, core.OPCUABadUserAccessDenied, ua.StatusBadUserAccessDenied, core.Fix, drivertest.Refused},
		"port closed":   {func(server *opcuatest.Device) { server.Refuse() }, core.PluginNotConnected, core.NetDialRefused, core.Reconnect, drivertest.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			server, driver := start(t)
			drivertest.Failure[*opcuatest.Device](c).Require(t, server, driver, tags)
		})
	}
}

// TestNobodyGreets: the connection is made, and nothing comes.
func TestNobodyGreets(t *testing.T) {
	server, driver := start(t)
	server.Mute()
	driver.Timeout = drivertest.Impatience
	node := drivertest.NewNode(t, driver, tags)
	coretest.RequireCode(t, node.Poll(context.Background())[0].Err, core.PluginDeviceNotResponding)
	assert.Equal(t, gateway.Disconnected, node.State().Link)
	server.Recover()
	drivertest.RequireGood(t, node)
}

// TestDisorder: gopcua drops the answers to other requests, so that they are
// silence.
func TestDisorder(t *testing.T) {
	server, driver := start(t)
	driver.Timeout = drivertest.Impatience
	node := drivertest.NewNode(t, driver, tags)
	drivertest.RequireGood(t, node)
	server.Break(opcuatest.WrongID, opcuatest.Next)
	coretest.RequireStatus(t, node.Poll(context.Background())[0].Err, ua.StatusBadTimeout)
	assert.Equal(t, gateway.Connected, node.State().Link)
	drivertest.RequireGood(t, node)
}

// TestRefusedWrites: what a write is answered, and that it is sent once.
func TestRefusedWrites(t *testing.T) {
	for native, code := range map[error]core.Code{
		ua.StatusBadNotWritable:       core.OPCUABadNotWritable,
		ua.StatusBadOutOfRange:        core.OPCUABadOutOfRange,
		ua.StatusBadTypeMismatch:      core.OPCUABadTypeMismatch,
		ua.StatusBadUserAccessDenied:  core.OPCUABadUserAccessDenied,
		ua.StatusBadTimeout:           core.OPCUATimeout,
		ua.StatusBadWriteNotSupported: core.OPCUABadWriteNotSupported,
	} {
		t.Run(native.Error(), func(t *testing.T) {
			server, driver := start(t)
			node := drivertest.NewNode(t, driver, tags)
			server.FailItem(tags[0].Address, native)
			err := node.Write(context.Background(), "speed", 1)
			coretest.RequireCode(t, err, code)
			coretest.RequireStatus(t, err, native)
			require.ErrorContains(t, err, "write speed")
			assert.Len(t, server.Requests(), 1)
		})
	}
	server, driver := start(t)
	node := drivertest.NewNode(t, driver, tags)
	server.Set(tags[0].Address, "text")
	coretest.RequireStatus(t, node.Write(context.Background(), "speed", 1), ua.StatusBadTypeMismatch)
}

// TestAccess: what the server says about a tag is known before it is asked, and
// asked for again when it forbids something.
func TestAccess(t *testing.T) {
	server, driver := start(t)
	node := drivertest.NewNode(t, driver, tags)
	server.SetAccess(tags[0].Address, ua.AccessLevelTypeCurrentRead)
	server.SetAccess(tags[1].Address, ua.AccessLevelTypeCurrentWrite)
	readings := node.Poll(context.Background())
	require.NoError(t, readings[0].Err)
	coretest.RequireCode(t, readings[1].Err, core.OPCUATagNotReadable)
	coretest.RequireRemedy(t, readings[1].Err, core.Fix)
	coretest.RequireCode(t, node.Write(context.Background(), "speed", 1), core.OPCUATagNotWritable)
	assert.Len(t, server.Requests(), 1, "the write was not sent")

	server.SetAccess(tags[0].Address, ua.AccessLevelTypeCurrentRead|ua.AccessLevelTypeCurrentWrite)
	server.SetAccess(tags[1].Address, ua.AccessLevelTypeCurrentRead|ua.AccessLevelTypeCurrentWrite)
	drivertest.RequireGood(t, node)
	require.NoError(t, node.Write(context.Background(), "speed", 1))

	// A new session may have other rights.
	server.SetAccess(tags[0].Address, ua.AccessLevelTypeCurrentRead)
	server.Fail(ua.StatusBadSessionIDInvalid, opcuatest.Next)
	node.Poll(context.Background())
	node.Poll(context.Background())
	coretest.RequireCode(t, node.Write(context.Background(), "speed", 1), core.OPCUATagNotWritable)
}

// TestBadTags: tags that nothing can be asked for.
func TestBadTags(t *testing.T) {
	server, driver := start(t)
	drivertest.RequireBadTags(t, server, driver, tags[0], map[core.Code][]southbound.Tag{
		core.TagTypeUnsupported: {{Address: "ns=2;s=Line1.Speed", Type: "WORD"}},
		core.TagAddressFormatInvalid: {
			{Address: "", Type: southbound.Int16},
			{Address: "ns=x;s=Line1.Speed", Type: southbound.Int16},
			{Address: "ns=2;i=fast", Type: southbound.Int16},
			{Address: "ns=99999;i=1", Type: southbound.Int16},
		},
	})
}

func TestBadEndpoints(t *testing.T) {
	for endpoint, code := range map[string]core.Code{
		"127.0.0.1:4840":            core.OPCUAConnectionConfigError,
		"http://127.0.0.1:4840":     core.OPCUAConnectionConfigError,
		"opc.tcp://127.0.0.1:99999": core.PluginNotConnected,
	} {
		_, err := Driver{Endpoint: endpoint}.Open(context.Background())
		coretest.AssertCode(t, err, code)
	}
}

// TestDeadline: that of ctx counts, when it comes before Timeout.
func TestDeadline(t *testing.T) {
	server, driver := start(t)
	link, err := driver.Open(context.Background())
	require.NoError(t, err)
	t.Cleanup(func() { _ = link.Close() }) // nothing is waited for any more
	short, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	server.Break(opcuatest.Silence)
	started := time.Now()
	_, err = link.Read(short, tags)
	coretest.RequireStatus(t, err, ua.StatusBadTimeout)
	assert.Less(t, time.Since(started), driver.Timeout)
}

// TestCloseEndsTheSession: servers have few, and keep those of clients that have
// just gone away for minutes.
func TestCloseEndsTheSession(t *testing.T) {
	server, driver := start(t)
	relay, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer relay.Close()
	var sent bytes.Buffer // by the driver
	relayed := make(chan struct{})
	go func() {
		defer close(relayed)
		client, err := relay.Accept()
		if err != nil {
			return
		}
		defer client.Close()
		upstream, err := net.Dial("tcp", server.Addr())
		if err != nil {
			return
		}
		defer upstream.Close()
		go func() { _, _ = io.Copy(client, upstream) }() // until either is closed
		_, _ = io.Copy(upstream, io.TeeReader(client, &sent))
	}()
	driver.Endpoint = "opc.tcp://" + relay.Addr().String()
	link, err := driver.Open(context.Background())
	require.NoError(t, err)
	require.NoError(t, link.Close())
	<-relayed
	closeSession, err := ua.Encode(ua.NewFourByteExpandedNodeID(0, id.CloseSessionRequest_Encoding_DefaultBinary))
	require.NoError(t, err)
	assert.Contains(t, sent.String(), string(closeSession))
}

// TestAnonymousPolicy: each endpoint has names of its own for the ways to log in.
func TestAnonymousPolicy(t *testing.T) {
	endpoint := func(mode ua.MessageSecurityMode, tokens ...*ua.UserTokenPolicy) *ua.EndpointDescription {
		return &ua.EndpointDescription{SecurityMode: mode, UserIdentityTokens: tokens}
	}
	token := func(name string, of ua.UserTokenType) *ua.UserTokenPolicy {
		return &ua.UserTokenPolicy{PolicyID: name, TokenType: of}
	}
	signed := endpoint(ua.MessageSecurityModeSign, token("signed", ua.UserTokenTypeAnonymous))
	named := endpoint(ua.MessageSecurityModeNone, token("user", ua.UserTokenTypeUserName))
	both := endpoint(ua.MessageSecurityModeNone, token("user", ua.UserTokenTypeUserName), token("anybody", ua.UserTokenTypeAnonymous))
	for name, c := range map[string]struct {
		endpoints []*ua.EndpointDescription
		want      string
	}{
		"behind another way": {[]*ua.EndpointDescription{both}, "anybody"},
		"behind others":      {[]*ua.EndpointDescription{signed, named, both}, "anybody"},
		"of no endpoint":     {[]*ua.EndpointDescription{signed, named}, "Anonymous"},
		"without endpoints":  {nil, "Anonymous"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, anonymousPolicy(c.endpoints)) })
	}
}

// TestDefaults: the endpoint is enough.
func TestDefaults(t *testing.T) {
	server, _ := start(t)
	drivertest.RequireGood(t, drivertest.NewNode(t, Driver{Endpoint: server.Endpoint()}, tags))
}

// TestCloseDoesNotWait for a server that is silent.
func TestCloseDoesNotWait(t *testing.T) {
	server, driver := start(t)
	driver.Timeout = time.Minute
	link, err := driver.Open(context.Background())
	require.NoError(t, err)
	server.Mute()
	started := time.Now()
	require.NoError(t, link.Close())
	assert.Less(t, time.Since(started), drivertest.Patience)
}
