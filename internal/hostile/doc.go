// Package hostile holds what must be true of a protocol package whatever bytes
// it is given. Fuzz targets and mutation loops of all packages ask it, so that
// each property is written down once:
//
//   - a frame gives statuses with documented codes, no more than it has bytes, or
//     one of the documented errors, and never both;
//   - a frame that breaks the rules gives an error that names an offset inside it;
//   - what is parsed lies inside the frame, and the frame is only read;
//   - a piece of a frame is no frame, and neither is a frame with more behind it;
//   - a stream gives the same frames however it arrives;
//   - a conversation answers what was asked and nothing else, keeps no frame, and
//     keeps a bounded amount of memory.
//
// Who changes the bytes is somebody else: the fuzzer of Go in the targets of each
// package, and the loop of cmd/internal/mutate. Package mutation changes answers of
// the tables, package gremlins the code.
//
// The checks return what is violated as an error, nil in the usual case, and do
// not allocate then.
package hostile
