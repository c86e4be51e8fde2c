package enip

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/danomagnum/gologix"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	enipstatus "github.com/fieldstatus/fieldstatus/enip"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
	"github.com/fieldstatus/fieldstatus/examples/southbound/drivertest"
)

// inside marks the process that runs in a network namespace of its own.
const inside = "FIELDSTATUS_ENIP_NAMESPACE"

// TestServer runs the driver against the server of gologix. The server binds
// fixed ports on all interfaces, so the test starts itself again where there is
// only a loopback interface, and skips where that is not allowed.
func TestServer(t *testing.T) {
	if os.Getenv(inside) == "" {
		again(t)
		return
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	serve(t)

	ctx := context.Background()
	driver := Driver{Addr: "127.0.0.1:44818", Timeout: time.Second}
	tags := []southbound.Tag{
		{Name: "dint", Address: "testdint", Type: southbound.Int32},
		{Name: "real", Address: "testdint", Type: southbound.Float},
	}
	node := drivertest.NewNode(t, driver, tags)
	readings := node.Poll(ctx)
	require.NoError(t, readings[0].Err)
	assert.Equal(t, int32(12), readings[0].Value)
	coretest.RequireCode(t, readings[1].Err, core.ENIPDataTypeMismatch)
	require.NoError(t, node.Write(ctx, "dint", 13))
	assert.Equal(t, int32(13), node.Poll(ctx)[0].Value)

	// The server hangs up where a controller refuses.
	missing := southbound.Tag{Name: "missing", Address: "missing", Type: southbound.Int32}
	coretest.RequireCode(t, drivertest.NewNode(t, driver, []southbound.Tag{missing}).Poll(ctx)[0].Err, core.PluginNotConnected)

	_, err := Driver{Addr: "127.0.0.1:44819", Timeout: time.Second}.Open(ctx)
	coretest.RequireCode(t, err, core.PluginNotConnected)
}

// TestServerFrames reads what the same server answers from the wire, where
// nothing is lost.
func TestServerFrames(t *testing.T) {
	if os.Getenv(inside) == "" {
		t.Skip("runs inside the namespace of TestServer")
	}
	serve(t)
	conn, err := net.Dial("tcp", "127.0.0.1:44818")
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(5*time.Second)))

	var c enipstatus.Conversation
	ask := func(request []byte) (core.Status, []byte) {
		c.Sent(request)
		_, err := conn.Write(request)
		require.NoError(t, err)
		var frame []byte
		for buf := make([]byte, 1024); ; {
			n, err := conn.Read(buf)
			require.NoError(t, err)
			frame = append(frame, buf[:n]...)
			if _, token, err := enipstatus.ScanFrames(frame, false); token != nil || err != nil {
				require.NoError(t, err)
				got, err := c.Received(nil, token)
				require.NoError(t, err)
				require.Len(t, got, 1)
				return got[0], token
			}
		}
	}
	s, frame := ask(unhex("65000400 00000000 00000000 0000000000000000 00000000 01000000"))
	assert.Equal(t, core.OK, s.Code(c.Exchange().Op))
	session := frame[4:8]
	message := func(hex string) []byte {
		b := unhex(hex)
		head := append(unhex("6f00"), byte(16+len(b)), 0)
		head = append(append(head, session...), unhex("00000000 0000000000000000 00000000 00000000 0000 0200 0000 0000 b200")...)
		return append(append(head, byte(len(b)), 0), b...)
	}
	for request, want := range map[string]enipstatus.GeneralStatus{
		"0e03 20012401 3063":           enipstatus.AttributeNotSupported,
		"0e03 20992401 3001":           enipstatus.PathDestinationUnknown,
		"0e01 f9f9":                    enipstatus.PathSegmentError,
		"7702 20012401":                enipstatus.ServiceNotSupported,
		"1003 20c82401 3001 c400 0000": enipstatus.NotEnoughData,
	} {
		s, _ := ask(message(request))
		assert.Equal(t, want.Status(), s, request)
	}
}

// again runs the tests of the server in a network namespace of their own.
func again(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("unshare"); err != nil {
		t.Skip("needs unshare of util-linux, for a network namespace in which the server of gologix may bind its fixed ports")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("needs ip of iproute2, to bring the loopback interface of a network namespace up")
	}
	if out, err := exec.Command("unshare", "--net", "ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Skipf("needs the right to make a network namespace: %v: %s", err, out)
	}
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command("unshare", "--net", "sh", "-c", `ip link set lo up && exec "$0" -test.run '^TestServer' -test.v -test.timeout 60s`, self)
	cmd.Env = append(os.Environ(), inside+"=1")
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatal("the tests in the namespace failed")
	}
	require.NoError(t, err)
}

var provider *gologix.MapTagProvider

// serve starts the server, once in a process, and waits until it listens.
func serve(t *testing.T) {
	t.Helper()
	if provider == nil {
		provider = new(gologix.MapTagProvider)
		require.NoError(t, provider.TagWrite("testdint", int32(12)))
		path, err := gologix.ParsePath("1,0")
		require.NoError(t, err)
		var router gologix.PathRouter
		router.Handle(path.Bytes(), provider)
		go func() { _ = gologix.NewServer(&router).Serve() }() // until the process ends
	}
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:44818")
		if err == nil {
			c.Close()
		}
		return err == nil
	}, 5*time.Second, 10*time.Millisecond)
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}
