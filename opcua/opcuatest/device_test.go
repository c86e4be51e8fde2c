package opcuatest_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"net"
	"testing"
	"time"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uacp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
	"github.com/fieldstatus/fieldstatus/opcua/opcuatest"
)

const speed = "ns=2;s=Line1.Speed"

func dial(t *testing.T, plc *opcuatest.Device) (*opcua.Client, error) {
	t.Helper()
	c, err := opcua.NewClient(plc.Endpoint(), opcua.SecurityMode(ua.MessageSecurityModeNone), opcua.AutoReconnect(false), opcua.RequestTimeout(300*time.Millisecond))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err = opcuastatus.Translate(core.Connect, c.Connect(ctx))
	if err == nil {
		t.Cleanup(func() { _ = c.Close(context.Background()) })
	}
	return c, err
}

func connect(t *testing.T, plc *opcuatest.Device) *opcua.Client {
	t.Helper()
	c, err := dial(t, plc)
	require.NoError(t, err)
	return c
}

func id(t *testing.T, node string) *ua.NodeID {
	t.Helper()
	n, err := ua.ParseNodeID(node)
	require.NoError(t, err)
	return n
}

// read reads values as a driver does. The error is that of the call or of the
// first item that fails.
func read(t *testing.T, c *opcua.Client, nodes ...string) ([]*ua.DataValue, error) {
	t.Helper()
	q := &ua.ReadRequest{}
	for _, n := range nodes {
		q.NodesToRead = append(q.NodesToRead, &ua.ReadValueID{NodeID: id(t, n), AttributeID: ua.AttributeIDValue})
	}
	res, err := c.Read(context.Background(), q)
	if err := opcuastatus.Translate(core.Read, err); err != nil {
		return nil, err
	}
	for _, s := range opcuastatus.ReadStatuses(res, len(nodes)) {
		if err := s.Err(core.Read); err != nil {
			return res.Results, err
		}
	}
	return res.Results, nil
}

func write(t *testing.T, c *opcua.Client, node string, value any) error {
	t.Helper()
	res, err := c.Write(context.Background(), &ua.WriteRequest{NodesToWrite: []*ua.WriteValue{{
		NodeID: id(t, node), AttributeID: ua.AttributeIDValue, Value: &ua.DataValue{EncodingMask: ua.DataValueValue, Value: ua.MustVariant(value)},
	}}})
	if err := opcuastatus.Translate(core.Write, err); err != nil {
		return err
	}
	return opcuastatus.WriteStatuses(res, 1)[0].Err(core.Write)
}

func TestValuesAreReadAndWritten(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	plc.Set(speed, 1.5)
	plc.Set("ns=1;i=7", 42)
	c := connect(t, plc)
	got, err := read(t, c, speed, "ns=1;i=7")
	require.NoError(t, err)
	assert.Equal(t, 1.5, got[0].Value.Value())
	assert.Equal(t, int32(42), got[1].Value.Value())
	require.NoError(t, write(t, c, speed, 2.5))
	assert.Equal(t, 2.5, plc.Value(speed).Value.Value())
	coretest.RequireCode(t, write(t, c, speed, "fast"), core.OPCUABadTypeMismatch)

	_, err = read(t, c, "ns=2;s=nobody")
	coretest.RequireCode(t, err, core.OPCUABadNodeIDUnknown)
	_, err = read(t, c, "ns=77;s=nobody")
	coretest.RequireCode(t, err, core.OPCUABadNodeIDUnknown)
	coretest.RequireCode(t, write(t, c, "ns=77;s=nobody", 1.5), core.OPCUABadNodeIDUnknown)
	assert.Nil(t, plc.Value("ns=2;s=nobody"))

	requests := plc.Requests()
	require.Len(t, requests, 6, "without those of the client itself")
	assert.Equal(t, []string{speed, "ns=1;i=7"}, requests[0].Items)
	assert.Equal(t, core.Read, requests[0].Op)
	assert.Equal(t, core.Write, requests[1].Op)
	assert.True(t, requests[1].Understood)
}

