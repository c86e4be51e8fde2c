// Command record passes S7 traffic on from a client to a server and prints each
// TPKT as a line of a .frames file. With -gos7 it is the client too.
//
//	node server.js 10102 < /dev/zero &
//	go run . -gos7                      # gos7 against the server
//	go run . & node nodes7.js 10202     # nodes7 against the server
//
// What it prints is edited by hand into stanzas: a name, the provenance, and
// what is expected.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"sync"

	"github.com/fieldstatus/fieldstatus/s7"
)

var (
	listen  = flag.String("listen", "127.0.0.1:10202", "where the client connects to")
	to      = flag.String("to", "127.0.0.1:10102", "where the server listens")
	runGos7 = flag.Bool("gos7", false, "run the cases of gos7, then end")
)

func main() {
	flag.Parse()
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	go accept(l)
	if *runGos7 {
		gos7Cases(*listen)
		return
	}
	select {}
}

func accept(l net.Listener) {
	for n := 1; ; n++ {
		client, err := l.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", *to)
		if err != nil {
			log.Fatal(err)
		}
		go pass("sent", n, client, server)
		go pass("recv", n, server, client)
	}
}

var printing sync.Mutex

func say(format string, args ...any) {
	printing.Lock()
	defer printing.Unlock()
	fmt.Printf(format+"\n", args...)
}

// pass copies from one end to the other, frame by frame.
func pass(way string, n int, from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	s := bufio.NewScanner(from)
	s.Split(s7.ScanFrames)
	for s.Scan() {
		say("%s: %x # connection %d", way, s.Bytes(), n)
		if _, err := to.Write(s.Bytes()); err != nil {
			return
		}
	}
	if err := s.Err(); err != nil {
		say("# connection %d, %s: %v", n, way, err)
		io.Copy(to, from)
	}
}
