package opcua_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/gopcua/opcua/ua"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

// request encodes a request into a final chunk.
func request(tb testing.TB, requestID uint32, req ua.Request) []byte {
	tb.Helper()
	req.SetHeader(&ua.RequestHeader{AuthenticationToken: ua.NewByteStringNodeID(0, []byte{1, 2}), AdditionalHeader: ua.NewExtensionObject(nil)})
	return message(tb, requestID, req)
}

func readRequest(tb testing.TB, requestID uint32, attribute ua.AttributeID, items int) []byte {
	req := &ua.ReadRequest{}
	for range items {
		req.NodesToRead = append(req.NodesToRead, &ua.ReadValueID{NodeID: ua.NewStringNodeID(1, "node"), AttributeID: attribute, DataEncoding: &ua.QualifiedName{}})
	}
	return request(tb, requestID, req)
}

func readResponse(tb testing.TB, requestID uint32, codes ...ua.StatusCode) []byte {
	res := &ua.ReadResponse{ResponseHeader: responseHeader(ua.StatusOK)}
	for _, code := range codes {
		res.Results = append(res.Results, &ua.DataValue{EncodingMask: ua.DataValueValue | ua.DataValueStatusCode, Value: ua.MustVariant(int32(1)), Status: code})
	}
	return message(tb, requestID, res)
}

// pieces cuts the payload of a message into n chunks.
func pieces(frame []byte, n int) [][]byte {
	id := binary.LittleEndian.Uint32(frame[20:])
	payload := frame[24:]
	var all [][]byte
	for i := range n {
		typ := "MSGC"
		end := len(payload) * (i + 1) / n
		if i == n-1 {
			typ = "MSGF"
		}
		all = append(all, chunk(typ, id, payload[len(payload)*i/n:end]))
	}
	return all
}

func fault(tb testing.TB, requestID uint32, code ua.StatusCode) []byte {
	return message(tb, requestID, &ua.ServiceFault{ResponseHeader: responseHeader(code)})
}

func TestConversationPairs(t *testing.T) {
	var x opcuastatus.Conversation
	bad := opcuastatus.Status(ua.StatusBadNodeIDUnknown)
	good := opcuastatus.Status(ua.StatusOK)

	x.Sent(readRequest(t, 10, ua.AttributeIDValue, 2))
	assert.Equal(t, core.Exchange{Op: core.Read, ID: 10, Open: true}, x.Exchange())
	x.Sent(request(t, 11, &ua.WriteRequest{NodesToWrite: []*ua.WriteValue{{NodeID: ua.NewTwoByteNodeID(1), Value: &ua.DataValue{}}}}))
	assert.Equal(t, core.Exchange{Op: core.Write, ID: 11, Open: true}, x.Exchange())

	got, err := x.Received(nil, message(t, 11, &ua.WriteResponse{ResponseHeader: responseHeader(ua.StatusOK), Results: []ua.StatusCode{ua.StatusBadNodeIDUnknown}}))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{bad}, got)
	assert.Equal(t, core.Exchange{Op: core.Write, ID: 11}, x.Exchange())

	got, err = x.Received([]core.Status{good}, readResponse(t, 10, ua.StatusOK, ua.StatusBadNodeIDUnknown))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{good, good, bad}, got, "statuses are appended")

	got, err = x.Received(nil, readResponse(t, 10, ua.StatusOK, ua.StatusOK))
	coreCode(t, err, core.PluginMessageDisorder)
	assert.Empty(t, got)
	got, err = x.Received(nil, readResponse(t, 9, ua.StatusBadNodeIDUnknown))
	require.NoError(t, err, "asked before the conversation was followed")
	assert.Equal(t, []core.Status{bad}, got)
}

func coreCode(t *testing.T, err error, want core.Code) {
	t.Helper()
	require.Error(t, err)
	assert.Equal(t, want, core.CodeOf(err), "%v", err)
	var f *core.FrameError
	assert.ErrorAs(t, err, &f)
}

