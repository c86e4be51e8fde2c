package clients

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vapourismo/knx-go/knx/cemi"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	knxstatus "github.com/fieldstatus/fieldstatus/knx"
	"github.com/fieldstatus/fieldstatus/knx/knxtest"
)

const knxdVersion = "0.14.54"

// knxdINI makes a knxd that is a client of the gateway's tunnel, and that
// knxtool reaches by a socket in the file system: it opens no port.
const knxdINI = `[main]
addr=1.1.0
client-addrs=1.1.128:3
connections=gateway,tools
[gateway]
driver=ipt
ip-address=127.0.0.1
dest-port=PORT
[tools]
server=knxd_unix
path=SOCKET
`

// A knxd runs as long as its test.
type knxd struct{ socket string }

func startKnxd(t *testing.T, gateway *knxtest.Device) *knxd {
	t.Helper()
	_, port, err := net.SplitHostPort(gateway.Addr())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	k := &knxd{socket: filepath.Join(dir, "knxd")}
	ini := filepath.Join(dir, "knxd.ini")
	if err := os.WriteFile(ini, []byte(strings.NewReplacer("PORT", port, "SOCKET", k.socket).Replace(knxdINI)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("knxd", ini)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("unix", k.socket); err == nil {
			_ = conn.Close()
			return k
		}
	}
	t.Fatal("knxd does not start")
	return nil
}

// tool runs knxtool: what it printed, and the error of a driver that has no more
// than that.
func (k *knxd) tool(limit time.Duration, applet string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "knxtool", append([]string{applet, "local:" + k.socket}, args...)...)
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &printed
	err := cmd.Run()
	text := applet + ": " + strings.Join(strings.Split(strings.TrimSpace(printed.String()), "\n"), "; ")
	switch {
	case ctx.Err() != nil:
		return text + "; nothing more", ctx.Err()
	case err != nil:
		return text, errors.New(text)
	}
	return text + "; exit status 0", nil
}

func needKnxd(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("knxtool"); err != nil {
		t.Skip("knxtool is not installed (Debian packages knxd and knxd-tools)")
	}
	out, err := exec.Command("knxd", "--version").CombinedOutput()
	if err != nil {
		t.Skip("knxd is not installed (Debian packages knxd and knxd-tools)")
	}
	if !strings.HasPrefix(string(out), "knxd "+knxdVersion) {
		t.Skipf("the rows are those of knxd %s, not of %s", knxdVersion, out)
	}
}

