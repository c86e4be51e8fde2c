package opcua_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/server"
	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uasc"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

// These tests run gopcua's client against gopcua's server on loopback, with a
// tap between them: what Translate and the walkers say must be what the frames
// say.

// failingSpace is a namespace in which the name of a node is what happens to
// it: the node ns=1;s=0x80340000 answers with BadNodeIdUnknown.
type failingSpace struct{ *server.NodeNameSpace }

func (s failingSpace) Attribute(id *ua.NodeID, _ ua.AttributeID) *ua.DataValue {
	name := id.StringID()
	dv := &ua.DataValue{EncodingMask: ua.DataValueStatusCode | ua.DataValueSourceTimestamp, SourceTimestamp: time.Now()}
	if value, ok := strings.CutPrefix(name, "value:"); ok {
		dv.EncodingMask |= ua.DataValueValue
		dv.Value = ua.MustVariant(1.5)
		name = value
	}
	dv.Status = codeOf(name)
	return dv
}

func (s failingSpace) SetAttribute(id *ua.NodeID, _ ua.AttributeID, _ *ua.DataValue) ua.StatusCode {
	return codeOf(id.StringID())
}

func (s failingSpace) Browse(d *ua.BrowseDescription) *ua.BrowseResult {
	res := &ua.BrowseResult{StatusCode: codeOf(d.NodeID.StringID())}
	if res.StatusCode == ua.StatusOK {
		res.References = []*ua.ReferenceDescription{{
			ReferenceTypeID: ua.NewNumericNodeID(0, id.HasComponent), IsForward: true, NodeID: ua.NewStringExpandedNodeID(1, "child"), NodeClass: ua.NodeClassVariable,
			BrowseName: &ua.QualifiedName{NamespaceIndex: 1, Name: "child"}, DisplayName: ua.NewLocalizedText("child"), TypeDefinition: ua.NewTwoByteExpandedNodeID(63),
		}}
	}
	return res
}

func codeOf(name string) ua.StatusCode {
	v, err := strconv.ParseUint(name, 0, 32)
	if err != nil {
		return ua.StatusBadNodeIDUnknown
	}
	return ua.StatusCode(v)
}

func node(name string) *ua.NodeID { return ua.NewStringNodeID(1, name) }

func code(c ua.StatusCode) string { return fmt.Sprintf("0x%08X", uint32(c)) }

// startServer starts a server with a failingSpace as namespace 1. prepare may
// replace handlers of services.
func startServer(t *testing.T, prepare func(*server.Server)) (port int) {
	t.Helper()
	log.SetOutput(io.Discard)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port = l.Addr().(*net.TCPAddr).Port
	require.NoError(t, l.Close())
	s := server.New(server.EndPoint("127.0.0.1", port), server.EnableSecurity("None", ua.MessageSecurityModeNone), server.EnableAuthMode(ua.UserTokenTypeAnonymous))
	space := failingSpace{server.NewNodeNameSpace(s, "failing")}
	if prepare != nil {
		prepare(s)
	}
	ctx, cancel := context.WithCancel(context.Background())
	require.NoError(t, s.Start(ctx))
	require.IsType(t, space.NodeNameSpace, must(s.Namespace(1)))
	s.Namespaces()[1] = space
	t.Cleanup(func() { cancel(); s.Close() })
	return port
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A tap passes the bytes of connections on and follows their conversations.
type tap struct {
	t        *testing.T
	mu       sync.Mutex
	statuses [][]core.Status // of each response
	stanzas  []coretest.Stanza
	sent     map[uint64][][]byte
}

func startTap(t *testing.T, port int) (*tap, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	p := &tap{t: t, sent: map[uint64][][]byte{}}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			device, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
			if err != nil {
				client.Close()
				continue
			}
			x := new(opcuastatus.Conversation)
			go p.pass(client, device, func(f []byte) {
				x.Sent(f)
				e := x.Exchange()
				p.sent[e.ID] = append(p.sent[e.ID], append([]byte(nil), f...))
			})
			go p.pass(device, client, func(f []byte) { p.received(x, append([]byte(nil), f...)) })
		}
	}()
	return p, "opc.tcp://" + l.Addr().String()
}

func (p *tap) pass(from, to net.Conn, see func([]byte)) {
	defer to.Close()
	s := bufio.NewScanner(from)
	s.Buffer(nil, 1<<20)
	s.Split(opcuastatus.ScanFrames)
	for s.Scan() {
		p.mu.Lock()
		see(s.Bytes())
		p.mu.Unlock()
		if _, err := to.Write(s.Bytes()); err != nil {
			return
		}
	}
}