func TestConversationChunks(t *testing.T) {
	whole := readResponse(t, 4, ua.StatusOK, ua.StatusBadNodeIDUnknown, ua.StatusBadTimeout)
	want, err := opcuastatus.AppendStatuses(nil, whole)
	require.NoError(t, err)
	for n := 2; n < 20; n++ {
		var x opcuastatus.Conversation
		for i, p := range pieces(readRequest(t, 4, ua.AttributeIDValue, 3), n) {
			x.Sent(p)
			if i > 0 {
				assert.Equal(t, core.Exchange{Op: core.Read, ID: 4, Open: true}, x.Exchange())
			}
		}
		other := pieces(fault(t, 5, ua.StatusBadNothingToDo), 2)
		var got []core.Status
		for i, p := range pieces(whole, n) {
			if i < 2 { // chunks of another message stand between
				_, _ = x.Received(nil, other[i])
			}
			got, err = x.Received(nil, p)
			if i < n-1 {
				require.ErrorIs(t, err, core.ErrIncomplete)
				require.True(t, x.Exchange().Open)
			}
		}
		require.NoError(t, err, "%d chunks", n)
		assert.Equal(t, want, got)
	}

	var x opcuastatus.Conversation
	_, err = x.Received(nil, chunk("MSGC", 4, []byte("nothing of OPC UA")))
	require.ErrorIs(t, err, core.ErrIncomplete)
	abort := chunk("MSGA", 4, []byte{0, 0, 0xB8, 0x80, 0xFF, 0xFF, 0xFF, 0xFF})
	got, err := x.Received(nil, abort)
	require.NoError(t, err)
	assert.Equal(t, []core.Status{opcuastatus.Status(ua.StatusBadRequestTooLarge)}, got)
	got, err = x.Received(nil, whole)
	require.NoError(t, err, "the aborted chunks are gone")
	assert.Equal(t, want, got)
	_, err = x.Received(nil, chunk("MSGC", 4, []byte("nothing of OPC UA")))
	require.ErrorIs(t, err, core.ErrIncomplete)
	_, err = x.Received(nil, chunk("MSGF", 4, nil))
	coreCode(t, err, core.PluginProtocolParseFailed)
	got, err = x.Received(nil, whole)
	require.NoError(t, err, "the malformed chunks are gone")
	assert.Equal(t, want, got)
}

// TestConversationBounds: neither chunks without an end nor requests without
// an answer take memory without bound.
func TestConversationBounds(t *testing.T) {
	var x opcuastatus.Conversation
	piece := chunk("MSGC", 7, make([]byte, 1<<20))
	for i := range 40 {
		_, err := x.Received(nil, piece)
		if i < 16 || i > 16 {
			require.ErrorIs(t, err, core.ErrIncomplete, "chunk %d", i)
		} else {
			coreCode(t, err, core.PluginProtocolParseFailed)
		}
	}
	_, err := x.Received(nil, chunk("MSGF", 7, nil))
	coreCode(t, err, core.PluginProtocolParseFailed)
	_, err = x.Received(nil, fault(t, 8, ua.StatusBadNothingToDo))
	require.NoError(t, err, "the next message is read as ever")

	x = opcuastatus.Conversation{}
	for id := range uint32(1000) {
		x.Sent(readRequest(t, id+1, ua.AttributeIDValue, 1))
	}
	_, err = x.Received(nil, readResponse(t, 1000, ua.StatusOK))
	assert.NoError(t, err)
	_, err = x.Received(nil, readResponse(t, 1, ua.StatusOK))
	assert.NoError(t, err, "a request that was dropped for want of room may be answered")
	for id := range uint32(100) {
		_, err = x.Received(nil, chunk("MSGC", 2000+id, []byte{1}))
		require.ErrorIs(t, err, core.ErrIncomplete)
	}

	// The largest message is read, one byte more is too much.
	whole := fault(t, 9, ua.StatusBadNothingToDo)[24:]
	for more, want := range []core.Code{core.OK, core.PluginProtocolParseFailed} {
		x = opcuastatus.Conversation{}
		_, err = x.Received(nil, chunk("MSGC", 9, append(whole, make([]byte, 16<<20-len(whole)-100)...)))
		require.ErrorIs(t, err, core.ErrIncomplete)
		_, err = x.Received(nil, chunk("MSGF", 9, make([]byte, 100+more)))
		assert.Equal(t, want, core.CodeOf(err))
	}

	// So many requests in several chunks are followed at once.
	x = opcuastatus.Conversation{}
	for id := range uint32(17) {
		x.Sent(pieces(readRequest(t, 1+id, ua.AttributeIDValue, 3), 2)[0])
	}
	for id, want := range map[uint32]core.Op{1: core.Read, 16: core.Read, 17: core.Other} {
		x.Sent(pieces(readRequest(t, id, ua.AttributeIDValue, 3), 2)[1])
		assert.Equal(t, core.Exchange{Op: want, ID: uint64(id), Open: true}, x.Exchange())
	}
}

