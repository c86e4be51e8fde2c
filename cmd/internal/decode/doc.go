// Package decode finds the statuses in a capture: it puts TCP streams back
// together, cuts them into frames, gives requests and responses to the
// protocols' conversations, and reports what these say.
//
// Memory is bounded whatever the capture holds. The limits are in limits.go;
// what they cost is told by [Notes].
package decode