func TestItemsFailByNode(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	plc.Set(speed, 1.5)
	plc.Set("ns=1;i=7", 42)
	c := connect(t, plc)
	for _, code := range []ua.StatusCode{ua.StatusBadNotReadable, ua.StatusBadSensorFailure, ua.StatusBadUserAccessDenied, 0x80F00000, 0x808C0500} {
		plc.FailItem(speed, code)
		_, err := read(t, c, speed)
		coretest.RequireStatus(t, err, code)
		coretest.RequireStatus(t, write(t, c, speed, 9.5), code)
		got, err := read(t, c, "ns=1;i=7", speed, "ns=1;i=7")
		coretest.RequireStatus(t, err, code)
		require.Len(t, got, 3)
		assert.Equal(t, int32(42), got[0].Value.Value())
		assert.Equal(t, code, got[1].Status)
		assert.Equal(t, int32(42), got[2].Value.Value())
		plc.Recover()
	}
	assert.Equal(t, 1.5, plc.Value(speed).Value.Value(), "writes that fail are not executed")

	// An attribute is an item of its own.
	plc.FailItem(speed+" AccessLevel", ua.StatusBadAttributeIDInvalid)
	_, err := c.Node(id(t, speed)).AccessLevel(context.Background())
	coretest.RequireCode(t, opcuastatus.TranslateItem(core.Read, err), core.OPCUABadAttributeIDInvalid)
	_, err = read(t, c, speed)
	coretest.RequireCode(t, err, core.OK)
}

func TestStatusesOfValues(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	c := connect(t, plc)
	plc.Set(speed, &ua.DataValue{Value: ua.MustVariant(1.5), Status: ua.StatusUncertainLastUsableValue})
	got, err := read(t, c, speed)
	coretest.RequireCode(t, err, core.OK)
	assert.Equal(t, ua.StatusUncertainLastUsableValue, got[0].Status)
	plc.Set(speed, &ua.DataValue{EncodingMask: ua.DataValueStatusCode})
	_, err = read(t, c, speed)
	coretest.RequireCode(t, err, core.PluginTagValueInvalid) // good without a value
}

func TestAccess(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	plc.Set(speed, 1.5)
	c := connect(t, plc)
	plc.SetAccess(speed, ua.AccessLevelTypeCurrentRead)
	level, err := c.Node(id(t, speed)).UserAccessLevel(context.Background())
	require.NoError(t, err)
	coretest.RequireCode(t, opcuastatus.CheckAccess(byte(level), core.Write), core.OPCUATagNotWritable)
	coretest.RequireCode(t, write(t, c, speed, 2.5), core.OPCUABadNotWritable)
	plc.SetAccess(speed, 0)
	_, err = read(t, c, speed)
	coretest.RequireCode(t, err, core.OPCUABadNotReadable)
}

func TestAttributes(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	plc.Set(speed, 1.5)
	c := connect(t, plc)
	got, err := c.Node(id(t, speed)).Attributes(context.Background(), ua.AttributeIDNodeID, ua.AttributeIDNodeClass, ua.AttributeIDBrowseName,
		ua.AttributeIDDisplayName, ua.AttributeIDDataType, ua.AttributeIDValueRank, ua.AttributeIDAccessLevel, ua.AttributeIDExecutable)
	require.NoError(t, err)
	require.Len(t, got, 8)
	assert.Equal(t, speed, got[0].Value.NodeID().String())
	assert.EqualValues(t, ua.NodeClassVariable, got[1].Value.Int())
	assert.Equal(t, "i=11", got[4].Value.NodeID().String(), "Double")
	assert.Equal(t, ua.StatusBadAttributeIDInvalid, got[7].Status)

	found, err := c.FindServers(context.Background())
	require.NoError(t, err)
	assert.Equal(t, []string{plc.Endpoint()}, found.Servers[0].DiscoveryURLs)
}

func TestRequestsFail(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	plc.Set(speed, 1.5)
	for name, f := range map[string]struct {
		native error
		want   core.Code
	}{
		"service fault": {ua.StatusBadTooManyOperations, core.OPCUABadTooManyOperations},
		"own link":      {ua.StatusBadCommunicationError, core.PluginNotConnected},
		"abort chunk":   {opcuatest.Abort{Code: ua.StatusBadResponseTooLarge, Reason: "too large"}, core.OPCUABadTooManyOperations},
		"ERR message":   {&uacp.Error{ErrorCode: uint32(ua.StatusBadTCPInternalError), Reason: "gone"}, core.PluginNotConnected}, // gopcua has EOF
	} {
		t.Run(name, func(t *testing.T) {
			plc.Recover()
			c := connect(t, plc)
			plc.Fail(f.native, opcuatest.When(2))
			_, err := read(t, c, speed)
			coretest.RequireCode(t, err, core.OK)
			_, err = read(t, c, speed)
			coretest.RequireCode(t, err, f.want)
		})
	}
}