// TestConversationReusesNumbers: a request with the number of an open one takes
// its place.
func TestConversationReusesNumbers(t *testing.T) {
	var x opcuastatus.Conversation
	x.Sent(readRequest(t, 10, ua.AttributeIDValue, 1))
	x.Sent(request(t, 10, &ua.WriteRequest{NodesToWrite: []*ua.WriteValue{{NodeID: ua.NewTwoByteNodeID(1), Value: &ua.DataValue{}}}}))
	_, err := x.Received(nil, message(t, 10, &ua.WriteResponse{ResponseHeader: responseHeader(ua.StatusOK), Results: []ua.StatusCode{0}}))
	require.NoError(t, err)
	assert.Equal(t, core.Exchange{Op: core.Write, ID: 10}, x.Exchange())
	_, err = x.Received(nil, readResponse(t, 10, ua.StatusOK))
	coreCode(t, err, core.PluginMessageDisorder)
}

// TestChunkHeaders: what the first eight bytes may be.
func TestChunkHeaders(t *testing.T) {
	sized := func(kind string, size int) []byte {
		return append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(size)), make([]byte, size-8)...)
	}
	for kind, want := range map[string]error{
		"MSGC": core.ErrIncomplete, "OPNC": core.ErrIncomplete, "CLOC": core.ErrNotResponse, "CLOA": core.ErrNotResponse, "CLOF": core.ErrNotResponse, "HELF": core.ErrNotResponse, "RHEF": core.ErrNotResponse,
	} {
		_, err := opcuastatus.ParseResponse(sized(kind, 40))
		assert.Equal(t, want, err, kind)
	}
	_, err := opcuastatus.ParseResponse(sized("RHEF", 8))
	assert.Equal(t, core.ErrNotResponse, err, "the shortest frame")
	for bad, at := range map[string]int{
		"": 0, "MS": 0, "MSG": 3, "MSGF\x18\x00\x00": 7, "XYZF": 0, "MSGX": 3, "HELC": 3, "ACKA": 3, "ERRC": 3,
		"ERRF\x12\x00\x00\x00\x00\x00\x01\x80\x05\x00\x00\x00no":              16, // a reason of five letters
		string(chunk("MSGA", 1, []byte{0, 0, 1, 0x80, 5, 0, 0, 0, 'n', 'o'})): 32,
		string(chunk("MSGF", 1, []byte{1})):                                   25, // the namespace of the type
		"MSGF\x17\x00\x00\x00":                                                4, "RHEF\x09\x00\x00\x00": 4, "RHEF\x07\x00\x00\x00": 4,
	} {
		if at == 3 && len(bad) == 4 {
			bad += "\x28\x00\x00\x00" + string(make([]byte, 32))
		}
		_, err := opcuastatus.ParseResponse([]byte(bad))
		var f *core.FrameError
		if assert.ErrorAs(t, err, &f, "%q", bad) {
			assert.Equal(t, at, f.Offset, "%q", bad)
		}
	}
}

