// Package southbound is the part of a southbound driver that no protocol has to
// itself: what to do when a request has failed.
//
// A driver of a protocol is a [Driver] that opens a [Link]; the link reads and
// writes tags and translates every failure. A [Node] polls a device through such
// a driver. It looks at the scope of a failure first, which says whose tags are
// affected, and then at the remedy, which says what to do:
//
//   - A failure of the session or the connection marks every tag. With the
//     remedy reconnect the node opens again what the scope names, at once for the
//     first time and then with a growing pause.
//   - A request for several tags that failed as a whole and has the remedy fix is
//     halved until the tag that spoils it stands alone.
//   - A tag with the remedy retry is asked again after a growing pause.
//   - A tag with the remedy fix is marked and not asked again before a person
//     could have changed something. Whatever opens the link anew asks for it too.
//   - A write is repeated only where [core.Repeatable] says that it cannot have
//     been carried out.
//
// Every tag has an answer in every cycle, whether the device was asked or not:
// a value, or the error that stands.
package southbound