// knxd as the client of a tunnel, and knxtool as the client of knxd, which tells
// it nothing of what the gateway refuses.
func TestKnxd(t *testing.T) {
	needKnxd(t)
	fail := func(native error) func(*knxtest.Device) {
		return func(gateway *knxtest.Device) { gateway.Fail(native) }
	}
	fault := func(f knxtest.Fault) func(*knxtest.Device) {
		return func(gateway *knxtest.Device) { gateway.Break(f) }
	}
	const (
		soon = 2 * time.Second  // for what never comes
		late = 30 * time.Second // knxd repeats for five seconds
	)
	for _, c := range []struct {
		device       string
		prepare      func(*knxtest.Device)
		op           core.Op
		limit        time.Duration
		exact, plain core.Code
	}{
		{"confirmation of a write with the confirm bit", fail(knxstatus.ConfirmError), core.Write, late, core.KNXDeviceNotExist, core.OK},
		{"confirmation of a read with the confirm bit", fail(knxstatus.ConfirmError), core.Read, soon, core.KNXDeviceNotExist, core.PluginDeviceNotResponding},
		{"confirmation, but no answer to a read", fail(knxstatus.GroupReadTimeout), core.Read, soon, core.PluginDeviceNotResponding, core.PluginDeviceNotResponding},
		{"acknowledgement 0x21 E_CONNECTION_ID", fail(knxstatus.AckEConnectionID), core.Read, late, core.PluginNotConnected, core.PluginReadFailed},
		{"DISCONNECT_REQUEST instead of an answer", fail(knxstatus.DisconnectRequest), core.Read, late, core.PluginNotConnected, core.PluginReadFailed},
		{"silence", fault(knxtest.Silence), core.Read, late, core.PluginDeviceNotResponding, core.PluginReadFailed},
		{"bytes that are no KNXnet/IP frame", fault(knxtest.Garbage), core.Read, late, core.PluginProtocolParseFailed, core.PluginReadFailed},
		{"acknowledgement of another sequence counter", fault(knxtest.WrongID), core.Read, late, core.PluginMessageDisorder, core.PluginReadFailed},
		{"value one octet shorter than the telegram says", fault(knxtest.Truncated), core.Read, soon, core.PluginProtocolParseFailed, core.PluginDeviceNotResponding},
		{"total length that is not that of the datagram", fault(knxtest.WrongLength), core.Read, soon, core.PluginProtocolParseFailed, core.PluginDeviceNotResponding},
	} {
		t.Run(c.device, func(t *testing.T) {
			t.Parallel()
			gateway := knxtest.NewDevice(t)
			gateway.Set("1/2/3", []byte{0, 1, 2})
			k := startKnxd(t, gateway)
			if text, err := k.tool(late, "groupreadresponse", "1/2/3"); err != nil || !strings.Contains(text, "Response from 1.1.1: 01 02") {
				t.Fatal(text, err)
			}
			c.prepare(gateway)
			applet, args, request := "groupreadresponse", []string{"1/2/3"}, knxGroup(cemi.GroupValueRead)
			if c.op == core.Write {
				applet, args, request = "groupwrite", []string{"1/2/3", "1", "2"}, knxGroup(cemi.GroupValueWrite, 0, 1, 2)
			}
			handed, err := k.tool(c.limit, applet, args...)
			plain := knxstatus.Translate(c.op, err)
			coretest.RequireCode(t, plain, c.plain)
			raw := dialKNX(t, "udp", gateway)
			if err := raw.connect(); err != nil {
				t.Fatal(err)
			}
			exact := raw.telegram(c.op, 0, packCEMI(request))
			coretest.RequireCode(t, exact, c.exact)
			reportKNX(t, c.device, "knxd "+knxdVersion+" and knxtool", handed, plain, exact)
		})
	}
	for _, c := range []struct {
		device  string
		prepare func(*knxtest.Device)
		exact   core.Code
	}{
		{"CONNECT_RESPONSE 0x24 E_NO_MORE_CONNECTIONS", func(gateway *knxtest.Device) { gateway.RefuseConnect(knxstatus.ENoMoreConnections) }, core.PluginNotConnected},
		{"connect request unanswered", func(gateway *knxtest.Device) { gateway.Mute() }, core.PluginDeviceNotResponding},
	} {
		t.Run(c.device, func(t *testing.T) {
			t.Parallel()
			gateway := knxtest.NewDevice(t)
			c.prepare(gateway)
			handed, err := startKnxd(t, gateway).tool(soon, "groupreadresponse", "1/2/3")
			plain := knxstatus.Translate(core.Read, err)
			coretest.RequireCode(t, plain, core.PluginDeviceNotResponding)
			exact := dialKNX(t, "udp", gateway).connect()
			coretest.RequireCode(t, exact, c.exact)
			reportKNX(t, c.device, "knxd "+knxdVersion+" and knxtool", handed, plain, exact)
		})
	}
	t.Run("one lost acknowledgement is no failure", func(t *testing.T) {
		t.Parallel()
		gateway := knxtest.NewDevice(t)
		k := startKnxd(t, gateway)
		gateway.Break(knxtest.Silence, knxtest.Next)
		if text, err := k.tool(late, "groupreadresponse", "1/2/3"); err != nil {
			t.Fatal(text, err)
		}
		requests := gateway.Requests()
		if len(requests) != 2 || !bytes.Equal(requests[0].Raw, requests[1].Raw) {
			t.Fatalf("%v", requests)
		}
	})
}
