package opcua

import (
	"math"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

const (
	idReadRequest = 631

	attributeValue = 13 // OPC 10000-6 A.1
)

// responseTo returns the type of the response to a type of request, and false
// for numbers that are no request.
func responseTo(id uint32) (uint32, bool) {
	switch id {
	case 12208, 12211: // FindServersOnNetwork, RegisterServer2: added later, next to their responses
		return id + 1, true
	case 12209, 12206, idServiceFault - 3:
		return 0, false
	}
	_, ok := resultsOf(id + 3)
	return id + 3, ok
}

func isRequest(id uint32) bool {
	_, ok := responseTo(id)
	return ok
}

// opOf returns what a request attempts.
func opOf(id uint32) core.Op {
	switch id {
	case 446, 461, 467, 428, 422, 12208: // OpenSecureChannel, CreateSession, ActivateSession, GetEndpoints, FindServers, FindServersOnNetwork
		return core.Connect
	case idReadRequest, idHistoryReadResponse - 3, idBrowse - 3, idBrowseNext - 3, idBrowsePaths - 3,
		idCreateMonitoredItems - 3, idPublishResponse - 3, 832: // Republish
		return core.Read
	case 673, idHistoryUpdate - 3, idCallResponse - 3, idAddNodes - 3, 494, 500, 506: // Write, AddReferences, DeleteNodes, DeleteReferences
		return core.Write
	}
	return core.Other
}

// A request is what a response has to be compared with.
type request struct {
	id       uint64 // pairs it with its response
	typeID   uint32
	op       core.Op
	nullable bool  // attributes that may be null are asked for
	items    int32 // number of results that it asks for
}

// anyNumber of results, since it is not known how many were asked for.
const anyNumber = math.MaxInt32

// parseRequest reads as much of a request as its first chunk holds. What is
// not understood may be a service that is not known here, or the end of a
// request whose beginning was missed: its type is 0. It returns false when the
// payload is a response.
func parseRequest(payload []byte) (request, bool) {
	r := wire.NewReader(payload)
	q := request{items: anyNumber}
	id := readNodeID(&r)
	if r.Failed() || !isRequest(id) {
		_, response := resultsOf(id)
		return q, !response
	}
	q.typeID = id
	q.op = opOf(q.typeID)
	skipRequestHeader(&r)
	skipToItems(&r, q.typeID)
	if !hasItems(q.typeID) {
		return q, true
	}
	n := int32(r.Uint32LE())
	if r.Failed() {
		return q, true
	}
	q.items = max(n, 0)
	if q.typeID == idReadRequest {
		q.nullable = readsAttributes(&r, q.items)
	}
	return q, true
}

func skipRequestHeader(r *wire.Reader) {
	skipNodeID(r)     // authentication token
	r.Skip(8 + 4 + 4) // timestamp, handle, wanted diagnostics
	skipString(r)     // audit entry
	r.Skip(4)         // timeout
	skipExtensionObject(r)
}

// hasItems reports whether a request has an array of operations, each of which
// gets a result of its own.
func hasItems(id uint32) bool {
	response, _ := responseTo(id)
	switch layout, _ := resultsOf(response); layout {
	case codeResults, valueResults, structResults:
		return response != 12212 // the results of RegisterServer2 are about its configuration
	}
	return false
}

// skipToItems passes over the parameters in front of the operations.
func skipToItems(r *wire.Reader, id uint32) {
	switch id {
	case idReadRequest:
		r.Skip(8 + 4) // max age, timestamps
	case idBrowse - 3:
		skipNodeID(r) // view
		r.Skip(8 + 4 + 4)
	case idBrowseNext - 3:
		r.Skip(1) // release the continuation points
	case idHistoryReadResponse - 3:
		skipExtensionObject(r)
		r.Skip(4 + 1)
	case idCreateMonitoredItems - 3, idModifyMonitoredItems - 3:
		r.Skip(4 + 4) // subscription, timestamps
	case 769: // SetMonitoringMode
		r.Skip(4 + 4)
	case 781: // DeleteMonitoredItems
		r.Skip(4)
	case 799: // SetPublishingMode
		r.Skip(1)
	}
}

// readsAttributes reports whether a read asks for other attributes than values,
// or may do so because not all of it can be seen.
func readsAttributes(r *wire.Reader, items int32) bool {
	for ; items > 0 && !r.Failed(); items-- {
		skipNodeID(r)
		if r.Uint32LE() != attributeValue {
			return true
		}
		skipString(r) // index range
		skipQualifiedName(r)
	}
	return r.Failed()
}
