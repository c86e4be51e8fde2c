package clients

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"testing"
	"time"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uacp"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
	"github.com/fieldstatus/fieldstatus/opcua/opcuatest"
)

const (
	gopcuaVersion = "gopcua 0.8.0"
	opcuaNode     = "ns=2;s=Line1.Speed"
)

var opcuaNodeID = ua.NewStringNodeID(2, "Line1.Speed")

// opcuaDevice is a server with one node. What gopcua's server says while it reads
// its address space is of no interest.
func opcuaDevice(t *testing.T) *opcuatest.Device {
	t.Helper()
	log.SetOutput(io.Discard)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	plc := opcuatest.NewDevice(t)
	plc.Set(opcuaNode, 1.5)
	return plc
}

// opcuaRaw is a relay in front of a server, for the raw path.
func opcuaRaw(t *testing.T, plc *opcuatest.Device) *relay {
	t.Helper()
	return newRelay(t, plc.Addr(), opcuastatus.ScanFrames, func() conversation { return new(opcuastatus.Conversation) })
}

// gopcuaConnect connects through a relay. A client that failed to connect has
// closed everything by itself.
func gopcuaConnect(t *testing.T, addr string) (*opcua.Client, error) {
	t.Helper()
	c, err := opcua.NewClient("opc.tcp://"+addr, opcua.SecurityMode(ua.MessageSecurityModeNone), opcua.AutoReconnect(false), opcua.RequestTimeout(200*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	return c, c.Connect(ctx)
}

func gopcuaOpen(t *testing.T, addr string) *opcua.Client {
	t.Helper()
	// Connecting is no part of these cases: a busy machine may need a second try.
	var err error
	for range 5 {
		var c *opcua.Client
		if c, err = gopcuaConnect(t, addr); err == nil {
			t.Cleanup(func() { _ = c.Close(context.Background()) })
			return c
		}
	}
	t.Fatal(err)
	return nil
}

// opcuaExact is the first failure that the frames of a relay show, or nil.
func opcuaExact(t *testing.T, raw *relay) error {
	t.Helper()
	raw.last(t, core.Connect) // waits for the end; every connection has a greeting
	raw.mu.Lock()
	defer raw.mu.Unlock()
	for _, h := range raw.heard {
		if err := exactErr(opcuastatus.Translate, h); err != nil {
			return err
		}
	}
	return nil
}

// symbol is how a StatusCode stands in the table.
func symbol(code ua.StatusCode) string {
	return fmt.Sprintf("0x%08X %s", uint32(code), opcuastatus.Status(code).Symbol())
}

// Every documented code that a StatusCode of an item stands for, read through
// Node.Value, which hands the status of the item over as its error.
func TestGopcuaItems(t *testing.T) {
	plc := opcuaDevice(t)
	raw := opcuaRaw(t, plc)
	c := gopcuaOpen(t, raw.addr)
	ctx := context.Background()
	for _, tt := range []struct {
		native ua.StatusCode
		want   core.Code
	}{
		{ua.StatusBadNotFound, core.OPCUATagNotExist},
		{ua.StatusBadCertificateUntrusted, core.OPCUAConnectionConfigError},
		{ua.StatusBadTimeout, core.OPCUATimeout},
		{ua.StatusBadNotSupported, core.OPCUATagUnsupported},
		{ua.StatusBadOutOfMemory, core.OPCUAError},
		{ua.StatusBad, core.OPCUABad},
		{ua.StatusBadNothingToDo, core.OPCUABadNothingToDo},
		{ua.StatusBadTooManyOperations, core.OPCUABadTooManyOperations},
		{ua.StatusBadUserAccessDenied, core.OPCUABadUserAccessDenied},
		{ua.StatusBadTimestampsToReturnInvalid, core.OPCUABadTimestampsToReturnInvalid},
		{ua.StatusBadNoCommunication, core.OPCUABadNoCommunication},
		{ua.StatusBadCommunicationError, core.OPCUABadNoCommunication},
		{ua.StatusBadNodeIDInvalid, core.OPCUABadNodeIDInvalid},
		{ua.StatusBadNodeIDUnknown, core.OPCUABadNodeIDUnknown},
		{ua.StatusBadAttributeIDInvalid, core.OPCUABadAttributeIDInvalid},
		{ua.StatusBadIndexRangeInvalid, core.OPCUABadIndexRangeInvalid},
		{ua.StatusBadIndexRangeNoData, core.OPCUABadIndexRangeNoData},
		{ua.StatusBadDataEncodingInvalid, core.OPCUABadDataEncodingInvalid},
		{ua.StatusBadDataEncodingUnsupported, core.OPCUABadDataEncodingUnsupported},
		{ua.StatusBadNotReadable, core.OPCUABadNotReadable},
		{ua.StatusBadOutOfRange, core.OPCUABadOutOfRange},
		{ua.StatusBadMaxAgeInvalid, core.OPCUABadMaxAgeInvalid},
		{ua.StatusBadSecurityModeInsufficient, core.OPCUABadSecurityModeInsufficient},
		{ua.StatusBadShutdown, core.PluginNotConnected},
		{ua.StatusBadNotConnected, core.PluginTagValueInvalid},
		{0x808C0500, core.PluginTagValueInvalid}, // BadSensorFailure at the low limit
		{ua.StatusBadDecodingError, core.PluginProtocolParseFailed},
		{ua.StatusBadWaitingForInitialData, core.PluginTagNotReady},
		{0x80F00000, core.PluginTagNotReady}, // BadNoValue, which gopcua does not know
		{ua.StatusBadSequenceNumberInvalid, core.PluginMessageDisorder},
		{0x8FF10000, core.OPCUAError}, // no such code
	} {
		t.Run(symbol(tt.native), func(t *testing.T) {
			plc.Recover()
			plc.FailItem(opcuaNode, tt.native)
			_, handed := c.Node(opcuaNodeID).Value(ctx)
			err := opcuastatus.TranslateItem(core.Read, handed)
			coretest.RequireCode(t, err, tt.want)
			coretest.RequireStatus(t, err, tt.native)

			// Client.Read has no error; the walker finds the status.
			res, noErr := c.Read(ctx, &ua.ReadRequest{NodesToRead: []*ua.ReadValueID{{NodeID: opcuaNodeID, AttributeID: ua.AttributeIDValue}}})
			coretest.RequireCode(t, opcuastatus.Translate(core.Read, noErr), core.OK)
			coretest.RequireStatus(t, opcuastatus.ReadStatuses(res, 1)[0].Err(core.Read), tt.native)

			report(t, row{Protocol: "opcua", Code: tt.want.String(), Device: "item " + symbol(tt.native), Client: gopcuaVersion, Handed: text(handed), Translated: "TranslateItem: " + core.CodeOf(err).String()})
		})
	}
	_ = c.Close(ctx)
	if err := opcuaExact(t, raw); core.CodeOf(err) != core.OPCUATagNotExist {
		t.Errorf("the frames say %v first", err)
	}
}

// A write reports the status of its item in the results and nowhere else.
func TestGopcuaWrite(t *testing.T) {
	plc := opcuaDevice(t)
	c := gopcuaOpen(t, plc.Addr())
	fail := func(code ua.StatusCode) func() { return func() { plc.FailItem(opcuaNode, code) } }
	for _, tt := range []struct {
		device  string
		prepare func()
		value   any
		want    core.Code
	}{
		{"write, item 0x80E90000 BadLocked", fail(0x80E90000), 2.5, core.OPCUATagNotWritable},
		{"write, item 0x80EC0000 BadRequiresLock", fail(0x80EC0000), 2.5, core.OPCUATagNotWritable},
		{"write, item 0x80730000 BadWriteNotSupported", fail(ua.StatusBadWriteNotSupported), 2.5, core.OPCUABadWriteNotSupported},
		{"write of a text to a Double", func() {}, "fast", core.OPCUABadTypeMismatch},
		{"write without the right to", func() { plc.SetAccess(opcuaNode, ua.AccessLevelTypeCurrentRead) }, 2.5, core.OPCUABadNotWritable},
	} {
		t.Run(tt.device, func(t *testing.T) {
			plc.Recover()
			tt.prepare()
			res, handed := c.Write(context.Background(), &ua.WriteRequest{NodesToWrite: []*ua.WriteValue{{
				NodeID: opcuaNodeID, AttributeID: ua.AttributeIDValue, Value: &ua.DataValue{EncodingMask: ua.DataValueValue, Value: ua.MustVariant(tt.value)},
			}}})
			plain := opcuastatus.Translate(core.Write, handed)
			coretest.RequireCode(t, plain, core.OK)
			exact := opcuastatus.WriteStatuses(res, 1)[0].Err(core.Write)
			coretest.RequireCode(t, exact, tt.want)
			report(t, row{Protocol: "opcua", Code: tt.want.String(), Device: tt.device, Client: gopcuaVersion, Handed: fmt.Sprintf("nil, Results[0] %v", res.Results[0]),
				Translated: core.CodeOf(plain).String(), Raw: "WriteStatuses: " + core.CodeOf(exact).String()})
		})
	}
}

// 10004 has no StatusCode: a driver finds it, and 10005, in the access level
// before it asks.
func TestGopcuaAccessLevel(t *testing.T) {
	plc := opcuaDevice(t)
	c := gopcuaOpen(t, plc.Addr())
	for _, tt := range []struct {
		device string
		level  ua.AccessLevelType
		op     core.Op
		want   core.Code
	}{
		{"node that can only be written", ua.AccessLevelTypeCurrentWrite, core.Read, core.OPCUATagNotReadable},
		{"node that can only be read", ua.AccessLevelTypeCurrentRead, core.Write, core.OPCUATagNotWritable},
	} {
		t.Run(tt.device, func(t *testing.T) {
			plc.SetAccess(opcuaNode, tt.level)
			level, handed := c.Node(opcuaNodeID).UserAccessLevel(context.Background())
			coretest.RequireCode(t, opcuastatus.Translate(core.Read, handed), core.OK)
			err := opcuastatus.CheckAccess(byte(level), tt.op)
			coretest.RequireCode(t, err, tt.want)
			report(t, row{Protocol: "opcua", Code: tt.want.String(), Device: tt.device, Client: gopcuaVersion, Handed: fmt.Sprintf("nil, UserAccessLevel %d", level),
				Translated: core.CodeOf(handed).String(), Raw: "CheckAccess: " + core.CodeOf(err).String()})
		})
	}
}

// A whole request fails. Once the connection is acknowledged, gopcua makes io.EOF
// of all that happens to it; the frames have the exact code.
func TestGopcuaRequests(t *testing.T) {
	plc := opcuaDevice(t)
	fault := func(native error) func() { return func() { plc.Fail(native) } }
	broken := func(f opcuatest.Fault) func() { return func() { plc.Break(f, opcuatest.Next) } }
	for _, tt := range []struct {
		device  string
		prepare func()
		exact   core.Code // what the failure stands for
		plain   core.Code // what gopcua leaves of it
	}{
		{"ServiceFault 0x80100000 BadTooManyOperations", fault(ua.StatusBadTooManyOperations), core.OPCUABadTooManyOperations, core.OPCUABadTooManyOperations},
		{"ServiceFault 0x801F0000 BadUserAccessDenied", fault(ua.StatusBadUserAccessDenied), core.OPCUABadUserAccessDenied, core.OPCUABadUserAccessDenied},
		{"ServiceFault 0x80E60000 BadSecurityModeInsufficient", fault(ua.StatusBadSecurityModeInsufficient), core.OPCUABadSecurityModeInsufficient, core.OPCUABadSecurityModeInsufficient},
		{"ServiceFault 0x80130000 BadSecurityChecksFailed", fault(ua.StatusBadSecurityChecksFailed), core.OPCUAConnectionConfigError, core.OPCUAConnectionConfigError},
		{"ServiceFault 0x80850000 BadRequestTimeout", fault(ua.StatusBadRequestTimeout), core.OPCUATimeout, core.OPCUATimeout},
		{"ServiceFault 0x80250000 BadSessionIdInvalid", fault(ua.StatusBadSessionIDInvalid), core.PluginNotConnected, core.PluginNotConnected},
		{"ServiceFault 0x80050000 BadCommunicationError", fault(ua.StatusBadCommunicationError), core.PluginNotConnected, core.PluginNotConnected},
		{"ServiceFault 0x80880000 BadSequenceNumberInvalid", fault(ua.StatusBadSequenceNumberInvalid), core.PluginMessageDisorder, core.PluginMessageDisorder},
		{"abort chunk 0x80B90000 BadResponseTooLarge", fault(opcuatest.Abort{Code: ua.StatusBadResponseTooLarge, Reason: "more than 65535 bytes"}), core.OPCUABadTooManyOperations, core.OPCUABadTooManyOperations},
		{"ERR 0x80800000 BadTcpMessageTooLarge", fault(&uacp.Error{ErrorCode: uint32(ua.StatusBadTCPMessageTooLarge), Reason: "message too large"}), core.PluginProtocolParseFailed, core.PluginNotConnected},
		{"ERR 0x80120000 BadCertificateInvalid", fault(&uacp.Error{ErrorCode: uint32(ua.StatusBadCertificateInvalid)}), core.OPCUAConnectionConfigError, core.PluginNotConnected},
		{"silence", broken(opcuatest.Silence), core.OPCUATimeout, core.OPCUATimeout},
		{"FIN instead of the answer", broken(opcuatest.Close), core.PluginNotConnected, core.PluginNotConnected},
		{"RST instead of the answer", broken(opcuatest.Reset), core.PluginNotConnected, core.PluginNotConnected},
		{"answer cut in the middle", broken(opcuatest.Cut), core.PluginNotConnected, core.PluginNotConnected},
		{"bytes that are no OPC UA", broken(opcuatest.Garbage), core.PluginProtocolParseFailed, core.PluginNotConnected},
		{"message size beyond all buffers", broken(opcuatest.WrongLength), core.PluginProtocolParseFailed, core.PluginNotConnected},
		{"message that ends inside a field", broken(opcuatest.Truncated), core.PluginProtocolParseFailed, core.PluginProtocolParseFailed},
		{"answer to another request id", broken(opcuatest.WrongID), core.PluginMessageDisorder, core.OPCUATimeout},
	} {
		t.Run(tt.device, func(t *testing.T) {
			plc.Recover()
			raw := opcuaRaw(t, plc)
			c := gopcuaOpen(t, raw.addr)
			tt.prepare()
			_, handed := c.Read(context.Background(), &ua.ReadRequest{NodesToRead: []*ua.ReadValueID{{NodeID: opcuaNodeID, AttributeID: ua.AttributeIDValue}}})
			plain := opcuastatus.Translate(core.Read, handed)
			coretest.RequireCode(t, plain, tt.plain)
			_ = c.Close(context.Background())
			r := row{Protocol: "opcua", Code: tt.exact.String(), Device: tt.device, Client: gopcuaVersion, Handed: text(handed), Translated: core.CodeOf(plain).String()}
			if tt.exact != core.OPCUATimeout { // silence leaves no frame to look at
				exact := opcuaExact(t, raw)
				coretest.RequireCode(t, exact, tt.exact)
				if tt.plain != tt.exact {
					r.Raw = "opcua.Conversation: " + core.CodeOf(exact).String()
				}
			}
			report(t, r)
		})
	}

	t.Run("deadline of the caller", func(t *testing.T) {
		plc.Recover()
		c := gopcuaOpen(t, plc.Addr())
		plc.Break(opcuatest.Silence, opcuatest.Next)
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		_, handed := c.Read(ctx, &ua.ReadRequest{NodesToRead: []*ua.ReadValueID{{NodeID: opcuaNodeID, AttributeID: ua.AttributeIDValue}}})
		err := opcuastatus.Translate(core.Read, handed)
		coretest.RequireCode(t, err, core.OPCUATimeout)
		report(t, row{Protocol: "opcua", Code: core.OPCUATimeout.String(), Device: "silence beyond the deadline of the caller", Client: gopcuaVersion, Handed: text(handed), Translated: core.CodeOf(err).String()})
	})

	t.Run("connection lost before the request", func(t *testing.T) {
		plc.Recover()
		c := gopcuaOpen(t, plc.Addr())
		plc.Drop()
		var handed error
		for range 100 { // until gopcua has noticed, requests may find the connection open
			_, handed = c.Read(context.Background(), &ua.ReadRequest{NodesToRead: []*ua.ReadValueID{{NodeID: opcuaNodeID, AttributeID: ua.AttributeIDValue}}})
			if errors.Is(handed, io.EOF) {
				break
			}
		}
		err := opcuastatus.Translate(core.Read, handed)
		coretest.RequireCode(t, err, core.PluginNotConnected)
		report(t, row{Protocol: "opcua", Code: core.PluginNotConnected.String(), Device: "connection lost before the request", Client: gopcuaVersion, Handed: text(handed), Translated: core.CodeOf(err).String()})
	})
}

func TestGopcuaConnect(t *testing.T) {
	plc := opcuaDevice(t)
	for _, tt := range []struct {
		device  string
		prepare func()
		exact   core.Code
		plain   core.Code
	}{
		{"nothing answers the greeting", plc.Mute, core.PluginDeviceNotResponding, core.PluginDeviceNotResponding},
		{"ERR 0x80830000 BadTcpEndpointUrlInvalid to the greeting", func() { plc.RefuseHello(ua.StatusBadTCPEndpointURLInvalid, "unknown endpoint") }, core.OPCUAConnectionConfigError, core.OPCUAConnectionConfigError},
		{"ERR 0x807D0000 BadTcpServerTooBusy to the greeting", func() { plc.RefuseHello(ua.StatusBadTCPServerTooBusy, "") }, core.PluginNotConnected, core.PluginNotConnected},
		{"ERR 0x80550000 BadSecurityPolicyRejected to the channel", func() { plc.RefuseChannel(ua.StatusBadSecurityPolicyRejected, "") }, core.OPCUAConnectionConfigError, core.PluginNotConnected},
		{"ServiceFault 0x80560000 BadTooManySessions to the session", func() { plc.RefuseSession(ua.StatusBadTooManySessions) }, core.PluginNotConnected, core.PluginNotConnected},
		{"ServiceFault 0x80210000 BadIdentityTokenRejected to the login", func() { plc.RefuseLogin(ua.StatusBadIdentityTokenRejected) }, core.OPCUAConnectionConfigError, core.OPCUAConnectionConfigError},
		{"ServiceFault 0x801F0000 BadUserAccessDenied to the login", func() { plc.RefuseLogin(ua.StatusBadUserAccessDenied) }, core.OPCUABadUserAccessDenied, core.OPCUABadUserAccessDenied},
	} {
		t.Run(tt.device, func(t *testing.T) {
			plc.Recover()
			tt.prepare()
			raw := opcuaRaw(t, plc)
			_, handed := gopcuaConnect(t, raw.addr)
			plain := opcuastatus.Translate(core.Connect, handed)
			coretest.RequireCode(t, plain, tt.plain)
			exact := opcuaExact(t, raw)
			coretest.RequireCode(t, exact, tt.exact)
			r := row{Protocol: "opcua", Code: tt.exact.String(), Device: tt.device, Client: gopcuaVersion, Handed: text(handed), Translated: core.CodeOf(plain).String()}
			if tt.plain != tt.exact {
				r.Raw = "opcua.Conversation: " + core.CodeOf(exact).String()
			}
			report(t, r)
		})
	}

	t.Run("port closed", func(t *testing.T) {
		plc.Refuse()
		_, handed := gopcuaConnect(t, plc.Addr())
		err := opcuastatus.Translate(core.Connect, handed)
		coretest.RequireCode(t, err, core.PluginNotConnected)
		report(t, row{Protocol: "opcua", Code: core.PluginNotConnected.String(), Device: "port closed", Client: gopcuaVersion, Handed: text(handed), Translated: core.CodeOf(err).String()})
	})
}
