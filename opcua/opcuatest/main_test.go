package opcuatest_test

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"runtime"
	"testing"
	"time"
)

// Nothing of a device is left when its test has ended.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // gopcua's server tells what it reads
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		_ = l.Close() // the runtime opens its poller with the first socket, and keeps it
	}
	goroutines, files := runtime.NumGoroutine(), openFiles()
	status := m.Run()
	for deadline := time.Now().Add(5 * time.Second); status == 0 && (runtime.NumGoroutine() > goroutines || openFiles() > files); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<20)
			fmt.Printf("left behind: %d goroutines (%d before), %d files (%d before)\n%s\n", runtime.NumGoroutine(), goroutines, openFiles(), files, buf[:runtime.Stack(buf, true)])
			status = 1
		}
	}
	os.Exit(status)
}

// openFiles counts the file descriptors of the process, 0 where that is not known.
func openFiles() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}
