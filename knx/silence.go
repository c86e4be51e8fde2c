package knx

// Silence tells what it means when a request is answered by nothing more: the
// event that the driver reports once its time is up. It depends on how far the
// request came. A device descriptor read on a transport connection that the bus
// took, and that nobody acknowledged, is a failed presence check (10200); after
// the device has acknowledged anything it is a device that became silent (3015).
//
//	c.Sent(frame)
//	id := c.Exchange().ID
//	... the time is up ...
//	if event, ok := c.Silence(id); ok {
//		return event.Status().Err(op)
//	}
//
// It is not ok when nothing is awaited: the request was answered, refused,
// needs no answer, or was followed by so many others that it is forgotten.
func (c *Conversation) Silence(id uint64) (event Event, ok bool) {
	e := c.find(func(e *exchange) bool { return e.id == id })
	if e == nil || e.await == 0 {
		return 0, false
	}
	switch e.service {
	case searchRequest, searchRequestExt:
		return SearchTimeout, true
	case descriptionRequest:
		return DescriptionTimeout, true
	case connectRequest, sessionRequest, sessionAuthenticate:
		return ConnectTimeout, true
	case connectionStateRequest:
		return HeartbeatFailed, true
	case disconnectRequest:
		return DisconnectTimeout, true
	}
	switch {
	case e.await&awaitAck != 0 && e.service == configurationRequest:
		return ConfigAckTimeout, true
	case e.await&awaitAck != 0:
		return TunnelAckTimeout, true
	case e.await&awaitConfirm != 0:
		return ConfirmTimeout, true
	case e.await&awaitTransport != 0:
		if e.application == deviceDescriptorRead && !c.isPresent(e.destination) {
			return PresenceCheckTimeout, true
		}
		return TransportAckTimeout, true
	case e.group && e.hasAPCI && e.application == groupValueRead:
		return GroupReadTimeout, true
	}
	return ResponseTimeout, true
}

// isPresent reports whether a device has acknowledged or answered anything.
func (c *Conversation) isPresent(device uint16) bool {
	return c.find(func(e *exchange) bool { return e.heard && !e.group && e.destination == device }) != nil
}
