package opcua

import (
	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
)

// ReadStatuses returns the outcomes of a read: one status for each of the want
// nodes of the request, in their order, made by [ValueStatus]. An item that
// fails never shows in the error of a call, so that this is the place to see it:
//
//	res, err := client.Read(ctx, req)
//	if err := opcuastatus.Translate(core.Read, err); err != nil {
//		return err // the request failed as a whole
//	}
//	for i, s := range opcuastatus.ReadStatuses(res, len(req.NodesToRead)) {
//		errs[i] = s.Err(core.Read)
//	}
//
// When the results cannot be matched with the request, all statuses are the
// same, which holds for all functions of this kind:
//
//   - more or fewer results than were asked for: BadUnknownResponse (3009),
//     since it is not known which of them answers which item;
//   - a Bad service result: that service result;
//   - res is nil: the zero Status, nothing was heard.
//
// A negative want stands for as many results as there are.
func ReadStatuses(res *ua.ReadResponse, want int) []core.Status {
	if res == nil {
		return nothingHeard(want)
	}
	return walk(res.ResponseHeader, res.Results, want, ValueStatus)
}

// WriteStatuses returns the outcomes of a write.
func WriteStatuses(res *ua.WriteResponse, want int) []core.Status {
	if res == nil {
		return nothingHeard(want)
	}
	return walk(res.ResponseHeader, res.Results, want, Status)
}

// CallStatuses returns the outcomes of method calls.
func CallStatuses(res *ua.CallResponse, want int) []core.Status {
	if res == nil {
		return nothingHeard(want)
	}
	return walk(res.ResponseHeader, res.Results, want, CallStatus)
}

// CallStatus returns the outcome of one method call, which is what gopcua's
// Client.Call returns. The results of its arguments are a detail of it.
func CallStatus(res *ua.CallMethodResult) core.Status {
	if res == nil {
		return core.Status{}
	}
	return Status(res.StatusCode)
}

// BrowseStatuses returns the outcomes of a browse.
func BrowseStatuses(res *ua.BrowseResponse, want int) []core.Status {
	if res == nil {
		return nothingHeard(want)
	}
	return walk(res.ResponseHeader, res.Results, want, each(func(r *ua.BrowseResult) ua.StatusCode { return r.StatusCode }))
}

// BrowseNextStatuses returns the outcomes of a browse that is continued.
func BrowseNextStatuses(res *ua.BrowseNextResponse, want int) []core.Status {
	if res == nil {
		return nothingHeard(want)
	}
	return walk(res.ResponseHeader, res.Results, want, each(func(r *ua.BrowseResult) ua.StatusCode { return r.StatusCode }))
}

// BrowsePathStatuses returns the outcomes of the translation of browse paths.
func BrowsePathStatuses(res *ua.TranslateBrowsePathsToNodeIDsResponse, want int) []core.Status {
	if res == nil {
		return nothingHeard(want)
	}
	return walk(res.ResponseHeader, res.Results, want, each(func(r *ua.BrowsePathResult) ua.StatusCode { return r.StatusCode }))
}

// HistoryReadStatuses returns the outcomes of a read from history.
func HistoryReadStatuses(res *ua.HistoryReadResponse, want int) []core.Status {
	if res == nil {
		return nothingHeard(want)
	}
	return walk(res.ResponseHeader, res.Results, want, each(func(r *ua.HistoryReadResult) ua.StatusCode { return r.StatusCode }))
}

// MonitorStatuses returns the outcomes of creating monitored items. gopcua's
// Subscription.Monitor returns this response.
func MonitorStatuses(res *ua.CreateMonitoredItemsResponse, want int) []core.Status {
	if res == nil {
		return nothingHeard(want)
	}
	return walk(res.ResponseHeader, res.Results, want, each(func(r *ua.MonitoredItemCreateResult) ua.StatusCode { return r.StatusCode }))
}

// ModifyMonitorStatuses returns the outcomes of changing monitored items.
func ModifyMonitorStatuses(res *ua.ModifyMonitoredItemsResponse, want int) []core.Status {
	if res == nil {
		return nothingHeard(want)
	}
	return walk(res.ResponseHeader, res.Results, want, each(func(r *ua.MonitoredItemModifyResult) ua.StatusCode { return r.StatusCode }))
}