func TestFaultsOfTheConnection(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	plc.Set(speed, 1.5)
	for name, f := range map[string]struct {
		fault opcuatest.Fault
		want  core.Code
	}{
		"silence":      {opcuatest.Silence, core.OPCUATimeout},
		"cut":          {opcuatest.Cut, core.PluginNotConnected},
		"close":        {opcuatest.Close, core.PluginNotConnected},
		"reset":        {opcuatest.Reset, core.PluginNotConnected},
		"garbage":      {opcuatest.Garbage, core.PluginNotConnected}, // gopcua has EOF
		"truncated":    {opcuatest.Truncated, core.PluginProtocolParseFailed},
		"wrong length": {opcuatest.WrongLength, core.PluginNotConnected}, // gopcua has EOF
		"wrong id":     {opcuatest.WrongID, core.OPCUATimeout},           // gopcua goes on waiting
	} {
		t.Run(name, func(t *testing.T) {
			c := connect(t, plc)
			plc.Break(f.fault, opcuatest.Next)
			_, err := read(t, c, speed)
			coretest.RequireCode(t, err, f.want)

			again := connect(t, plc)
			_, err = read(t, again, speed)
			coretest.RequireCode(t, err, core.OK)
		})
	}
}

func TestHandshakesRefused(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	for name, f := range map[string]struct {
		refuse func()
		want   core.Code
	}{
		"hello":   {func() { plc.RefuseHello(ua.StatusBadTCPEndpointURLInvalid, "no such endpoint") }, core.OPCUAConnectionConfigError},
		"channel": {func() { plc.RefuseChannel(ua.StatusBadSecurityPolicyRejected, "") }, core.PluginNotConnected}, // gopcua has EOF
		"session": {func() { plc.RefuseSession(ua.StatusBadTooManySessions) }, core.PluginNotConnected},
		"login":   {func() { plc.RefuseLogin(ua.StatusBadUserAccessDenied) }, core.OPCUABadUserAccessDenied},
		"mute":    {plc.Mute, core.PluginDeviceNotResponding},
		"refused": {plc.Refuse, core.PluginNotConnected},
	} {
		t.Run(name, func(t *testing.T) {
			f.refuse()
			_, err := dial(t, plc)
			coretest.RequireCode(t, err, f.want)
			plc.Recover()
			_, err = dial(t, plc)
			coretest.RequireCode(t, err, core.OK)
		})
	}
}

// The server has no security, and says so.
func TestSecurityPolicies(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	c, err := net.Dial("tcp", plc.Addr())
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.SetDeadline(time.Now().Add(5*time.Second)))
	_, err = c.Write([]byte("HELF\x20\x00\x00\x00" + "\x00\x00\x00\x00\xFF\xFF\x00\x00\xFF\xFF\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + // HEL without a URL
		"OPNF\x3C\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00\x00http://opcfoundation.org/UA/Secu" + "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\x00\x00\x00"))
	require.NoError(t, err)
	buf := make([]byte, 28+16)
	_, err = c.Read(buf[:28])
	require.NoError(t, err)
	assert.Equal(t, "ACKF", string(buf[:4]))
	n, err := c.Read(buf)
	require.NoError(t, err)
	r, err := opcuastatus.ParseResponse(buf[:n])
	if err != nil { // the reason came behind the 44 bytes
		rest := make([]byte, 64)
		m, _ := c.Read(rest)
		r, err = opcuastatus.ParseResponse(append(buf[:n], rest[:m]...))
	}
	require.NoError(t, err)
	coretest.RequireCode(t, r.Err(core.Connect), core.OPCUAConnectionConfigError)
	_, err = c.Read(buf)
	assert.Error(t, err, "the device hangs up")
}

// chunk is one with a channel whose numbers do not matter to the device.
func chunk(t *testing.T, kind string, headers []byte, services ...any) []byte {
	t.Helper()
	f := append([]byte(kind+"\x00\x00\x00\x00"), headers...)
	for _, s := range services {
		b, err := ua.Encode(s)
		require.NoError(t, err)
		f = append(f, b...)
	}
	binary.LittleEndian.PutUint32(f[4:], uint32(len(f)))
	return f
}

