// Package device is what the failing devices of the protocol packages
// (s7/s7test and its siblings) have in common: a listener on loopback that is
// bound to a test, rules that say which request fails how, faults of the
// connection, the list of requests seen, and the replay of recorded frames. A
// protocol adds only how its requests are read and answered.
package device