// UnmonitorStatuses returns the outcomes of deleting monitored items.
func UnmonitorStatuses(res *ua.DeleteMonitoredItemsResponse, want int) []core.Status {
	if res == nil {
		return nothingHeard(want)
	}
	return walk(res.ResponseHeader, res.Results, want, Status)
}

// MonitoringModeStatuses returns the outcomes of setting the monitoring mode.
func MonitoringModeStatuses(res *ua.SetMonitoringModeResponse, want int) []core.Status {
	if res == nil {
		return nothingHeard(want)
	}
	return walk(res.ResponseHeader, res.Results, want, Status)
}

// UnsubscribeStatuses returns the outcomes of deleting subscriptions.
func UnsubscribeStatuses(res *ua.DeleteSubscriptionsResponse, want int) []core.Status {
	if res == nil {
		return nothingHeard(want)
	}
	return walk(res.ResponseHeader, res.Results, want, Status)
}

// TransferStatuses returns the outcomes of taking subscriptions over from
// another session.
func TransferStatuses(res *ua.TransferSubscriptionsResponse, want int) []core.Status {
	if res == nil {
		return nothingHeard(want)
	}
	return walk(res.ResponseHeader, res.Results, want, each(func(r *ua.TransferResult) ua.StatusCode { return r.StatusCode }))
}

// PublishStatuses returns the outcomes of all notifications in a publish
// response, in their order, see [NotificationStatuses]. A keep-alive has none.
// When the service result is Bad it is the only one. The Results of the
// response answer the acknowledgements of an earlier request and say nothing
// about values.
func PublishStatuses(res *ua.PublishResponse) []core.Status {
	if res == nil {
		return []core.Status{{}}
	}
	if s, bad := serviceFailure(res.ResponseHeader); bad {
		return []core.Status{s}
	}
	if res.NotificationMessage == nil {
		return nil
	}
	var all []core.Status
	for _, data := range res.NotificationMessage.NotificationData {
		if data != nil {
			all = append(all, NotificationStatuses(data.Value)...)
		}
	}
	return all
}

// NotificationStatuses returns the outcomes in one notification, which is the
// Value of gopcua's PublishNotificationData: one for each changed value of a
// *ua.DataChangeNotification, and that of a *ua.StatusChangeNotification.
// Events, and anything else, have none.
//
// A status change ends its subscription, whatever its status is, a success
// included: the driver has to create the subscription anew.
func NotificationStatuses(notification any) []core.Status {
	switch n := notification.(type) {
	case *ua.DataChangeNotification:
		if n == nil {
			return nil
		}
		all := make([]core.Status, len(n.MonitoredItems))
		for i, item := range n.MonitoredItems {
			if item != nil {
				all[i] = ValueStatus(item.Value)
			}
		}
		return all
	case *ua.StatusChangeNotification:
		if n == nil {
			return nil
		}
		return []core.Status{Status(n.Status)}
	}
	return nil
}

// walk is what the functions above have in common.
func walk[R any](header *ua.ResponseHeader, results []R, want int, status func(R) core.Status) []core.Status {
	s, bad := serviceFailure(header)
	if want < 0 {
		want = len(results)
		if bad {
			want = 1
		}
	}
	all := make([]core.Status, want)
	switch {
	case bad:
		fill(all, s)
	case len(results) != want:
		fill(all, Status(badUnknownResponse))
	default:
		for i, r := range results {
			all[i] = status(r)
		}
	}
	return all
}

// each makes a status of a result structure. gopcua decodes none to nil, but a
// driver's own test may hand one over.
func each[R any](code func(*R) ua.StatusCode) func(*R) core.Status {
	return func(r *R) core.Status {
		if r == nil {
			return core.Status{}
		}
		return Status(code(r))
	}
}

// serviceFailure returns the service result of a response when it is Bad.
func serviceFailure(header *ua.ResponseHeader) (core.Status, bool) {
	if header == nil || !isBad(header.ServiceResult) {
		return core.Status{}, false
	}
	return ServiceStatus(header.ServiceResult), true
}

// nothingHeard returns zero statuses.
func nothingHeard(want int) []core.Status {
	if want < 0 {
		want = 1
	}
	return make([]core.Status, want)
}

func fill(all []core.Status, s core.Status) {
	for i := range all {
		all[i] = s
	}
}
