package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
	"github.com/fieldstatus/fieldstatus/examples/southbound/drivertest"
)

// program is the environment variable that lets the test be the program.
const program = "GATEWAY_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(program) != "" {
		main()
		return
	}
	drivertest.Main(m)
}

// lab is a gateway with one device for the tests that need no more.
const lab = `{"nodes": [{"name": "plc", "protocol": "s7", "group": "g", "interval": "20ms", "tags": [
	{"name": "speed", "address": "DB1.DBW4", "type": "INT16", "value": 1480},
	{"name": "torque", "address": "DB1.DBW6", "type": "INT16", "value": 12},
	{"name": "fixed", "address": "DB1.DBD8", "type": "FLOAT", "readonly": true, "value": 1.5}
]}]}`

// A running gateway is one with its API at a URL.
type running struct {
	*Gateway
	t    testing.TB
	url  string
	stop func() // ends the polling
}

// start starts a gateway that asks again soon.
func start(t testing.TB, config string) *running {
	t.Helper()
	o := patience
	o.Timeout, o.RetryMax, o.Probe = 300*time.Millisecond, 100*time.Millisecond, 100*time.Millisecond
	return startWith(t, config, o)
}

func startWith(t testing.TB, config string, o southbound.Options) *running {
	t.Helper()
	c, err := parseConfig([]byte(config))
	require.NoError(t, err)
	for i := range c.Nodes { // nobody wants to wait
		c.Nodes[i].interval = min(c.Nodes[i].interval, 50*time.Millisecond)
	}
	g, err := newGateway(c, o)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var polling sync.WaitGroup
	polling.Go(func() { g.Run(ctx) })
	stop := func() {
		cancel()
		polling.Wait()
	}
	server := httptest.NewServer(g.handler())
	t.Cleanup(func() {
		server.CloseClientConnections() // pages that look on
		server.Close()
		stop()
		g.Close()
	})
	r := &running{g, t, server.URL, stop}
	r.eventually("all tags are good", r.good)
	return r
}

func (r *running) eventually(what string, holds func() bool) {
	r.t.Helper()
	require.Eventually(r.t, holds, 15*time.Second, 10*time.Millisecond, what)
}

// good reports whether every tag is.
func (r *running) good() bool {
	for _, n := range r.nodes {
		for _, reading := range n.Readings() {
			if reading.Err != nil {
				return false
			}
		}
	}
	return true
}

// call sends a request and returns the status and the body.
func (r *running) call(method, path, body string) (int, string) {
	r.t.Helper()
	q, err := http.NewRequest(method, r.url+path, strings.NewReader(body))
	require.NoError(r.t, err)
	answer, err := http.DefaultClient.Do(q)
	require.NoError(r.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(r.t, err)
	return answer.StatusCode, string(text)
}

// requireCall sends a request and compares the answer.
func (r *running) requireCall(method, path, body string, status int, want string) {
	r.t.Helper()
	got, text := r.call(method, path, body)
	assert.Equal(r.t, status, got, "%s %s", path, body)
	require.JSONEq(r.t, want, text, "%s %s", path, body)
}

func TestHelp(t *testing.T) {
	var out bytes.Buffer
	require.Error(t, run(context.Background(), []string{"--help"}, io.Discard, &out))
	for _, word := range []string{"-listen", "-config", "-mqtt", "-topic", "-upload", "curl"} {
		assert.Contains(t, out.String(), word)
	}
}

func TestWrongUse(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"press"}, "flags only"},
		{[]string{"--upload", "0s"}, "--upload"},
		{[]string{"--config", "nowhere.json"}, "nowhere.json"},
		{[]string{"--listen", "256.0.0.1:1"}, "--listen"},
		{[]string{"--listen", "127.0.0.1:0", "--mqtt", ":"}, "broker"},
		{[]string{"--listen", "127.0.0.1:0", "--mqtt", "//broker"}, "broker"},
		{[]string{"--listen", "127.0.0.1:0", "--mqtt", "localhost:1883"}, "broker"},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		err := run(ctx, c.args, io.Discard, io.Discard)
		cancel()
		require.ErrorContains(t, err, c.want, c.args)
	}
}