func (p *tap) received(x *opcuastatus.Conversation, frame []byte) {
	statuses, err := x.Received(nil, frame)
	e := x.Exchange()
	if err != nil {
		p.t.Errorf("%x: %v", frame, err)
	}
	p.statuses = append(p.statuses, statuses)
	s := coretest.Stanza{Op: e.Op}
	for _, f := range p.sent[e.ID] {
		s.Frames = append(s.Frames, coretest.Frame{Sent: true, Data: f})
	}
	delete(p.sent, e.ID)
	s.Frames = append(s.Frames, coretest.Frame{Data: frame})
	for _, status := range statuses {
		s.Expect = append(s.Expect, coretest.ExpectOf(status, e.Op))
	}
	p.stanzas = append(p.stanzas, s)
}

// last returns the statuses of the last response and, with FIELDSTATUS_RECORD
// set to a file, appends the exchange to it under the name.
func (p *tap) last(name string) []core.Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.statuses) - 1
	require.GreaterOrEqual(p.t, n, 0)
	if file := os.Getenv("FIELDSTATUS_RECORD"); file != "" {
		s := p.stanzas[n]
		s.Name, s.From = name, "recorded, gopcua 0.8.0 against its own server package on loopback (integration_test.go with FIELDSTATUS_RECORD set)"
		f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		require.NoError(p.t, err)
		fmt.Fprintln(f)
		require.NoError(p.t, coretest.WriteFrames(f, s))
		require.NoError(p.t, f.Close())
	}
	return p.statuses[n]
}

