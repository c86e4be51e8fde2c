// Package tables reads the data files of this module and turns them into Go.
//
// A mapping is reviewed by reading its row, so the tables are the source and
// everything else is derived from them. There are five kinds of file, all of
// them tab separated with one header line:
//
//   - core/catalogue.tsv: every documented code.
//
//   - statuses.tsv in each package with a table: every native status, its
//     documented code, what to do about it, and why.
//
//   - layers.tsv beside it: what the layers of that table are in Go.
//
//   - steps.tsv beside these, where a value of 16 bits is made of several things: in
//     which order its layers are asked, and under which masks. They share the lookup
//     rowOf then, and a value costs one look whatever it is made of.
//
//   - outcomes.tsv beside these, where the package decides on outcomes by itself: what a
//     strict driver makes of a success, what a client library has lost, what happened
//     while a connection was opened. The table does not have them, since no device sends
//     them; code takes them by name.
//
// The generator refuses what it does not understand, and says where: each
// [Complaint] names a file, a line and what would be right.
//
// # Kinds of layer
//
// The kind column of layers.tsv says what is generated for a layer:
//
//	type      a native type with its constants, Status, String, Error and lookup
//	lookup    constants and lookup for a type that is written by hand,
//	          because bits have to be masked or another layer has to be asked
//	fallback  a lookup whose rows answer for the unknown values of another layer;
//	          these rows are never Known
//	rows      a lookup, without a type: layers that mirror other tools' numbers,
//	          or whose type belongs to another package. A qualified type
//	          (ua.StatusCode) names the hooks asStatusCode and isStatusCode
//	event     constants of the package's type Event: outcomes without a number
//	text      the rows alone: texts of client libraries
//	tuple     a lookup by three numbers, written a/b/c with * for any
//	own       no lookup: its rows stand in outcomes.tsv
//
// Bits of the form 8/16 mark a layer whose numbers are the second value of a
// status: the rows are chosen by its 16 bits, the first value has 8. The
// package hands out both with its hooks asPair and isPair.
//
// Bits with an s are signed and printed in decimal; the table may write a value
// as its bit pattern all the same. The suffix +pair, which tuples always have, says
// that the second value of a status is two signed 16-bit numbers.
//
// The unknown column says what unlisted values get: a code and a remedy, or "layer
// status" when they mean what they mean in that layer. Then the index of this layer
// holds the rows of the other one too, and one look is enough.
//
// A symbol that stands in several rows of a layer ("Reserved") names no constant.
//
// A lookup never returns nil and never searches on the hot path: 8-bit fields
// index an array, 16-bit fields and 32-bit fields whose lower half is empty
// index a page and an entry of it. Other 32-bit fields use a switch.
package tables
