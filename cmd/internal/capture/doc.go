// Package capture reads pcap and pcapng files, plain or gzipped, and takes
// their packets apart down to TCP segments and UDP datagrams.
//
// It streams: one packet is in memory at a time, whatever the size of the
// file. What it cannot use it counts, so that the command can say so: see
// [Skipped].
package capture