func TestConversationChecks(t *testing.T) {
	for _, tt := range []struct {
		name     string
		request  []byte
		response []byte
		want     core.Code
	}{
		{"results as asked", readRequest(t, 1, ua.AttributeIDValue, 2), readResponse(t, 1, 0, 0), core.OK},
		{"one result missing", readRequest(t, 1, ua.AttributeIDValue, 2), readResponse(t, 1, 0), core.PluginProtocolParseFailed},
		{"no results", readRequest(t, 1, ua.AttributeIDValue, 1), readResponse(t, 1), core.PluginProtocolParseFailed},
		{"nothing asked, nothing answered", readRequest(t, 1, ua.AttributeIDValue, 0), readResponse(t, 1), core.OK},
		{"fault in place of results", readRequest(t, 1, ua.AttributeIDValue, 2), fault(t, 1, ua.StatusBadNothingToDo), core.OK},
		{"another type", readRequest(t, 1, ua.AttributeIDValue, 1), message(t, 1, &ua.WriteResponse{ResponseHeader: responseHeader(0), Results: []ua.StatusCode{0}}), core.PluginProtocolParseFailed},
		{"browse", request(t, 1, &ua.BrowseRequest{View: &ua.ViewDescription{ViewID: ua.NewTwoByteNodeID(0)}, NodesToBrowse: []*ua.BrowseDescription{{NodeID: ua.NewTwoByteNodeID(1), ReferenceTypeID: ua.NewTwoByteNodeID(1)}}}),
			message(t, 1, &ua.BrowseResponse{ResponseHeader: responseHeader(0), Results: []*ua.BrowseResult{{}, {}}}), core.PluginProtocolParseFailed},
		{"browse as asked", request(t, 1, &ua.BrowseRequest{View: &ua.ViewDescription{ViewID: ua.NewTwoByteNodeID(0)}, NodesToBrowse: []*ua.BrowseDescription{{NodeID: ua.NewTwoByteNodeID(1), ReferenceTypeID: ua.NewTwoByteNodeID(1)}}}),
			message(t, 1, &ua.BrowseResponse{ResponseHeader: responseHeader(0), Results: []*ua.BrowseResult{{}}}), core.OK},
		{"browse next as asked", request(t, 1, &ua.BrowseNextRequest{ContinuationPoints: [][]byte{{1}}}), message(t, 1, &ua.BrowseNextResponse{ResponseHeader: responseHeader(0), Results: []*ua.BrowseResult{{}}}), core.OK},
		{"monitored items as asked", request(t, 1, &ua.CreateMonitoredItemsRequest{SubscriptionID: 1, ItemsToCreate: []*ua.MonitoredItemCreateRequest{{ItemToMonitor: &ua.ReadValueID{NodeID: ua.NewTwoByteNodeID(1), DataEncoding: &ua.QualifiedName{}}, RequestedParameters: &ua.MonitoringParameters{Filter: ua.NewExtensionObject(nil)}}}}),
			message(t, 1, &ua.CreateMonitoredItemsResponse{ResponseHeader: responseHeader(0), Results: []*ua.MonitoredItemCreateResult{{FilterResult: ua.NewExtensionObject(nil)}}}), core.OK},
		{"modify items as asked", request(t, 1, &ua.ModifyMonitoredItemsRequest{SubscriptionID: 1, ItemsToModify: []*ua.MonitoredItemModifyRequest{{RequestedParameters: &ua.MonitoringParameters{Filter: ua.NewExtensionObject(nil)}}}}),
			message(t, 1, &ua.ModifyMonitoredItemsResponse{ResponseHeader: responseHeader(0), Results: []*ua.MonitoredItemModifyResult{{FilterResult: ua.NewExtensionObject(nil)}}}), core.OK},
		{"monitoring mode as asked", request(t, 1, &ua.SetMonitoringModeRequest{MonitoredItemIDs: []uint32{1, 2}}), message(t, 1, &ua.SetMonitoringModeResponse{ResponseHeader: responseHeader(0), Results: []ua.StatusCode{0, 0}}), core.OK},
		{"history as asked", request(t, 1, &ua.HistoryReadRequest{HistoryReadDetails: ua.NewExtensionObject(nil), NodesToRead: []*ua.HistoryReadValueID{{NodeID: ua.NewTwoByteNodeID(1), DataEncoding: &ua.QualifiedName{}}}}),
			message(t, 1, &ua.HistoryReadResponse{ResponseHeader: responseHeader(0), Results: []*ua.HistoryReadResult{{HistoryData: ua.NewExtensionObject(nil)}}}), core.OK},
		{"call as asked", request(t, 1, &ua.CallRequest{MethodsToCall: []*ua.CallMethodRequest{{ObjectID: ua.NewTwoByteNodeID(1), MethodID: ua.NewTwoByteNodeID(1)}}}), message(t, 1, &ua.CallResponse{ResponseHeader: responseHeader(0), Results: []*ua.CallMethodResult{{}}}), core.OK},
		{"browse next", request(t, 1, &ua.BrowseNextRequest{ContinuationPoints: [][]byte{{1}}}), message(t, 1, &ua.BrowseNextResponse{ResponseHeader: responseHeader(0)}), core.PluginProtocolParseFailed},
		{"monitored items", request(t, 1, &ua.CreateMonitoredItemsRequest{SubscriptionID: 1, ItemsToCreate: []*ua.MonitoredItemCreateRequest{{ItemToMonitor: &ua.ReadValueID{NodeID: ua.NewTwoByteNodeID(1), DataEncoding: &ua.QualifiedName{}}, RequestedParameters: &ua.MonitoringParameters{Filter: ua.NewExtensionObject(nil)}}}}),
			message(t, 1, &ua.CreateMonitoredItemsResponse{ResponseHeader: responseHeader(0)}), core.PluginProtocolParseFailed},
		{"modify items", request(t, 1, &ua.ModifyMonitoredItemsRequest{SubscriptionID: 1}), message(t, 1, &ua.ModifyMonitoredItemsResponse{ResponseHeader: responseHeader(0), Results: []*ua.MonitoredItemModifyResult{{FilterResult: ua.NewExtensionObject(nil)}}}), core.PluginProtocolParseFailed},
		{"monitoring mode", request(t, 1, &ua.SetMonitoringModeRequest{MonitoredItemIDs: []uint32{1, 2}}), message(t, 1, &ua.SetMonitoringModeResponse{ResponseHeader: responseHeader(0), Results: []ua.StatusCode{0}}), core.PluginProtocolParseFailed},
		{"delete items", request(t, 1, &ua.DeleteMonitoredItemsRequest{MonitoredItemIDs: []uint32{1, 2}}), message(t, 1, &ua.DeleteMonitoredItemsResponse{ResponseHeader: responseHeader(0), Results: []ua.StatusCode{0, 0}}), core.OK},
		{"publishing mode", request(t, 1, &ua.SetPublishingModeRequest{SubscriptionIDs: []uint32{1}}), message(t, 1, &ua.SetPublishingModeResponse{ResponseHeader: responseHeader(0), Results: []ua.StatusCode{0}}), core.OK},
		{"history", request(t, 1, &ua.HistoryReadRequest{HistoryReadDetails: ua.NewExtensionObject(nil), NodesToRead: []*ua.HistoryReadValueID{{NodeID: ua.NewTwoByteNodeID(1), DataEncoding: &ua.QualifiedName{}}}}), message(t, 1, &ua.HistoryReadResponse{ResponseHeader: responseHeader(0)}), core.PluginProtocolParseFailed},
		{"call", request(t, 1, &ua.CallRequest{MethodsToCall: []*ua.CallMethodRequest{{ObjectID: ua.NewTwoByteNodeID(1), MethodID: ua.NewTwoByteNodeID(1)}}}), message(t, 1, &ua.CallResponse{ResponseHeader: responseHeader(0)}), core.PluginProtocolParseFailed},
		{"register server 2", request(t, 1, &ua.RegisterServer2Request{Server: &ua.RegisteredServer{}}), message(t, 1, &ua.RegisterServer2Response{ResponseHeader: responseHeader(0), ConfigurationResults: []ua.StatusCode{0, 0}}), core.OK},
		{"publish has as many as it has", request(t, 1, &ua.PublishRequest{}), message(t, 1, &ua.PublishResponse{ResponseHeader: responseHeader(0), NotificationMessage: &ua.NotificationMessage{}}), core.OK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var x opcuastatus.Conversation
			x.Sent(tt.request)
			require.True(t, x.Exchange().Open)
			got, err := x.Received(nil, tt.response)
			if tt.want == core.OK {
				require.NoError(t, err)
				assert.NotEmpty(t, got)
				return
			}
			coreCode(t, err, tt.want)
			assert.Empty(t, got)
		})
	}
}