func TestUnknownRequestsAreRefusedAndReported(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	c, err := net.Dial("tcp", plc.Addr())
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.SetDeadline(time.Now().Add(5*time.Second)))
	frames := bufio.NewScanner(c)
	frames.Split(opcuastatus.ScanFrames)
	ask := func(f []byte) (opcuastatus.Response, error) {
		t.Helper()
		_, err := c.Write(f)
		require.NoError(t, err)
		require.True(t, frames.Scan(), frames.Err())
		return opcuastatus.ParseResponse(frames.Bytes())
	}
	_, err = ask(chunk(t, "HELF", make([]byte, 20), ""))
	require.NoError(t, err)
	header := &ua.RequestHeader{AuthenticationToken: ua.NewTwoByteNodeID(0), AdditionalHeader: ua.NewExtensionObject(nil)}
	_, err = ask(chunk(t, "OPNF", make([]byte, 4), ua.SecurityPolicyURINone, []byte(nil), []byte(nil), uint32(1), uint32(1),
		ua.NewFourByteExpandedNodeID(0, 446), &ua.OpenSecureChannelRequest{RequestHeader: header, SecurityMode: ua.MessageSecurityModeNone, RequestedLifetime: 3600000}))
	require.NoError(t, err)
	for id, want := range map[uint16]ua.StatusCode{9999: ua.StatusBadServiceUnsupported, 634: ua.StatusBadDecodingError, 631: ua.StatusBadDecodingError} {
		r, err := ask(chunk(t, "MSGF", make([]byte, 12), uint32(id), ua.NewFourByteExpandedNodeID(0, id), uint64(0)))
		require.NoError(t, err)
		assert.Equal(t, want, r.ServiceResult(), id)
		assert.EqualValues(t, id, r.RequestID())
	}
	requests := plc.Requests()
	require.Len(t, requests, 3)
	assert.False(t, requests[0].Understood)
	// A service that gopcua's server does not have is understood and refused.
	err = connect(t, plc).Send(context.Background(), &ua.QueryNextRequest{}, func(ua.Response) error { return nil })
	coretest.RequireStatus(t, opcuastatus.Translate(core.Read, err), ua.StatusBadServiceUnsupported)
	assert.True(t, plc.Requests()[3].Understood)
}

func TestEndpointsLeadBack(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	endpoints, err := opcua.GetEndpoints(ctx, plc.Endpoint())
	require.NoError(t, err)
	require.Len(t, endpoints, 1)
	assert.Equal(t, plc.Endpoint(), endpoints[0].EndpointURL)
	assert.Equal(t, []string{plc.Endpoint()}, endpoints[0].Server.DiscoveryURLs)
}

func TestDelay(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	plc.Set(speed, 1.5)
	c := connect(t, plc)
	plc.Delay(50*time.Millisecond, opcuatest.Next)
	start := time.Now()
	_, err := read(t, c, speed)
	coretest.RequireCode(t, err, core.OK)
	assert.GreaterOrEqual(t, time.Since(start), 50*time.Millisecond)
	plc.Delay(time.Hour) // the end of the test does not wait for it
	_, err = read(t, c, speed)
	coretest.RequireCode(t, err, core.OPCUATimeout)
}

func TestSubscriptions(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	plc.Set(speed, 1.5)
	plc.FailItem("ns=2;s=gone", ua.StatusBadNodeIDInvalid)
	c := connect(t, plc)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	notifications := make(chan *opcua.PublishNotificationData, 16)
	sub, err := c.Subscribe(ctx, &opcua.SubscriptionParameters{Interval: 10 * time.Millisecond}, notifications)
	require.NoError(t, err)
	res, err := sub.Monitor(ctx, ua.TimestampsToReturnBoth,
		opcua.NewMonitoredItemCreateRequestWithDefaults(id(t, "ns=2;s=gone"), ua.AttributeIDValue, 1),
		opcua.NewMonitoredItemCreateRequestWithDefaults(id(t, speed), ua.AttributeIDValue, 2))
	require.NoError(t, err)
	statuses := opcuastatus.MonitorStatuses(res, 2)
	coretest.RequireCode(t, statuses[0].Err(core.Read), core.OPCUABadNodeIDInvalid)
	coretest.RequireCode(t, statuses[1].Err(core.Read), core.OK)

	next := func() core.Status {
		t.Helper()
		select {
		case n := <-notifications:
			require.NoError(t, n.Error)
			got := opcuastatus.NotificationStatuses(n.Value)
			require.Len(t, got, 1)
			return got[0]
		case <-ctx.Done():
			t.Fatal("no notification")
			return core.Status{}
		}
	}
	coretest.RequireCode(t, next().Err(core.Read), core.OK)
	plc.Set(speed, &ua.DataValue{Status: ua.StatusBadSensorFailure})
	coretest.RequireCode(t, next().Err(core.Read), core.PluginTagValueInvalid)

	// An item that could not be created has the id 0, over which gopcua's server
	// breaks down by itself.
	gone, err := sub.Unmonitor(ctx, res.Results[0].MonitoredItemID, res.Results[1].MonitoredItemID)
	require.NoError(t, err)
	assert.Equal(t, []ua.StatusCode{ua.StatusBadMonitoredItemIDInvalid, ua.StatusOK}, gone.Results)
	var mode *ua.SetMonitoringModeResponse
	require.NoError(t, c.Send(ctx, &ua.SetMonitoringModeRequest{SubscriptionID: sub.SubscriptionID, MonitoredItemIDs: []uint32{4711}}, func(v ua.Response) error {
		mode, _ = v.(*ua.SetMonitoringModeResponse)
		return nil
	}))
	assert.Equal(t, []ua.StatusCode{ua.StatusBadMonitoredItemIDInvalid}, mode.Results)
	require.NoError(t, sub.Cancel(ctx))
}

