// Package judge holds no code but a test: it lets Wireshark judge the decoders.
//
// The test builds captures from every conversation in the .frames files of s7,
// opcua, fins, enip and knx and from mutations of them, has them read by tshark
// and by package decode, and compares status by status what the two say about
// each packet, and whether both hold it to be malformed. What Wireshark shows is
// turned into statuses by rules of a few lines for each protocol, which use the
// fields of its dissectors and nothing of the decoders. Where the two differ, a
// row of a table in the test has to say why, and a row without a difference
// fails as well.
//
// FOCAS has no such judge: Wireshark has no dissector for it, and neither has
// any other software that is known. Nor does Wireshark read Host Link, the serial
// framing of FINS, which has no place in a capture anyway.
//
// The test is skipped where tshark is not installed. The table was written for
// version 4.0 (Debian 12); other versions may read some of the frames otherwise.
// With FIELDSTATUS_LONG=1 it runs every single mutation and many double ones.
package judge
