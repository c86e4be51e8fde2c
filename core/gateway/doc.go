// Package gateway has the messages in which documented codes travel between a
// driver and the gateway (EMQX Neuron and NeuronEX, API version 2): answers to
// commands, reads and writes, the two upload formats, the report about nodes,
// and the HTTP status that goes with a code.
//
// It is for drivers that answer in these formats themselves and for programs
// that read them. It opens no connection; everything here marshals and
// unmarshals with encoding/json.
//
// # The rules of the format
//
//   - A code is a number, never a text, and 0 is success. Numbers that the
//     catalogue does not know, because the gateway is newer than this package,
//     are kept as they came.
//   - An item of a read has a value or an error, never both. A good item has no
//     member "error". NaN and infinity cannot be written in JSON and are
//     answered with 3008; so is a missing value.
//   - A write is answered with a code always, with 0 too. The gateway turns it
//     into an HTTP status with a table that does not list every documented code.
//     [ForWrite] keeps the answer inside that table, and [WriteReply] and
//     [NewWriteResult] use it.
//
// # Sources
//
// The HTTP and MQTT API documents of EMQX Neuron 2 (emqx/neuron-docs), and for
// what they leave open the source of Neuron 2.15: src/parser/neu_json_error.c,
// neu_json_rw.c and neu_json_tag.c, plugins/restful/rw_handle.c, src/utils/http.c.
package gateway