// A backend that had subscriptions is not used again.
func TestSubscriptionsOfTheNextDevice(t *testing.T) {
	for range 2 {
		t.Run("device", TestSubscriptions)
	}
}

func TestCallAndBrowse(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	plc.Set(speed, 1.5)
	c := connect(t, plc)
	ctx := context.Background()
	method := &ua.CallMethodRequest{ObjectID: id(t, "ns=2;s=Line1"), MethodID: id(t, "ns=2;s=Start")}
	res, err := c.Call(ctx, method)
	require.NoError(t, err)
	coretest.RequireCode(t, opcuastatus.CallStatus(res).Err(core.Write), core.OPCUATagNotExist) // no such method
	plc.FailItem("ns=2;s=Start", ua.StatusBadOutOfRange)
	res, err = c.Call(ctx, method)
	require.NoError(t, err)
	coretest.RequireCode(t, opcuastatus.CallStatus(res).Err(core.Write), core.OPCUABadOutOfRange)

	plc.FailItem("ns=2;s=Line1", ua.StatusBadUserAccessDenied)
	browsed, err := c.Browse(ctx, &ua.BrowseRequest{NodesToBrowse: []*ua.BrowseDescription{{NodeID: id(t, "ns=2;s=Line1")}, {NodeID: id(t, speed)}, {NodeID: id(t, "ns=2;s=nobody")}}})
	require.NoError(t, err)
	statuses := opcuastatus.BrowseStatuses(browsed, 3)
	coretest.RequireCode(t, statuses[0].Err(core.Read), core.OPCUABadUserAccessDenied)
	coretest.RequireCode(t, statuses[1].Err(core.Read), core.OK)
	coretest.RequireCode(t, statuses[2].Err(core.Read), core.OPCUABadNodeIDUnknown)
}

func TestLargeRequests(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	plc.Set("ns=1;s=recipe", "")
	c := connect(t, plc)
	recipe := string(make([]byte, 150_000)) // of several chunks
	require.NoError(t, write(t, c, "ns=1;s=recipe", recipe))
	assert.Equal(t, recipe, plc.Value("ns=1;s=recipe").Value.Value())
	require.Len(t, plc.Requests(), 1)
}

func TestSetComplainsAboutNodes(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	for _, node := range []string{"ns=x", "i=85", "ns=10;i=1"} {
		assert.Panics(t, func() { plc.Set(node, 1) }, node)
	}
	assert.Panics(t, func() { plc.Set(speed, make(chan int)) })
	assert.Panics(t, func() { plc.SetAccess("ns=1;s=never", 0) })
}

func TestDropAndReconnect(t *testing.T) {
	plc := opcuatest.NewDevice(t)
	plc.Set(speed, 1.5)
	c := connect(t, plc)
	plc.Drop()
	_, err := read(t, c, speed)
	assert.Equal(t, core.Reconnect, core.RemedyOf(err))
	_, err = read(t, connect(t, plc), speed)
	coretest.RequireCode(t, err, core.OK)
}

// What was recorded at a plant fails in a unit test as it did there.
func TestReplay(t *testing.T) {
	stanzas, err := coretest.ParseFrames("plant.frames", []byte(`name: node missing
from: constructed, OPC 10000-6 5.2: ReadResponse with one DataValue of status BadNodeIdUnknown
op: read
recv: 4d534746 41000000 01000000 01000000 06000000 06000000 01007a02 25069b1e987add01 06000000 00000000 00 ffffffff 000000 01000000 02 00003480 ffffffff
expect: status 0x80340000 BadNodeIdUnknown 10015
`))
	require.NoError(t, err)
	plc := opcuatest.NewDevice(t)
	plc.Set(speed, 1.5)
	c := connect(t, plc)
	plc.Replay(stanzas...)
	_, err = read(t, c, speed)
	coretest.RequireStatus(t, err, ua.StatusBadNodeIDUnknown)
	_, err = read(t, c, speed)
	coretest.RequireCode(t, err, core.OK)
}
