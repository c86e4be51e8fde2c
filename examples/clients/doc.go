// Package clients has no code: its tests are the proof that the failing devices
// fail in ways that client libraries understand, and that Translate makes the
// right thing of what these libraries hand over. The result is docs/clients.md.
//
// Clients in Go are part of this module. Those from npm are installed by
//
//	npm --prefix examples/clients/npm ci
//
// and their tests skip without it.
package clients
