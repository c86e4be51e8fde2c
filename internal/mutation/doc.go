// Package mutation asks whether the checks of a mapping would notice a mistake
// in it: it changes one answer of one row of the table in memory, runs the
// recorded frames and the laws against it, and puts the row back.
//
// What is changed is the table that the lookups of the running test answer from,
// so the frames pass through decoder, index and row as they do in a driver, and
// nothing is compiled again. A test that does this must not run beside others.
//
// Only tables are changed here; package gremlins changes code.
package mutation
