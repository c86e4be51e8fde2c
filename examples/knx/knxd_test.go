package knx

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/vapourismo/knx-go/knx"
	"github.com/vapourismo/knx-go/knx/cemi"
	"github.com/vapourismo/knx-go/knx/knxnet"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	knxstatus "github.com/fieldstatus/fieldstatus/knx"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

const knxdINI = `[main]
addr=1.1.0
client-addrs=1.1.128:3
connections=ets,dmy
[ets]
server=ets_router
tunnel=tun
discover=true
interface=lo
port=%d
heartbeat-timeout=6
[tun]
[dmy]
driver=dummy
`

// startKnxd starts Debian's knxd with a dummy bus. It listens on all addresses
// of the machine, so that CI runs this test in a network namespace of its own.
func startKnxd(t *testing.T) (address string) {
	t.Helper()
	path, err := exec.LookPath("knxd")
	if err != nil {
		t.Skip("knxd is not installed (Debian packages knxd and knxd-tools)")
	}
	free, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	port := free.LocalAddr().(*net.UDPAddr).Port
	free.Close()
	ini := filepath.Join(t.TempDir(), "knxd.ini")
	require.NoError(t, os.WriteFile(ini, []byte(fmt.Sprintf(knxdINI, port)), 0o644))
	cmd := exec.Command(path, ini)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	address = fmt.Sprintf("127.0.0.1:%d", port)
	for range 50 {
		if response, err := knx.DescribeTunnel(address, 100*time.Millisecond); err == nil && response != nil {
			return address
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Skip("knxd does not answer: it needs a default route, of any interface, to find its own address")
	return ""
}

func TestKnxd(t *testing.T) {
	address := startKnxd(t)

	_, err := knx.NewTunnel(address, knxnet.TunnelLayerRaw, knx.TunnelConfig{ResponseTimeout: time.Second})
	err = recognizer.Translate(core.Connect, err)
	coretest.RequireStatus(t, err, knxstatus.ETunnellingLayer)
	coretest.RequireCode(t, err, core.PluginNotConnected)

	// knxd keeps the address of the refused channel, which leaves two.
	driver := Driver{Addr: address, Timeout: time.Second}
	var links []southbound.Link
	for len(links) < 3 {
		link, err := driver.Open(context.Background())
		if err != nil {
			coretest.RequireStatus(t, err, knxstatus.ENoMoreConnections) // which knx-go swallows
			break
		}
		t.Cleanup(func() { require.NoError(t, link.Close()) })
		links = append(links, link)
	}
	require.Len(t, links, 2)

	light := southbound.Tag{Name: "light", Address: "1/2/3", Type: southbound.Bool}
	require.NoError(t, links[0].Write(context.Background(), light, true), "knxd confirms although nobody is on its bus")
	results, err := links[0].Read(context.Background(), []southbound.Tag{light})
	require.NoError(t, err)
	coretest.RequireStatus(t, results[0].Err, knxstatus.GroupReadTimeout)

	// M_PropRead.req has no place in a tunnel.
	err = links[0].(*link).tunnel.send(core.Read, &cemi.UnsupportedMessage{Code: 0xFC, Data: []byte{0x00, 0x00, 0x01, 0x34, 0x10, 0x01}})
	coretest.RequireStatus(t, err, knxstatus.AckETunnellingLayer)
	coretest.RequireCode(t, err, core.PluginReadFailed)
	coretest.RequireScope(t, err, core.Request)
}
