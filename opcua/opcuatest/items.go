package opcuatest

import (
	"time"

	"github.com/gopcua/opcua/ua"
)

// An item is one operation of a request.
type item struct {
	node      *ua.NodeID
	attribute ua.AttributeID
}

// itemsOf returns the operations of a request, nil for those that have none.
func itemsOf(request any) (items []item) {
	switch q := request.(type) {
	case *ua.ReadRequest:
		for _, n := range q.NodesToRead {
			items = append(items, item{n.NodeID, n.AttributeID})
		}
	case *ua.WriteRequest:
		for _, n := range q.NodesToWrite {
			items = append(items, item{n.NodeID, n.AttributeID})
		}
	case *ua.CreateMonitoredItemsRequest:
		for _, n := range q.ItemsToCreate {
			items = append(items, item{n.ItemToMonitor.NodeID, n.ItemToMonitor.AttributeID})
		}
	case *ua.BrowseRequest:
		for _, n := range q.NodesToBrowse {
			items = append(items, item{n.NodeID, ua.AttributeIDValue})
		}
	case *ua.CallRequest:
		for _, n := range q.MethodsToCall {
			items = append(items, item{n.MethodID, ua.AttributeIDValue})
		}
	}
	return items
}

// codesOf says how each item fails, 0 for those that the server answers. It has
// no method, and breaks down over namespaces that it does not have. natives is
// empty for what clients ask by themselves.
func codesOf(request any, natives []error) []ua.StatusCode {
	_, call := request.(*ua.CallRequest)
	items := itemsOf(request)
	codes := make([]ua.StatusCode, len(items))
	for i, it := range items {
		if i < len(natives) {
			codes[i], _ = natives[i].(ua.StatusCode)
		}
		switch {
		case codes[i] != 0:
		case call:
			codes[i] = ua.StatusBadMethodInvalid
		case it.node.Namespace() > namespaces:
			codes[i] = ua.StatusBadNodeIDUnknown
		}
	}
	return codes
}

// withoutFailing returns the request without the items that fail, and whether
// there is anything left to ask.
func withoutFailing(request any, codes []ua.StatusCode) (rest any, some bool) {
	failing := 0
	for _, code := range codes {
		if code != 0 {
			failing++
		}
	}
	if failing == 0 {
		return request, true
	}
	switch q := request.(type) {
	case *ua.ReadRequest:
		c := *q
		c.NodesToRead, rest = good(q.NodesToRead, codes), &c
	case *ua.WriteRequest:
		c := *q
		c.NodesToWrite, rest = good(q.NodesToWrite, codes), &c
	case *ua.CreateMonitoredItemsRequest:
		c := *q
		c.ItemsToCreate, rest = good(q.ItemsToCreate, codes), &c
	case *ua.BrowseRequest:
		c := *q
		c.NodesToBrowse, rest = good(q.NodesToBrowse, codes), &c
	default:
		rest = request
	}
	return rest, failing < len(codes)
}

func good[T any](items []T, codes []ua.StatusCode) (rest []T) {
	for i, item := range items {
		if codes[i] == 0 {
			rest = append(rest, item)
		}
	}
	return rest
}

// withFailing puts the results of the items that fail between those of the
// server, which is nil when it was not asked. A server that refused the request
// as a whole has the last word.
func withFailing(response, request any, codes []ua.StatusCode) any {
	h := responseHeader(request, ua.StatusOK)
	switch request.(type) {
	case *ua.ReadRequest:
		if response == nil {
			response = &ua.ReadResponse{ResponseHeader: h}
		}
		if r, ok := response.(*ua.ReadResponse); ok {
			r.Results = merge(r.Results, codes, failed)
		}
	case *ua.WriteRequest:
		if response == nil {
			response = &ua.WriteResponse{ResponseHeader: h}
		}
		if r, ok := response.(*ua.WriteResponse); ok {
			r.Results = merge(r.Results, codes, itself)
		}
	case *ua.CreateMonitoredItemsRequest:
		if response == nil {
			response = &ua.CreateMonitoredItemsResponse{ResponseHeader: h}
		}
		if r, ok := response.(*ua.CreateMonitoredItemsResponse); ok {
			r.Results = merge(r.Results, codes, func(code ua.StatusCode) *ua.MonitoredItemCreateResult {
				return &ua.MonitoredItemCreateResult{StatusCode: code, FilterResult: ua.NewExtensionObject(nil)}
			})
		}
	case *ua.BrowseRequest:
		if response == nil {
			response = &ua.BrowseResponse{ResponseHeader: h}
		}
		if r, ok := response.(*ua.BrowseResponse); ok {
			r.Results = merge(r.Results, codes, func(code ua.StatusCode) *ua.BrowseResult { return &ua.BrowseResult{StatusCode: code} })
		}
	case *ua.CallRequest:
		return &ua.CallResponse{ResponseHeader: h, Results: merge(nil, codes, func(code ua.StatusCode) *ua.CallMethodResult {
			return &ua.CallMethodResult{StatusCode: code}
		})}
	}
	return response
}

func merge[T any](results []T, codes []ua.StatusCode, fail func(ua.StatusCode) T) (all []T) {
	for _, code := range codes {
		switch {
		case code != 0:
			all = append(all, fail(code))
		case len(results) > 0:
			all, results = append(all, results[0]), results[1:]
		}
	}
	return all
}

func itself(code ua.StatusCode) ua.StatusCode { return code }

// responseHeader answers the header of a request.
func responseHeader(request any, code ua.StatusCode) *ua.ResponseHeader {
	h := &ua.ResponseHeader{
		Timestamp: time.Now(), ServiceResult: code,
		ServiceDiagnostics: &ua.DiagnosticInfo{}, StringTable: []string{}, AdditionalHeader: ua.NewExtensionObject(nil),
	}
	if q, ok := request.(ua.Request); ok && q.Header() != nil {
		h.RequestHandle = q.Header().RequestHandle
	}
	return h
}
