package s7

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/robinson/gos7"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// startSnap7 starts the S7Server of node-snap7 on loopback, the server of the
// recordings. It skips the test when the software is not there.
func startSnap7(t *testing.T) (addr string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is missing: install Node.js")
	}
	const dir = "testdata/record"
	check := exec.Command(node, "-e", "require('node-snap7')")
	check.Dir = dir
	if err := check.Run(); err != nil {
		t.Skip("node-snap7 is missing: run npm install in s7/testdata/record, see the README there")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr = l.Addr().String()
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	server := exec.Command(node, "server.js", strconv.Itoa(port))
	server.Dir = dir
	server.Stderr = os.Stderr
	in, err := server.StdinPipe() // it ends when this closes
	require.NoError(t, err)
	out, err := server.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		in.Close()
		server.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "listening\n", line)
	return addr
}

// gos7 with an Exchange against a real server.
func TestExchangeAgainstSnap7(t *testing.T) {
	addr := startSnap7(t)
	connect := func() *gos7.TCPClientHandler {
		h := gos7.NewTCPClientHandler(addr, 0, 2)
		h.Timeout = 5 * time.Second
		t.Cleanup(func() { h.Close() })
		require.NoError(t, h.Connect())
		return h
	}
	h := connect()
	buf := make([]byte, 16)
	with := func(call func(gos7.Client) error) (*Exchange, error) {
		x := new(Exchange)
		return x, call(gos7.NewClient2(x, h))
	}

	_, err := with(func(c gos7.Client) error { return c.AGReadDB(1, 0, 4, buf) })
	require.NoError(t, err)
	assert.Equal(t, []byte{0, 1, 2, 3}, buf[:4])

	_, err = with(func(c gos7.Client) error { return c.AGReadDB(99, 0, 4, buf) })
	coretest.AssertCode(t, Translate(core.Read, err), core.S7ObjectNotExist)
	coretest.AssertStatus(t, err, ObjectDoesNotExist)
	_, err = with(func(c gos7.Client) error { return c.AGReadDB(2, 16, 4, buf) })
	coretest.AssertStatus(t, err, AddressOutOfRange)
	_, err = with(func(c gos7.Client) error { return c.AGWriteDB(99, 0, 4, buf) })
	coretest.AssertStatus(t, err, ObjectDoesNotExist)

	items := []gos7.S7DataItem{dbItem(3), dbItem(4), dbItem(4), {Area: 0x84, WordLen: 8, DBNumber: 1, Start: 4, Amount: 1, Data: make([]byte, 8)}}
	items[1].DBNumber, items[2].Start = 99, 508+4
	x, err := with(func(c gos7.Client) error { return c.AGReadMulti(items, len(items)) })
	require.NoError(t, err)
	for i, want := range []core.Code{core.OK, core.S7ObjectNotExist, core.S7AddressInvalid, core.OK} {
		coretest.AssertCode(t, x.ItemErr(i), want)
	}
	assert.Equal(t, []byte{4, 5, 6, 7}, items[3].Data[:4])

	_, err = with(func(c gos7.Client) error { _, err := c.GetCPInfo(); return err })
	coretest.AssertCode(t, err, core.S7ObjectNotExist)
	coretest.AssertStatus(t, err, ParamL7InvalidIndex)
	_, err = with(func(c gos7.Client) error { _, err := c.GetCPUInfo(); return err })
	require.NoError(t, err)
	_, err = with(func(c gos7.Client) error { _, err := c.GetAgBlockInfo(65, 1); return err })
	require.NoError(t, err)
	_, err = with(func(c gos7.Client) error { return c.SetSessionPassword("secret") })
	require.NoError(t, err, "an acknowledgement without payload is a success")
	x, err = with(func(c gos7.Client) error { _, err := c.PGClockWrite(); return err })
	require.NoError(t, err)
	assert.NoError(t, x.Err())
	_, err = with(func(c gos7.Client) error { return c.PLCStop() })
	require.NoError(t, err)

	// A conversation sees the same in the raw frames.
	var c Conversation
	request := unhex("0300002302f080320100000600001200001d00000000000000095f3042303030303041")
	c.Sent(request)
	answer, err := h.Send(request)
	require.NoError(t, err)
	statuses, err := c.Received(nil, answer)
	require.NoError(t, err)
	assert.Equal(t, []core.Status{HeaderCode7NeedPassword.Status()}, statuses)
}