// TestRequests: what each request attempts, and that its type is that of a
// request wherever it is met.
func TestRequests(t *testing.T) {
	for want, requests := range map[core.Op][]ua.Request{
		core.Connect: {
			&ua.OpenSecureChannelRequest{}, &ua.CreateSessionRequest{ClientDescription: &ua.ApplicationDescription{ApplicationName: &ua.LocalizedText{}}}, &ua.GetEndpointsRequest{}, &ua.FindServersRequest{}, &ua.FindServersOnNetworkRequest{},
			&ua.ActivateSessionRequest{ClientSignature: &ua.SignatureData{}, UserIdentityToken: ua.NewExtensionObject(nil), UserTokenSignature: &ua.SignatureData{}},
		},
		core.Read: {
			&ua.ReadRequest{}, &ua.HistoryReadRequest{HistoryReadDetails: ua.NewExtensionObject(nil)}, &ua.BrowseRequest{View: &ua.ViewDescription{ViewID: ua.NewTwoByteNodeID(0)}}, &ua.BrowseNextRequest{},
			&ua.TranslateBrowsePathsToNodeIDsRequest{}, &ua.CreateMonitoredItemsRequest{}, &ua.PublishRequest{}, &ua.RepublishRequest{},
		},
		core.Write: {
			&ua.WriteRequest{}, &ua.HistoryUpdateRequest{}, &ua.CallRequest{}, &ua.AddNodesRequest{}, &ua.AddReferencesRequest{}, &ua.DeleteNodesRequest{}, &ua.DeleteReferencesRequest{},
		},
		core.Other: {
			&ua.CloseSessionRequest{}, &ua.CancelRequest{}, &ua.RegisterNodesRequest{}, &ua.UnregisterNodesRequest{}, &ua.CreateSubscriptionRequest{}, &ua.ModifySubscriptionRequest{}, &ua.SetPublishingModeRequest{},
			&ua.DeleteSubscriptionsRequest{}, &ua.TransferSubscriptionsRequest{}, &ua.ModifyMonitoredItemsRequest{}, &ua.SetMonitoringModeRequest{}, &ua.SetTriggeringRequest{}, &ua.DeleteMonitoredItemsRequest{},
			&ua.RegisterServerRequest{Server: &ua.RegisteredServer{}}, &ua.RegisterServer2Request{Server: &ua.RegisteredServer{}},
		},
	} {
		for _, req := range requests {
			frame := request(t, 3, req)
			var x opcuastatus.Conversation
			x.Sent(frame)
			assert.Equal(t, core.Exchange{Op: want, ID: 3, Open: true}, x.Exchange(), "%T", req)
			_, err := opcuastatus.ParseResponse(frame)
			assert.Equal(t, core.ErrNotResponse, err, "%T", req)
		}
	}
	for _, id := range []uint16{394, 400, 12206, 999} { // three before a ServiceFault, three behind it, and what is no message
		_, err := opcuastatus.ParseResponse(chunk("MSGF", 3, binary.LittleEndian.AppendUint16([]byte{1, 0}, id)))
		coreCode(t, err, core.PluginProtocolParseFailed)
	}
}

