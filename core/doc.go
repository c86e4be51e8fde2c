// Package core has the documented codes of the gateway's API, and the status
// and the error that carry them through a driver.
//
// A [Code] is a number of the documentation. A [Status] is what a device said,
// in the protocol's own terms; it is made by the packages s7, opcua, fins,
// enip, knx, focas and nona11, and answers four questions: which code, what to
// do next ([Remedy]), how much is affected ([Scope]), and whether the value
// that came along can be used ([Quality]). An [Error] is what a driver returns.
//
// A driver that got an error looks at the scope first, since it says whose
// tags are affected, and then at the remedy:
//
//	err = s7status.Translate(core.Read, err)
//	if core.ScopeOf(err) >= core.Session {
//		// every tag of this link is affected: mark them all, then reconnect
//	}
//	switch core.RemedyOf(err) {
//	case core.Retry: // the same request again, after a pause
//	case core.Reconnect: // reopen what the scope names
//	case core.Fix: // asking again is useless until a person changed something
//	}
//
// Scope Request and remedy Fix after a request for several items mean: halve
// the batch, one of the items is the culprit.
//
// Everything in this package is safe for concurrent use, because nothing of it
// changes. It imports the standard library only.
package core

//go:generate go run ../internal/tables/generate
