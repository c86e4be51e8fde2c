package opcua_test

import (
	"testing"

	"github.com/gopcua/opcua/ua"
	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

// walkers are all functions that walk over the results of a response, each
// with a response of n results that are code.
var walkers = map[string]func(header *ua.ResponseHeader, code ua.StatusCode, n, want int) []core.Status{
	"read": func(h *ua.ResponseHeader, code ua.StatusCode, n, want int) []core.Status {
		return opcuastatus.ReadStatuses(&ua.ReadResponse{ResponseHeader: h, Results: times(n, &ua.DataValue{Status: code, Value: ua.MustVariant(true)})}, want)
	},
	"write": func(h *ua.ResponseHeader, code ua.StatusCode, n, want int) []core.Status {
		return opcuastatus.WriteStatuses(&ua.WriteResponse{ResponseHeader: h, Results: times(n, code)}, want)
	},
	"call": func(h *ua.ResponseHeader, code ua.StatusCode, n, want int) []core.Status {
		return opcuastatus.CallStatuses(&ua.CallResponse{ResponseHeader: h, Results: times(n, &ua.CallMethodResult{StatusCode: code})}, want)
	},
	"browse": func(h *ua.ResponseHeader, code ua.StatusCode, n, want int) []core.Status {
		return opcuastatus.BrowseStatuses(&ua.BrowseResponse{ResponseHeader: h, Results: times(n, &ua.BrowseResult{StatusCode: code})}, want)
	},
	"browse next": func(h *ua.ResponseHeader, code ua.StatusCode, n, want int) []core.Status {
		return opcuastatus.BrowseNextStatuses(&ua.BrowseNextResponse{ResponseHeader: h, Results: times(n, &ua.BrowseResult{StatusCode: code})}, want)
	},
	"browse paths": func(h *ua.ResponseHeader, code ua.StatusCode, n, want int) []core.Status {
		return opcuastatus.BrowsePathStatuses(&ua.TranslateBrowsePathsToNodeIDsResponse{ResponseHeader: h, Results: times(n, &ua.BrowsePathResult{StatusCode: code})}, want)
	},
	"history": func(h *ua.ResponseHeader, code ua.StatusCode, n, want int) []core.Status {
		return opcuastatus.HistoryReadStatuses(&ua.HistoryReadResponse{ResponseHeader: h, Results: times(n, &ua.HistoryReadResult{StatusCode: code})}, want)
	},
	"monitor": func(h *ua.ResponseHeader, code ua.StatusCode, n, want int) []core.Status {
		return opcuastatus.MonitorStatuses(&ua.CreateMonitoredItemsResponse{ResponseHeader: h, Results: times(n, &ua.MonitoredItemCreateResult{StatusCode: code})}, want)
	},
	"modify monitor": func(h *ua.ResponseHeader, code ua.StatusCode, n, want int) []core.Status {
		return opcuastatus.ModifyMonitorStatuses(&ua.ModifyMonitoredItemsResponse{ResponseHeader: h, Results: times(n, &ua.MonitoredItemModifyResult{StatusCode: code})}, want)
	},
	"unmonitor": func(h *ua.ResponseHeader, code ua.StatusCode, n, want int) []core.Status {
		return opcuastatus.UnmonitorStatuses(&ua.DeleteMonitoredItemsResponse{ResponseHeader: h, Results: times(n, code)}, want)
	},
	"monitoring mode": func(h *ua.ResponseHeader, code ua.StatusCode, n, want int) []core.Status {
		return opcuastatus.MonitoringModeStatuses(&ua.SetMonitoringModeResponse{ResponseHeader: h, Results: times(n, code)}, want)
	},
	"unsubscribe": func(h *ua.ResponseHeader, code ua.StatusCode, n, want int) []core.Status {
		return opcuastatus.UnsubscribeStatuses(&ua.DeleteSubscriptionsResponse{ResponseHeader: h, Results: times(n, code)}, want)
	},
	"transfer": func(h *ua.ResponseHeader, code ua.StatusCode, n, want int) []core.Status {
		return opcuastatus.TransferStatuses(&ua.TransferSubscriptionsResponse{ResponseHeader: h, Results: times(n, &ua.TransferResult{StatusCode: code})}, want)
	},
}

func times[T any](n int, v T) []T {
	var all []T
	for range n {
		all = append(all, v)
	}
	return all
}

func TestWalkers(t *testing.T) {
	for name, walk := range walkers {
		t.Run(name, func(t *testing.T) {
			good := responseHeader(ua.StatusOK)
			bad := opcuastatus.Status(ua.StatusBadNodeIDUnknown)
			unclear := opcuastatus.Status(ua.StatusBadUnknownResponse)
			lost := opcuastatus.ServiceStatus(ua.StatusBadNotConnected)
			assert.Equal(t, times(3, bad), walk(good, ua.StatusBadNodeIDUnknown, 3, 3))
			assert.Equal(t, times(3, bad), walk(good, ua.StatusBadNodeIDUnknown, 3, -1))
			assert.Equal(t, times(3, bad), walk(nil, ua.StatusBadNodeIDUnknown, 3, 3), "a response without a header")
			assert.Equal(t, times(2, bad), walk(responseHeader(ua.StatusGoodOverload), ua.StatusBadNodeIDUnknown, 2, 2), "a good service result does not matter")
			assert.Equal(t, times(4, unclear), walk(good, ua.StatusOK, 3, 4))
			assert.Equal(t, times(2, unclear), walk(good, ua.StatusOK, 3, 2))
			assert.Equal(t, times(1, unclear), walk(good, ua.StatusOK, 0, 1))
			assert.Empty(t, walk(good, ua.StatusOK, 0, 0))
			assert.Empty(t, walk(good, ua.StatusOK, 3, 0), "nothing was asked for")
			assert.Equal(t, times(3, lost), walk(responseHeader(ua.StatusBadNotConnected), ua.StatusOK, 0, 3))
			assert.Equal(t, times(3, lost), walk(responseHeader(ua.StatusBadNotConnected), ua.StatusOK, 3, 3))
			assert.Equal(t, times(1, lost), walk(responseHeader(ua.StatusBadNotConnected), ua.StatusOK, 0, -1))
		})
	}
}

// TestWalkersNil: what is not there was not heard, and nothing panics.
func TestWalkersNil(t *testing.T) {
	nothing := make([]core.Status, 2)
	for name, got := range map[string][]core.Status{
		"read": opcuastatus.ReadStatuses(nil, 2), "write": opcuastatus.WriteStatuses(nil, 2), "call": opcuastatus.CallStatuses(nil, 2),
		"browse": opcuastatus.BrowseStatuses(nil, 2), "browse next": opcuastatus.BrowseNextStatuses(nil, 2), "paths": opcuastatus.BrowsePathStatuses(nil, 2),
		"history": opcuastatus.HistoryReadStatuses(nil, 2), "monitor": opcuastatus.MonitorStatuses(nil, 2), "modify": opcuastatus.ModifyMonitorStatuses(nil, 2),
		"unmonitor": opcuastatus.UnmonitorStatuses(nil, 2), "mode": opcuastatus.MonitoringModeStatuses(nil, 2), "unsubscribe": opcuastatus.UnsubscribeStatuses(nil, 2),
		"transfer":         opcuastatus.TransferStatuses(nil, 2),
		"nil values":       opcuastatus.ReadStatuses(&ua.ReadResponse{Results: make([]*ua.DataValue, 2)}, 2),
		"nil results":      opcuastatus.CallStatuses(&ua.CallResponse{Results: make([]*ua.CallMethodResult, 2)}, 2),
		"nil references":   opcuastatus.BrowseStatuses(&ua.BrowseResponse{Results: make([]*ua.BrowseResult, 2)}, 2),
		"nil items":        opcuastatus.MonitorStatuses(&ua.CreateMonitoredItemsResponse{Results: make([]*ua.MonitoredItemCreateResult, 2)}, 2),
		"nil notification": opcuastatus.NotificationStatuses(&ua.DataChangeNotification{MonitoredItems: make([]*ua.MonitoredItemNotification, 2)}),
		"empty items":      opcuastatus.NotificationStatuses(&ua.DataChangeNotification{MonitoredItems: times(2, &ua.MonitoredItemNotification{})}),
	} {
		assert.Equal(t, nothing, got, name)
	}
	assert.Len(t, opcuastatus.ReadStatuses(nil, -1), 1)
	assert.Empty(t, opcuastatus.ReadStatuses(nil, 0))
	assert.Equal(t, []core.Status{{}}, opcuastatus.PublishStatuses(nil))
	assert.Empty(t, opcuastatus.PublishStatuses(&ua.PublishResponse{}))
	assert.Empty(t, opcuastatus.PublishStatuses(&ua.PublishResponse{NotificationMessage: &ua.NotificationMessage{NotificationData: []*ua.ExtensionObject{nil, {}}}}))
	assert.Equal(t, []core.Status{opcuastatus.ServiceStatus(ua.StatusBadNoSubscription)}, opcuastatus.PublishStatuses(&ua.PublishResponse{ResponseHeader: responseHeader(ua.StatusBadNoSubscription)}))
	assert.Equal(t, core.Status{}, opcuastatus.CallStatus(nil))
	for _, v := range []any{nil, 5, (*ua.DataChangeNotification)(nil), (*ua.StatusChangeNotification)(nil), &ua.EventNotificationList{}} {
		assert.Empty(t, opcuastatus.NotificationStatuses(v))
	}
	assert.Equal(t, []core.Status{opcuastatus.Status(ua.StatusGoodSubscriptionTransferred)}, opcuastatus.NotificationStatuses(&ua.StatusChangeNotification{Status: ua.StatusGoodSubscriptionTransferred}))
}