// TestConversationAttributes: a null is no value, except where the request
// asked for attributes that may be null.
func TestConversationAttributes(t *testing.T) {
	null := message(t, 1, &ua.ReadResponse{ResponseHeader: responseHeader(0), Results: []*ua.DataValue{{EncodingMask: ua.DataValueValue, Value: &ua.Variant{}}}})
	for attribute, want := range map[ua.AttributeID]core.Code{ua.AttributeIDValue: core.PluginTagValueInvalid, ua.AttributeIDArrayDimensions: core.OK, ua.AttributeIDDescription: core.OK} {
		var x opcuastatus.Conversation
		x.Sent(readRequest(t, 1, attribute, 1))
		got, err := x.Received(nil, null)
		require.NoError(t, err)
		assert.Equal(t, want, got[0].Code(core.Read), "%v", attribute)
	}
}

func TestConversationEnd(t *testing.T) {
	hello := append([]byte("HELF"), 32, 0, 0, 0)
	hello = append(hello, make([]byte, 24)...)
	closing := message(t, 3, &ua.CloseSecureChannelRequest{RequestHeader: &ua.RequestHeader{AuthenticationToken: ua.NewTwoByteNodeID(0), AdditionalHeader: ua.NewExtensionObject(nil)}})
	copy(closing, "CLO")

	var x opcuastatus.Conversation
	x.Sent(hello)
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 1 << 32, Open: true}, x.Exchange())
	x.Sent(readRequest(t, 2, ua.AttributeIDValue, 1))
	got, err := x.Received(nil, closing)
	require.NoError(t, err)
	assert.Equal(t, core.PluginNotConnected, got[0].Code(core.Read), "the server hangs up")
	assert.Equal(t, core.Exchange{Op: core.Read, ID: 2}, x.Exchange())

	x = opcuastatus.Conversation{}
	x.Sent(closing)
	_, err = x.Received(nil, closing)
	assert.ErrorIs(t, err, core.ErrNotResponse, "the client did")
	_, err = x.Received(nil, hello)
	assert.ErrorIs(t, err, core.ErrNotResponse)
	_, err = x.Received(nil, readRequest(t, 2, ua.AttributeIDValue, 1))
	assert.ErrorIs(t, err, core.ErrNotResponse)
	x.Sent([]byte("garbage"))
	x.Sent(nil)
	assert.Equal(t, core.Exchange{}, x.Exchange())
}

