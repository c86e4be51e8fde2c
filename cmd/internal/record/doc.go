// Package record passes traffic between a driver and a device on, and writes
// what fails on the way as stanzas of a .frames file.
//
// Passing on comes first. Bytes go through as they come, by goroutines that do
// nothing else; copies of them wait in a bounded queue for the one goroutine
// that decodes and writes. When that one falls behind, cannot read what it gets,
// or cannot write, the recording has gaps and the traffic has none.
package record
