package opcua

import (
	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// A layout is where the statuses stand behind a response header.
type layout uint8

const (
	noResults      layout = iota // nowhere
	codeResults                  // an array of StatusCodes
	nonceResults                 // a nonce and an array of StatusCodes
	valueResults                 // an array of DataValues
	structResults                // an array of structures whose first field is a StatusCode
	triggerResults               // two arrays of StatusCodes
	notifications                // in the notifications of a PublishResponse
	republished                  // in the notifications of a RepublishResponse
)

// Numbers of the binary encodings of the responses (OPC 10000-6 A.3) that are
// named in the code. Nearly all requests have the number of their response less 3.
const (
	idServiceFault         = 397
	idReadResponse         = 634
	idHistoryReadResponse  = 667
	idHistoryUpdate        = 703
	idCallResponse         = 715
	idCreateMonitoredItems = 754
	idModifyMonitoredItems = 766
	idTransfer             = 844
	idAddNodes             = 491
	idBrowse               = 530
	idBrowseNext           = 536
	idBrowsePaths          = 557
	idPublishResponse      = 829

	idDataChange   = 811
	idStatusChange = 820
)

// resultsOf returns the layout of a response, and false for numbers that are
// no response.
func resultsOf(id uint32) (layout, bool) {
	switch id {
	case idServiceFault, 425, 431, 440, 449, 455, 464, 476, 482, // FindServers, GetEndpoints, RegisterServer, OpenSecureChannel, CloseSecureChannel, CreateSession, CloseSession, Cancel
		563, 569, 618, 624, 790, 796, 12209: // RegisterNodes, UnregisterNodes, QueryFirst, QueryNext, CreateSubscription, ModifySubscription, FindServersOnNetwork
		return noResults, true
	case idReadResponse:
		return valueResults, true
	case 676, 497, 503, 509, 772, 784, 802, 850, 12212: // Write, AddReferences, DeleteNodes, DeleteReferences, SetMonitoringMode, DeleteMonitoredItems, SetPublishingMode, DeleteSubscriptions, RegisterServer2
		return codeResults, true
	case 470: // ActivateSession
		return nonceResults, true
	case idCallResponse, idCreateMonitoredItems, idModifyMonitoredItems, idTransfer, idBrowse, idBrowseNext, idBrowsePaths,
		idHistoryReadResponse, idHistoryUpdate, idAddNodes:
		return structResults, true
	case 778: // SetTriggering
		return triggerResults, true
	case idPublishResponse:
		return notifications, true
	case 835: // Republish
		return republished, true
	}
	return noResults, false
}

// walk calls emit with the outcome of each item until it returns false. The
// reader that it returns has failed when the results cannot be read.
func (r *Response) walk(emit func(core.Status) bool) wire.Reader {
	w := wire.NewReader(r.results)
	if isBad(r.code) || r.typeID == 0 {
		return w
	}
	layout, _ := resultsOf(r.typeID)
	switch layout {
	case codeResults:
		walkCodes(&w, emit)
	case nonceResults:
		skipString(&w)
		walkCodes(&w, emit)
	case valueResults:
		for n := count(&w, 1); n > 0; n-- {
			code, empty := readDataValue(&w, 0)
			if w.Failed() || !emit(r.value(code, empty)) {
				break
			}
		}
	case structResults:
		for n := count(&w, 4); n > 0; n-- {
			code := ua.StatusCode(w.Uint32LE())
			skipResult(&w, r.typeID)
			if w.Failed() || !emit(Status(code)) {
				break
			}
		}
	case triggerResults:
		if walkCodes(&w, emit) {
			skipDiagnosticInfos(&w)
			walkCodes(&w, emit)
		}
	case notifications:
		w.Skip(4) // subscription id
		skipUint32s(&w)
		w.Skip(1) // more notifications
		r.walkNotifications(&w, emit)
	case republished:
		r.walkNotifications(&w, emit)
	}
	return w
}

// value is the outcome of a DataValue. A null that the request may have asked
// for is a value.
func (r *Response) value(code ua.StatusCode, empty bool) core.Status {
	if empty && !r.nullable && !isBad(code) {
		return core.NewStatus(&outcomes[outcomeEmptyValue], int64(code))
	}
	return Status(code)
}

func walkCodes(w *wire.Reader, emit func(core.Status) bool) bool {
	for n := count(w, 4); n > 0; n-- {
		if !emit(Status(ua.StatusCode(w.Uint32LE()))) {
			return false
		}
	}
	return !w.Failed()
}

// skipResult passes over what follows the StatusCode in one result structure.
func skipResult(w *wire.Reader, typeID uint32) {
	switch typeID {
	case idCallResponse:
		skipUint32s(w) // results of the arguments: a detail of this result
		skipDiagnosticInfos(w)
		for n := count(w, 1); n > 0 && !w.Failed(); n-- {
			skipVariant(w, 0)
		}
	case idCreateMonitoredItems:
		w.Skip(4 + 8 + 4) // item id, sampling interval, queue size
		skipExtensionObject(w)
	case idModifyMonitoredItems:
		w.Skip(8 + 4)
		skipExtensionObject(w)
	case idTransfer:
		skipUint32s(w)
	case idBrowse, idBrowseNext:
		skipString(w) // continuation point
		for n := count(w, 1); n > 0 && !w.Failed(); n-- {
			skipReference(w)
		}
	case idBrowsePaths:
		for n := count(w, 1); n > 0 && !w.Failed(); n-- {
			skipNodeID(w)
			w.Skip(4)
		}
	case idHistoryReadResponse:
		skipString(w) // continuation point
		skipExtensionObject(w)
	case idHistoryUpdate:
		skipUint32s(w) // results of the single values
		skipDiagnosticInfos(w)
	case idAddNodes:
		skipNodeID(w)
	}
}

func skipReference(w *wire.Reader) {
	skipNodeID(w) // type of the reference
	w.Skip(1)     // direction
	skipNodeID(w)
	skipQualifiedName(w)
	skipLocalizedText(w)
	w.Skip(4) // node class
	skipNodeID(w)
}

// walkNotifications walks a NotificationMessage: the values of its data
// changes, and its status changes, each of which ends the subscription.
func (r *Response) walkNotifications(w *wire.Reader, emit func(core.Status) bool) {
	w.Skip(4 + 8) // sequence number, publish time
	for n := count(w, 1); n > 0 && !w.Failed(); n-- {
		id, body := readExtensionObject(w)
		switch id {
		case idDataChange:
			for m := count(&body, 5); m > 0; m-- {
				body.Skip(4) // handle of the client
				code, empty := readDataValue(&body, 0)
				if body.Failed() {
					break
				}
				if !emit(r.value(code, empty)) {
					return
				}
			}
		case idStatusChange:
			code := ua.StatusCode(body.Uint32LE())
			if !body.Failed() && !emit(Status(code)) {
				return
			}
		}
		if body.Failed() {
			w.Fail()
		}
	}
}
