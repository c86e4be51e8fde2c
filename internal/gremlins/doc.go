// Command gremlins runs go-gremlins, a mutation tester, on packages of this
// repository: it changes one operator at a time and runs the package's tests.
// A change that they notice is killed, any other lives and is either a gap in
// the tests or a change that makes no difference.
//
//	go run ./internal/gremlins [-file REGEXP] [-update] [-workers N] [-build-each] [package directory ...]
//
// For each package it prints one line: killed, lived, not covered, timed out,
// not viable, and the share of the killed among killed and lived. It fails when
// that share is below 90 %, when docs/mutants.tsv does not explain a survivor,
// and when it explains one that no longer lives. Without packages it takes all
// that have tests, but this one, package hostile and package mutation, which are
// checks themselves.
//
//	-file REGEXP  changes only the files whose names match; no share is asked for
//	-update       writes docs/mutants.tsv anew for the packages it ran: positions
//	              follow the code, new survivors get a line whose last column
//	              somebody has to fill in
//	-workers N    tries N changes at once; more than one disturbs tests that look at
//	              the time
//	-build-each   builds every change by itself, which takes hours
//
// docs/mutants.tsv knows a survivor by its package, file, mutator and line of
// code, with the changed operator in «»; the position is there for the reader and
// may be out of date.
//
// # How it differs from gremlins alone
//
// It works on a copy, so that edits meanwhile do no harm, and puts a stand-in
// for the go command in the way (see standin.go): gremlins chooses and makes each
// change, and the stand-in runs the tests, so that
//
//   - only the tests of the package itself count, also in a command;
//   - every line of a file that compiles here is changed, tested or not. Gremlins
//     skips what no test covers, and takes the conditions of case clauses for
//     that because the coverage profile leaves them out. What remains as not
//     covered are files of other platforms;
//   - a change that does not compile is not viable instead of killed, and go vet
//     kills nothing;
//   - all changes of a package are built into one test program (see schemata.go),
//     which makes one of them when it runs, and runs quick tests first. A change that it
//     does not notice is built by itself and judged by all tests, and so is one that
//     cannot be switched, such as an operator in a constant;
//   - modules that refer to their parent directory, such as cmd and examples, work.
//
// Generated files are left out: what they are made from is changed by package
// mutation.
package main