func connect(t *testing.T, url string) *opcua.Client {
	t.Helper()
	c, err := opcua.NewClient(url, opcua.SecurityMode(ua.MessageSecurityModeNone), opcua.AutoReconnect(false), opcua.RequestTimeout(5*time.Second))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	require.NoError(t, opcuastatus.Translate(core.Connect, c.Connect(ctx)))
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

func TestIntegrationItems(t *testing.T) {
	port := startServer(t, nil)
	p, url := startTap(t, port)
	c := connect(t, url)
	ctx := context.Background()

	for _, tt := range []struct {
		name   string // of the node
		code   core.Code
		symbol string
	}{
		{"value:0x00000000", 0, "Good"},
		{"value:0x00000400", 0, "Good"},
		{"value:0x000000C0", 0, "Good"},
		{"value:0x40900000", 0, "UncertainLastUsableValue"},
		{"value:0x41230000", 0, ""},
		{"0x00000000", core.PluginTagValueInvalid, "EmptyValue"},
		{"0x40920000", core.PluginTagValueInvalid, "EmptyValue"},
		{code(ua.StatusBadNodeIDInvalid), core.OPCUABadNodeIDInvalid, "BadNodeIdInvalid"},
		{code(ua.StatusBadSecurityModeInsufficient), core.OPCUABadSecurityModeInsufficient, "BadSecurityModeInsufficient"},
		{code(ua.StatusBadNotSupported), core.OPCUATagUnsupported, "BadNotSupported"},
		{code(ua.StatusBadNotFound), core.OPCUATagNotExist, "BadNotFound"},
		{code(ua.StatusBadTimeout), core.OPCUATimeout, "BadTimeout"},
		{code(ua.StatusBadSequenceNumberInvalid), core.PluginMessageDisorder, "BadSequenceNumberInvalid"},
		{code(ua.StatusBadCommunicationError), core.OPCUABadNoCommunication, "BadCommunicationError"},
		{code(ua.StatusBadNotConnected), core.PluginTagValueInvalid, "BadNotConnected"},
		{code(ua.StatusBadOutOfService), core.PluginTagValueInvalid, "BadOutOfService"},
		{code(ua.StatusBadShutdown), core.PluginNotConnected, "BadShutdown"},
		{code(ua.StatusBadCertificateUntrusted), core.OPCUAConnectionConfigError, "BadCertificateUntrusted"},
		{code(ua.StatusBadDataTypeIDUnknown), core.OPCUATagUnsupported, "BadDataTypeIdUnknown"},
		{"0x80EA0000", core.OPCUABadIndexRangeInvalid, "BadIndexRangeDataMismatch"},
		{"0x80F00000", core.PluginTagNotReady, "BadNoValue"},
	} {
		t.Run("read "+tt.name, func(t *testing.T) {
			res, err := c.Read(ctx, &ua.ReadRequest{NodesToRead: []*ua.ReadValueID{{NodeID: node(tt.name), AttributeID: ua.AttributeIDValue}}})
			require.NoError(t, opcuastatus.Translate(core.Read, err))
			got := opcuastatus.ReadStatuses(res, 1)
			require.Len(t, got, 1)
			assert.Equal(t, tt.code, got[0].Code(core.Read))
			assert.Equal(t, tt.symbol, got[0].Symbol())
			assert.Equal(t, p.last("read: "+tt.symbol+" "+tt.name), got, "client and frames must say the same")

			_, err = c.Node(node(tt.name)).Value(ctx)
			if err = opcuastatus.TranslateItem(core.Read, err); tt.symbol != "EmptyValue" {
				coretest.AssertCode(t, err, tt.code)
			}
		})
	}

	for _, tt := range []struct {
		name string
		want core.Code
	}{
		{"0x00000000", core.OK},
		{code(ua.StatusGoodCompletesAsynchronously), core.OK},
		{code(ua.StatusBadNotWritable), core.OPCUABadNotWritable},
		{"0x80E90000", core.OPCUATagNotWritable}, // BadLocked
		{"0x80EC0000", core.OPCUATagNotWritable}, // BadRequiresLock
		{code(ua.StatusBadNoCommunication), core.OPCUABadNoCommunication},
	} {
		t.Run("write "+tt.name, func(t *testing.T) {
			res, err := c.Write(ctx, &ua.WriteRequest{NodesToWrite: []*ua.WriteValue{{NodeID: node(tt.name), AttributeID: ua.AttributeIDValue, Value: &ua.DataValue{EncodingMask: ua.DataValueValue, Value: ua.MustVariant(int32(1))}}}})
			require.NoError(t, opcuastatus.Translate(core.Write, err))
			got := opcuastatus.WriteStatuses(res, 1)
			coretest.AssertCode(t, got[0].Err(core.Write), tt.want)
			assert.Equal(t, p.last("write: "+got[0].Symbol()), got)
		})
	}

	t.Run("browse", func(t *testing.T) {
		res, err := c.Browse(ctx, &ua.BrowseRequest{NodesToBrowse: []*ua.BrowseDescription{
			{NodeID: node(code(ua.StatusBadViewIDUnknown))},
			{NodeID: node(code(ua.StatusUncertainNotAllNodesAvailable))},
			{NodeID: node("0x00000000")},
		}})
		require.NoError(t, opcuastatus.Translate(core.Read, err))
		got := opcuastatus.BrowseStatuses(res, 3)
		assert.Equal(t, []core.Code{core.OPCUAError, core.OK, core.OK}, []core.Code{got[0].Code(core.Read), got[1].Code(core.Read), got[2].Code(core.Read)})
		assert.Equal(t, core.Uncertain, got[1].Quality())
		assert.Equal(t, p.last("browse: one node fails, one result may be incomplete, one has references"), got)
	})

	t.Run("more results than asked for", func(t *testing.T) {
		res, err := c.Read(ctx, &ua.ReadRequest{NodesToRead: []*ua.ReadValueID{{NodeID: node("value:0"), AttributeID: ua.AttributeIDValue}}})
		require.NoError(t, err)
		for _, s := range opcuastatus.ReadStatuses(res, 2) {
			coretest.AssertCode(t, s.Err(core.Read), core.PluginProtocolParseFailed)
		}
	})
}

// TestIntegrationServices lets a whole request fail. A fault ends gopcua's
// monitor of the connection, so that each case has a connection of its own.
func TestIntegrationServices(t *testing.T) {
	var mu sync.Mutex
	var answer func(*ua.ReadRequest) (ua.Response, error)
	header := func(code ua.StatusCode) *ua.ResponseHeader {
		return &ua.ResponseHeader{Timestamp: time.Now(), ServiceResult: code, ServiceDiagnostics: &ua.DiagnosticInfo{}, AdditionalHeader: ua.NewExtensionObject(nil)}
	}
	port := startServer(t, func(s *server.Server) {
		attributes := (*server.Server).Namespace
		s.RegisterHandler(id.ReadRequest_Encoding_DefaultBinary, func(_ *uasc.SecureChannel, r ua.Request, _ uint32) (ua.Response, error) {
			req := r.(*ua.ReadRequest)
			if req.NodesToRead[0].NodeID.Namespace() != 0 {
				mu.Lock()
				defer mu.Unlock()
				return answer(req)
			}
			ns, err := attributes(s, 0) // the client reads the array of namespaces while it connects
			if err != nil {
				return nil, err
			}
			res := &ua.ReadResponse{ResponseHeader: header(ua.StatusOK)}
			for _, n := range req.NodesToRead {
				res.Results = append(res.Results, ns.Attribute(n.NodeID, n.AttributeID))
			}
			return res, nil
		})
	})

	good := &ua.DataValue{EncodingMask: ua.DataValueValue, Value: ua.MustVariant(int32(7))}
	for _, tt := range []struct {
		name   string
		answer func(*ua.ReadRequest) (ua.Response, error)
		want   core.Code
		data   bool // the response can be used
	}{
		{"fault", func(*ua.ReadRequest) (ua.Response, error) { return nil, ua.StatusBadTooManyOperations }, core.OPCUABadTooManyOperations, false},
		{"fault of the own link", func(*ua.ReadRequest) (ua.Response, error) { return nil, ua.StatusBadCommunicationError }, core.PluginNotConnected, false},
		{"fault of the session", func(*ua.ReadRequest) (ua.Response, error) { return nil, ua.StatusBadSessionClosed }, core.PluginNotConnected, false},
		{"login without rights", func(*ua.ReadRequest) (ua.Response, error) { return nil, ua.StatusBadUserAccessDenied }, core.OPCUABadUserAccessDenied, false},
		{"server too busy", func(*ua.ReadRequest) (ua.Response, error) { return nil, ua.StatusCode(0x80EE0000) }, core.OPCUAError, false},
		{"good with a remark", func(*ua.ReadRequest) (ua.Response, error) {
			return &ua.ReadResponse{ResponseHeader: header(ua.StatusGoodOverload), Results: []*ua.DataValue{good}}, nil
		}, core.OK, true},
		{"bad result in a response of its own type", func(*ua.ReadRequest) (ua.Response, error) {
			return &ua.ReadResponse{ResponseHeader: header(ua.StatusBadOutOfMemory)}, nil
		}, core.OPCUAError, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, url := startTap(t, port)
			c := connect(t, url)
			mu.Lock()
			answer = tt.answer
			mu.Unlock()
			res, err := c.Read(context.Background(), &ua.ReadRequest{NodesToRead: []*ua.ReadValueID{{NodeID: node("any"), AttributeID: ua.AttributeIDValue}}})
			require.Error(t, err, "gopcua reports everything but 0 as an error")
			translated := opcuastatus.Translate(core.Read, err)
			if errors.Is(err, io.EOF) {
				t.Skip("the monitor of gopcua closed the connection first")
			}
			coretest.AssertCode(t, translated, tt.want)
			frames := p.last("service: " + tt.name)
			if tt.data {
				assert.Equal(t, frames, opcuastatus.ReadStatuses(res, 1))
				return
			}
			assert.Equal(t, []core.Status{core.StatusOf(translated)}, frames)
		})
	}

	for _, tt := range []struct {
		name   string
		answer func(*ua.ReadRequest) (ua.Response, error)
	}{
		{"no results", func(*ua.ReadRequest) (ua.Response, error) {
			return &ua.ReadResponse{ResponseHeader: header(ua.StatusOK)}, nil
		}},
		{"one result too many", func(*ua.ReadRequest) (ua.Response, error) {
			return &ua.ReadResponse{ResponseHeader: header(ua.StatusOK), Results: []*ua.DataValue{good, good}}, nil
		}},
		{"another response", func(*ua.ReadRequest) (ua.Response, error) {
			return &ua.WriteResponse{ResponseHeader: header(ua.StatusOK), Results: []ua.StatusCode{0}}, nil
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := connect(t, fmt.Sprintf("opc.tcp://127.0.0.1:%d", port))
			mu.Lock()
			answer = tt.answer
			mu.Unlock()
			res, err := c.Read(context.Background(), &ua.ReadRequest{NodesToRead: []*ua.ReadValueID{{NodeID: node("any"), AttributeID: ua.AttributeIDValue}}})
			if err == nil {
				err = opcuastatus.ReadStatuses(res, 1)[0].Err(core.Read)
			}
			coretest.AssertCode(t, opcuastatus.Translate(core.Read, err), core.PluginProtocolParseFailed)
		})
	}
}
