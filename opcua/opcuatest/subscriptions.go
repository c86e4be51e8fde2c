package opcuatest

import (
	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/server"
	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uasc"
)

// registerSubscriptions stands in front of the server's own services.
//
// It makes the server ask those that it made when it was started last. By itself
// it would go on asking those of its first start, and notify through the others.
//
// And it keeps away from them what they would break down over, with the whole
// process: requests without a session, and monitored items that do not exist.
func (b *backend) registerSubscriptions() {
	s := b.server
	for typeID, handler := range map[uint16]server.Handler{
		id.CreateSubscriptionRequest_Encoding_DefaultBinary: func(c *uasc.SecureChannel, q ua.Request, n uint32) (ua.Response, error) {
			return s.SubscriptionService.CreateSubscription(c, q, n)
		},
		id.PublishRequest_Encoding_DefaultBinary: func(c *uasc.SecureChannel, q ua.Request, n uint32) (ua.Response, error) {
			return s.SubscriptionService.Publish(c, q, n)
		},
		id.DeleteSubscriptionsRequest_Encoding_DefaultBinary: func(c *uasc.SecureChannel, q ua.Request, n uint32) (ua.Response, error) {
			return s.SubscriptionService.DeleteSubscriptions(c, q, n)
		},
		id.CreateMonitoredItemsRequest_Encoding_DefaultBinary: func(c *uasc.SecureChannel, q ua.Request, n uint32) (ua.Response, error) {
			return s.MonitoredItemService.CreateMonitoredItems(c, q, n)
		},
		id.SetMonitoringModeRequest_Encoding_DefaultBinary:    b.setMonitoringMode,
		id.DeleteMonitoredItemsRequest_Encoding_DefaultBinary: b.deleteMonitoredItems,
	} {
		s.RegisterHandler(typeID, func(c *uasc.SecureChannel, q ua.Request, n uint32) (ua.Response, error) {
			if s.Session(q.Header()) == nil {
				return nil, ua.StatusBadSessionIDInvalid
			}
			return handler(c, q, n)
		})
	}
}

func (b *backend) setMonitoringMode(c *uasc.SecureChannel, q ua.Request, n uint32) (ua.Response, error) {
	known, codes := *q.(*ua.SetMonitoringModeRequest), []ua.StatusCode(nil)
	known.MonitoredItemIDs, codes = b.knownItems(known.MonitoredItemIDs)
	res, err := b.server.MonitoredItemService.SetMonitoringMode(c, &known, n)
	if r, ok := res.(*ua.SetMonitoringModeResponse); ok {
		r.Results = merge(r.Results, codes, itself)
	}
	return res, err
}

func (b *backend) deleteMonitoredItems(c *uasc.SecureChannel, q ua.Request, n uint32) (ua.Response, error) {
	known, codes := *q.(*ua.DeleteMonitoredItemsRequest), []ua.StatusCode(nil)
	known.MonitoredItemIDs, codes = b.knownItems(known.MonitoredItemIDs)
	res, err := b.server.MonitoredItemService.DeleteMonitoredItems(c, &known, n)
	if r, ok := res.(*ua.DeleteMonitoredItemsResponse); ok {
		r.Results = merge(r.Results, codes, itself)
	}
	return res, err
}

// knownItems returns the monitored items of a list that exist, and the codes of
// those that do not.
func (b *backend) knownItems(ids []uint32) (known []uint32, codes []ua.StatusCode) {
	s := b.server.MonitoredItemService
	s.Mu.Lock()
	defer s.Mu.Unlock()
	codes = make([]ua.StatusCode, len(ids))
	for i, id := range ids {
		if s.Items[id] == nil {
			codes[i] = ua.StatusBadMonitoredItemIDInvalid
		}
	}
	return good(ids, codes), codes
}