// TestConversationProtected: on a channel that is protected, nothing is taken
// for a request or an answer that is none.
func TestConversationProtected(t *testing.T) {
	text := func(s string) []byte { return append(binary.LittleEndian.AppendUint32(nil, uint32(len(s))), s...) }
	open := append([]byte("OPNF\x00\x00\x00\x00\x01\x00\x00\x00"), text("http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256")...)
	open = append(open, "\xff\xff\xff\xff\xff\xff\xff\xffciphertext"...)
	binary.LittleEndian.PutUint32(open[4:], uint32(len(open)))
	cipher := chunk("MSGF", 0x9A3B77C1, []byte("\x81\x7a\x99 more ciphertext"))

	var x opcuastatus.Conversation
	x.Sent(open)
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 2 << 32, Open: true}, x.Exchange())
	_, err := x.Received(nil, readResponse(t, 8, ua.StatusOK))
	coreCode(t, err, core.PluginMessageDisorder) // nothing unprotected answers it
	_, err = x.Received(nil, open)
	var encrypted *opcuastatus.EncryptedError
	require.ErrorAs(t, err, &encrypted)
	assert.Contains(t, encrypted.Policy, "Basic256Sha256")
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 2 << 32}, x.Exchange())
	x.Sent(cipher)
	assert.Equal(t, core.Exchange{}, x.Exchange(), "neither type nor number can be read")
	for _, typ := range []string{"MSGF", "MSGC", "MSGA"} {
		copy(cipher, typ)
		_, err = x.Received(nil, cipher)
		assert.ErrorAs(t, err, &encrypted, typ)
	}
	x.Sent(readRequest(t, 8, ua.AttributeIDValue, 1)) // mode Sign
	got, err := x.Received(nil, chunk("MSGF", 8, append(readResponse(t, 8, ua.StatusBadNodeIDUnknown)[24:], make([]byte, 32)...)))
	require.NoError(t, err)
	assert.Equal(t, core.OPCUABadNodeIDUnknown, got[0].Code(core.Read))
}

// TestConversationAborted: a request that the client gives up between two
// chunks awaits no answer.
func TestConversationAborted(t *testing.T) {
	var x opcuastatus.Conversation
	x.Sent(pieces(readRequest(t, 4, ua.AttributeIDValue, 1), 2)[0])
	assert.Equal(t, core.Exchange{Op: core.Read, ID: 4, Open: true}, x.Exchange())
	x.Sent(chunk("MSGA", 4, []byte{0, 0, 0, 0x80, 0xFF, 0xFF, 0xFF, 0xFF}))
	assert.False(t, x.Exchange().Open)
	_, err := x.Received(nil, readResponse(t, 4, ua.StatusOK))
	coreCode(t, err, core.PluginMessageDisorder)
	x.Sent(readResponse(t, 5, ua.StatusOK))
	assert.Equal(t, core.Exchange{}, x.Exchange(), "a response that is said to be sent is no request")
	x.Sent(chunk("MSGF", 6, []byte{0x01, 0x00, 0xE7, 0x03}))
	assert.Equal(t, core.Exchange{ID: 6, Open: true}, x.Exchange(), "a service that is not known")
	got, err := x.Received(nil, fault(t, 6, ua.StatusBadServiceUnsupported))
	require.NoError(t, err)
	assert.Len(t, got, 1)
}

func TestResponseERR(t *testing.T) {
	frame := append([]byte("ERRF"), 19, 0, 0, 0, 0, 0, 0x55, 0x80, 3, 0, 0, 0, 'n', 'o', '!')
	r, err := opcuastatus.ParseResponse(frame)
	require.NoError(t, err)
	assert.True(t, r.Fatal())
	assert.Equal(t, "no!", r.Reason())
	assert.Equal(t, ua.StatusBadSecurityPolicyRejected, r.ServiceResult())
	assert.Equal(t, core.OPCUAConnectionConfigError, core.CodeOf(r.Err(core.Connect)))
	assert.Zero(t, r.TypeID())
	for range r.Items() {
		t.Error("an ERR has no items")
	}
}

