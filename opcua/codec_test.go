package opcua_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/gopcua/opcua/ua"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

// message puts a response, encoded by gopcua, into a final chunk.
func message(tb testing.TB, requestID uint32, res any) []byte {
	tb.Helper()
	body, err := ua.Encode(res)
	require.NoError(tb, err)
	typ, err := ua.NewFourByteExpandedNodeID(0, ua.ServiceTypeID(res)).Encode()
	require.NoError(tb, err)
	return chunk("MSGF", requestID, append(typ, body...))
}

// chunk puts a payload into a frame.
func chunk(typ string, requestID uint32, payload []byte) []byte {
	b := []byte(typ)
	b = binary.LittleEndian.AppendUint32(b, uint32(24+len(payload)))
	for _, v := range []uint32{1, 1, 7, requestID} { // channel, token, sequence number, request
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return append(b, payload...)
}

func responseHeader(code ua.StatusCode) *ua.ResponseHeader {
	return &ua.ResponseHeader{
		Timestamp: time.Unix(1, 0), RequestHandle: 5, ServiceResult: code,
		ServiceDiagnostics: diagnostics(3), StringTable: []string{"a", ""}, AdditionalHeader: ua.NewExtensionObject(&ua.AnonymousIdentityToken{PolicyID: "p"}),
	}
}

// diagnostics nests n levels, each with all fields and a Bad inner status.
func diagnostics(n int) *ua.DiagnosticInfo {
	d := &ua.DiagnosticInfo{SymbolicID: 1, NamespaceURI: 2, Locale: 3, LocalizedText: 4, AdditionalInfo: "info", InnerStatusCode: ua.StatusBadInternalError}
	if n > 0 {
		d.InnerDiagnosticInfo = diagnostics(n - 1)
	}
	d.UpdateMask()
	return d
}

// everyValue has a value of each built-in type, alone and in arrays.
func everyValue(tb testing.TB) []*ua.Variant {
	tb.Helper()
	var all []*ua.Variant
	for _, v := range []any{
		true, int8(1), uint8(2), int16(3), uint16(4), int32(5), uint32(6), int64(7), uint64(8), float32(9), float64(10), "text", "", time.Unix(5, 0),
		ua.NewGUID("72962B91-FA75-4AE6-8D28-B404DC7DAF63"), []byte{1, 2, 3}, ua.XMLElement("<a/>"),
		ua.NewTwoByteNodeID(1), ua.NewFourByteNodeID(2, 3), ua.NewNumericNodeID(300, 70000), ua.NewStringNodeID(4, "s"), ua.NewGUIDNodeID(5, "72962B91-FA75-4AE6-8D28-B404DC7DAF63"), ua.NewByteStringNodeID(6, []byte{1}),
		ua.NewStringExpandedNodeID(7, "x"), ua.NewExpandedNodeID(ua.NewNumericNodeID(1, 2), "urn:ns", 9), ua.StatusBadNodeIDUnknown,
		&ua.QualifiedName{NamespaceIndex: 1, Name: "q"}, &ua.LocalizedText{EncodingMask: ua.LocalizedTextText | ua.LocalizedTextLocale, Locale: "en", Text: "t"}, &ua.LocalizedText{},
		ua.NewExtensionObject(&ua.AnonymousIdentityToken{PolicyID: "p"}), ua.NewExtensionObject(nil), diagnostics(1), ua.MustVariant(int32(4)),
		&ua.DataValue{EncodingMask: ua.DataValueValue | ua.DataValueStatusCode, Value: ua.MustVariant("inner"), Status: ua.StatusBadNodeIDUnknown},
		[]bool{true, false}, []int16{1, 2, 3}, []int32{}, []float64{1, 2}, []string{"a", "bc", ""}, []ua.StatusCode{ua.StatusBad, ua.StatusBadTimeout},
		[]*ua.NodeID{ua.NewTwoByteNodeID(1), ua.NewStringNodeID(1, "s")}, []*ua.Variant{ua.MustVariant(int32(1)), ua.MustVariant([]string{"x"})}, []time.Time{time.Unix(1, 0)},
		[]*ua.LocalizedText{{EncodingMask: ua.LocalizedTextText, Text: "t"}}, [][]int32{{1, 2}, {3, 4}, {5, 6}},
	} {
		variant, err := ua.NewVariant(v)
		require.NoError(tb, err, "%T", v)
		all = append(all, variant)
	}
	return all
}

// TestCodec lets gopcua encode every kind of response with every kind of value
// in front of the statuses, and looks for the statuses behind them.
func TestCodec(t *testing.T) {
	codes := []ua.StatusCode{ua.StatusOK, ua.StatusBadNodeIDUnknown, 0x808C0500, ua.StatusUncertainLastUsableValue}
	var want []core.Status
	for _, code := range codes {
		want = append(want, opcuastatus.Status(code))
	}
	header := responseHeader(ua.StatusOK)
	info := []*ua.DiagnosticInfo{diagnostics(2), {}}
	object := ua.NewExtensionObject(&ua.AnonymousIdentityToken{PolicyID: "p"})
	reference := &ua.ReferenceDescription{
		ReferenceTypeID: ua.NewFourByteNodeID(0, 47), NodeID: ua.NewExpandedNodeID(ua.NewStringNodeID(1, "s"), "urn:ns", 2), BrowseName: &ua.QualifiedName{Name: "n"},
		DisplayName: ua.NewLocalizedText("d"), TypeDefinition: ua.NewTwoByteExpandedNodeID(63),
	}
	read := &ua.ReadResponse{ResponseHeader: header, DiagnosticInfos: info}
	change := &ua.DataChangeNotification{DiagnosticInfos: info}
	var wantValues []core.Status
	for i, v := range everyValue(t) {
		code := codes[i%len(codes)]
		dv := &ua.DataValue{EncodingMask: ua.DataValueValue | ua.DataValueStatusCode | byte(i)&0x3C, Value: v, Status: code, SourceTimestamp: time.Unix(1, 0), ServerTimestamp: time.Unix(2, 0)}
		read.Results = append(read.Results, dv)
		change.MonitoredItems = append(change.MonitoredItems, &ua.MonitoredItemNotification{ClientHandle: uint32(i), Value: dv})
		wantValues = append(wantValues, opcuastatus.Status(code))
	}
	call := &ua.CallResponse{ResponseHeader: header, DiagnosticInfos: info}
	create := &ua.CreateMonitoredItemsResponse{ResponseHeader: header, DiagnosticInfos: info}
	modify := &ua.ModifyMonitoredItemsResponse{ResponseHeader: header, DiagnosticInfos: info}
	browse := &ua.BrowseResponse{ResponseHeader: header, DiagnosticInfos: info}
	paths := &ua.TranslateBrowsePathsToNodeIDsResponse{ResponseHeader: header, DiagnosticInfos: info}
	history := &ua.HistoryReadResponse{ResponseHeader: header, DiagnosticInfos: info}
	update := &ua.HistoryUpdateResponse{ResponseHeader: header, DiagnosticInfos: info}
	transfer := &ua.TransferSubscriptionsResponse{ResponseHeader: header, DiagnosticInfos: info}
	add := &ua.AddNodesResponse{ResponseHeader: header, DiagnosticInfos: info}
	for i, code := range codes {
		call.Results = append(call.Results, &ua.CallMethodResult{StatusCode: code, InputArgumentResults: []ua.StatusCode{ua.StatusBadNoData, 0}, InputArgumentDiagnosticInfos: info, OutputArguments: everyValue(t)[i*5 : i*5+5]})
		create.Results = append(create.Results, &ua.MonitoredItemCreateResult{StatusCode: code, MonitoredItemID: 1, FilterResult: object})
		modify.Results = append(modify.Results, &ua.MonitoredItemModifyResult{StatusCode: code, FilterResult: ua.NewExtensionObject(nil)})
		browse.Results = append(browse.Results, &ua.BrowseResult{StatusCode: code, ContinuationPoint: []byte{1}, References: []*ua.ReferenceDescription{reference, reference}})
		paths.Results = append(paths.Results, &ua.BrowsePathResult{StatusCode: code, Targets: []*ua.BrowsePathTarget{{TargetID: ua.NewStringExpandedNodeID(1, "s")}}})
		history.Results = append(history.Results, &ua.HistoryReadResult{StatusCode: code, ContinuationPoint: []byte{1, 2}, HistoryData: object})
		update.Results = append(update.Results, &ua.HistoryUpdateResult{StatusCode: code, OperationResults: codes, DiagnosticInfos: info})
		transfer.Results = append(transfer.Results, &ua.TransferResult{StatusCode: code, AvailableSequenceNumbers: []uint32{1, 2}})
		add.Results = append(add.Results, &ua.AddNodesResult{StatusCode: code, AddedNodeID: ua.NewStringNodeID(1, "s")})
	}
	notification := &ua.NotificationMessage{SequenceNumber: 1, NotificationData: []*ua.ExtensionObject{
		ua.NewExtensionObject(change), ua.NewExtensionObject(&ua.EventNotificationList{}), ua.NewExtensionObject(&ua.StatusChangeNotification{Status: ua.StatusBadTimeout, DiagnosticInfo: diagnostics(1)}),
	}}
	wantNotified := append(append([]core.Status(nil), wantValues...), opcuastatus.Status(ua.StatusBadTimeout))
	publish := &ua.PublishResponse{ResponseHeader: header, SubscriptionID: 1, AvailableSequenceNumbers: []uint32{1}, NotificationMessage: notification, Results: codes, DiagnosticInfos: info}

	assert.Equal(t, wantValues, opcuastatus.ReadStatuses(read, len(read.Results)))
	assert.Equal(t, wantNotified, opcuastatus.PublishStatuses(publish))

	one := []core.Status{opcuastatus.Status(ua.StatusOK)}
	for _, tt := range []struct {
		res  any
		want []core.Status
	}{
		{read, wantValues},
		{&ua.WriteResponse{ResponseHeader: header, Results: codes, DiagnosticInfos: info}, want},
		{&ua.DeleteNodesResponse{ResponseHeader: header, Results: codes}, want},
		{&ua.AddReferencesResponse{ResponseHeader: header, Results: codes}, want},
		{&ua.DeleteReferencesResponse{ResponseHeader: header, Results: codes}, want},
		{&ua.SetMonitoringModeResponse{ResponseHeader: header, Results: codes}, want},
		{&ua.DeleteMonitoredItemsResponse{ResponseHeader: header, Results: codes}, want},
		{&ua.SetPublishingModeResponse{ResponseHeader: header, Results: codes}, want},
		{&ua.DeleteSubscriptionsResponse{ResponseHeader: header, Results: codes}, want},
		{&ua.RegisterServer2Response{ResponseHeader: header, ConfigurationResults: codes}, want},
		{&ua.ActivateSessionResponse{ResponseHeader: header, ServerNonce: []byte{1, 2, 3}, Results: codes}, want},
		{&ua.SetTriggeringResponse{ResponseHeader: header, AddResults: codes[:1], AddDiagnosticInfos: info, RemoveResults: codes[1:]}, want},
		{call, want}, {create, want}, {modify, want}, {browse, want}, {paths, want}, {history, want}, {update, want}, {transfer, want}, {add, want},
		{&ua.BrowseNextResponse{ResponseHeader: header, Results: browse.Results}, want},
		{publish, wantNotified},
		{&ua.RepublishResponse{ResponseHeader: header, NotificationMessage: notification}, wantNotified},
		{&ua.PublishResponse{ResponseHeader: header, NotificationMessage: &ua.NotificationMessage{}}, one}, // keep-alive
		{&ua.CreateSubscriptionResponse{ResponseHeader: header}, one},
		{&ua.CloseSessionResponse{ResponseHeader: header}, one},
		{&ua.RegisterNodesResponse{ResponseHeader: header, RegisteredNodeIDs: []*ua.NodeID{ua.NewTwoByteNodeID(1)}}, one},
		{&ua.WriteResponse{ResponseHeader: responseHeader(ua.StatusGoodOverload)}, []core.Status{opcuastatus.Status(ua.StatusGoodOverload)}},
		{&ua.WriteResponse{ResponseHeader: responseHeader(ua.StatusBadNotConnected), Results: codes}, []core.Status{opcuastatus.ServiceStatus(ua.StatusBadNotConnected)}},
		{&ua.ServiceFault{ResponseHeader: responseHeader(ua.StatusBadTooManyOperations)}, []core.Status{opcuastatus.Status(ua.StatusBadTooManyOperations)}},
	} {
		frame := message(t, 3, tt.res)
		got, err := opcuastatus.AppendStatuses(nil, frame)
		if !assert.NoError(t, err, "%T", tt.res) {
			continue
		}
		assert.Equal(t, tt.want, got, "%T", tt.res)

		r, err := opcuastatus.ParseResponse(frame)
		require.NoError(t, err, "%T", tt.res)
		assert.EqualValues(t, ua.ServiceTypeID(tt.res), r.TypeID())
		assert.EqualValues(t, 3, r.RequestID())
		assert.EqualValues(t, 5, r.RequestHandle())
		var items []core.Status
		for i, s := range r.Items() {
			assert.Equal(t, len(items), i)
			items = append(items, s)
		}
		if len(items) > 0 {
			assert.Equal(t, got, items, "%T", tt.res)
		} else {
			assert.Equal(t, []core.Status{r.Status()}, got)
		}
		for range r.Items() {
			break // a loop may end early, in the middle of notifications too
		}

		// a message that ends early is an error or, behind the last status, the same
		for n := 24; n < len(frame); n++ {
			cut := append([]byte(nil), frame[:n]...)
			binary.LittleEndian.PutUint32(cut[4:], uint32(n))
			short, err := opcuastatus.AppendStatuses(nil, cut)
			if err == nil && len(items) > 0 {
				assert.Equal(t, got, short, "%T cut to %d of %d bytes", tt.res, n, len(frame))
			}
			if err != nil {
				assert.Empty(t, short)
				assert.Equal(t, core.PluginProtocolParseFailed, core.CodeOf(err), "%T cut to %d bytes: %v", tt.res, n, err)
			}
		}
	}
}
