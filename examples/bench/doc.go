// Package bench holds benchmarks only: this module side by side with what the author
// of a driver would do otherwise. They take what client libraries offer, a map, a
// switch and the functions of package errors.
//
//	go test -run '^$' -bench . ./examples/bench
//
// Each reports how many times the floor it costs, see the column times-bare: the
// floor of a lookup is one in a table of the same shape that knows nothing but
// codes. docs/performance.md is made from these benchmarks and those of the
// packages; the program beside this package does that.
package bench