func TestEncryptedError(t *testing.T) {
	err := error(&opcuastatus.EncryptedError{Policy: "http://x#y"})
	assert.ErrorIs(t, err, core.ErrNotResponse)
	assert.NotErrorIs(t, err, core.ErrIncomplete)
	assert.Contains(t, err.Error(), "http://x#y")
	assert.NotContains(t, (&opcuastatus.EncryptedError{}).Error(), "policy")
	assert.Equal(t, err, opcuastatus.Translate(core.Read, err), "no failure of the device")
}

func TestScanFrames(t *testing.T) {
	var stream []byte
	var want [][]byte
	for _, s := range stanzas(t) {
		for _, f := range s.Frames {
			if _, err := opcuastatus.ParseResponse(f.Data); err == nil || errors.Is(err, core.ErrNotResponse) || errors.Is(err, core.ErrIncomplete) {
				stream = append(stream, f.Data...)
				want = append(want, f.Data)
			}
		}
	}
	scan := func(r io.Reader) (got [][]byte, err error) {
		s := bufio.NewScanner(r)
		s.Split(opcuastatus.ScanFrames)
		for s.Scan() {
			got = append(got, append([]byte(nil), s.Bytes()...))
		}
		return got, s.Err()
	}
	got, err := scan(bytes.NewReader(stream))
	require.NoError(t, err)
	assert.Equal(t, want, got)
	got, err = scan(io.MultiReader(bytes.NewReader(stream[:1]), bytes.NewReader(stream[1:9]), bytes.NewReader(stream[9:])))
	require.NoError(t, err)
	assert.Equal(t, want, got, "in pieces")
	for n := 1; n < len(want[0]); n++ {
		_, err = scan(bytes.NewReader(want[0][:n]))
		assert.Equal(t, io.ErrUnexpectedEOF, err)
	}
	_, err = scan(strings.NewReader("MSGF\x00\x00\x00\x01"))
	assert.Equal(t, io.ErrUnexpectedEOF, err, "the largest chunk may still come")
	for bad, at := range map[string]int{"X": 0, "MSX": 2, "MSGX": 3, "HELC": 3, "GET / HTTP": 0, "MSGF\x17\x00\x00\x00": 4, "ERRF\x0f\x00\x00\x00": 4, "MSGF\x01\x00\x00\x01": 4, "MSGF\xff\xff\xff\xff": 4} {
		_, err := scan(bytes.NewReader([]byte(bad)))
		var f *core.FrameError
		if assert.ErrorAs(t, err, &f, "%q", bad) {
			assert.Equal(t, at, f.Offset, "%q", bad)
		}
		assert.Equal(t, core.PluginProtocolParseFailed, core.CodeOf(err))
	}
}

// TestConversationGreeting: one acknowledgement answers one greeting.
func TestConversationGreeting(t *testing.T) {
	greeting := func(kind string, size uint32) []byte {
		return append(binary.LittleEndian.AppendUint32([]byte(kind), size), make([]byte, size-8)...)
	}
	var x opcuastatus.Conversation
	got, err := x.Received(nil, greeting("ACKF", 28))
	require.NoError(t, err, "before anything was sent every frame is an answer")
	assert.Len(t, got, 1)
	x.Sent(greeting("HELF", 32))
	_, err = x.Received(nil, greeting("ACKF", 28))
	require.NoError(t, err)
	assert.EqualValues(t, 1<<32, x.Exchange().ID)
	_, err = x.Received(nil, greeting("ACKF", 28))
	coreCode(t, err, core.PluginMessageDisorder)
	assert.Zero(t, x.Exchange())
	_, err = x.Received(nil, readResponse(t, 1, ua.StatusOK))
	coreCode(t, err, core.PluginMessageDisorder)
}

// TestConversationRequestZero: the request id 0 is one like any other, but an
// Exchange with the ID 0 would belong to no request.
func TestConversationRequestZero(t *testing.T) {
	var x opcuastatus.Conversation
	x.Sent(readRequest(t, 0, ua.AttributeIDValue, 1))
	assert.Equal(t, core.Exchange{Op: core.Read, ID: 3 << 32, Open: true}, x.Exchange())
	got, err := x.Received(nil, readResponse(t, 0, ua.StatusOK))
	require.NoError(t, err)
	assert.Len(t, got, 1)
	assert.Equal(t, core.Exchange{Op: core.Read, ID: 3 << 32}, x.Exchange())
}