// command gives the program as its caller would start it.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), program+"=1")
	return cmd
}

// TestProgram: what the caller of the program sees.
func TestProgram(t *testing.T) {
	out, err := command(t, "--help").CombinedOutput()
	require.NoError(t, err)
	assert.Contains(t, string(out), "gateway runs the example drivers")

	cmd := command(t, "press")
	out, err = cmd.CombinedOutput()
	require.Error(t, err)
	assert.Equal(t, 1, cmd.ProcessState.ExitCode())
	assert.Contains(t, string(out), "gateway: \"press\": give flags only")

	cmd = command(t, "--listen", "127.0.0.1:0")
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	assert.Contains(t, line, "end with Ctrl-C")
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.NoError(t, cmd.Wait(), "Ctrl-C is no failure")
}

// TestProgramTellsWhatChanges: who looks at its log sees a device that is away.
func TestProgramTellsWhatChanges(t *testing.T) {
	config := filepath.Join(t.TempDir(), "gateway.json")
	away := strings.Replace(lab, `"group"`, `"address": "127.0.0.1:1", "group"`, 1)
	require.NoError(t, os.WriteFile(config, []byte(away), 0o666))
	cmd := command(t, "--listen", "127.0.0.1:0", "--config", config)
	log, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	late := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	line, err := bufio.NewReader(log).ReadString('\n')
	require.NoError(t, err, "no line within 10 s")
	assert.Contains(t, line, "disconnected node=plc group=g code=3002")
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.NoError(t, cmd.Wait())
}

// TestRun is the program from beginning to end, with the devices that it has
// without --config.
func TestRun(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"--listen", "127.0.0.1:0"}, in, io.Discard)
		in.Close()
	}()
	line := make([]byte, 200)
	n, err := out.Read(line)
	require.NoError(t, err)
	require.Contains(t, string(line[:n]), "6 nodes")
	url := strings.Fields(string(line[strings.Index(string(line[:n]), "http"):n]))[0]
	url = strings.TrimSuffix(url, "/,")

	c, err := readConfig("")
	require.NoError(t, err)
	for _, node := range c.Nodes {
		body, err := json.Marshal(map[string]any{"node": node.Name, "group": node.Group})
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			answer, err := http.Post(url+"/api/v2/read", "application/json", bytes.NewReader(body))
			if err != nil {
				return false
			}
			defer answer.Body.Close()
			var read struct {
				Tags []struct{ Error int }
			}
			if json.NewDecoder(answer.Body).Decode(&read) != nil || len(read.Tags) != len(node.Tags) {
				return false
			}
			for _, tag := range read.Tags {
				if tag.Error != 0 {
					return false
				}
			}
			return true
		}, 15*time.Second, 50*time.Millisecond, node.Name)
	}

	// It ends soon with devices that are silent, a page that looks on, and a
	// connection on which nothing was asked for.
	for _, node := range c.Nodes {
		answer, err := http.Post(url+"/trouble", "application/json", strings.NewReader(`{"node":"`+node.Name+`","trouble":"silence"}`))
		require.NoError(t, err)
		answer.Body.Close()
	}
	page, err := http.Get(url + "/events")
	require.NoError(t, err)
	defer page.Body.Close()
	idle, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	require.NoError(t, err)
	defer idle.Close()
	time.Sleep(patience.Timeout) // all requests are on their way
	stopped := time.Now()
	cancel()
	require.NoError(t, <-ended)
	t.Logf("ended after %v", time.Since(stopped).Round(time.Millisecond))
	assert.Less(t, time.Since(stopped), 5*time.Second)
	require.NoError(t, idle.SetReadDeadline(time.Now().Add(2*time.Second)))
	_, err = idle.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF, "no connection is left")
	http.DefaultClient.CloseIdleConnections()
}
