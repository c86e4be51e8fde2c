package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/examples/southbound/drivertest"
)

// A broker is Eclipse Mosquitto on loopback.
type broker struct {
	t    *testing.T
	addr string
	stop func()
}

func startBroker(t *testing.T) *broker {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	b := &broker{t: t, addr: l.Addr().String()}
	require.NoError(t, l.Close())
	b.start()
	t.Cleanup(func() { b.stop() })
	return b
}

func (b *broker) start() {
	b.t.Helper()
	program, err := exec.LookPath("mosquitto")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/mosquitto"); err != nil {
			b.t.Skip("mosquitto is missing: install Debian's package mosquitto")
		}
	}
	_, port, _ := net.SplitHostPort(b.addr)
	file := filepath.Join(b.t.TempDir(), "mosquitto.conf")
	require.NoError(b.t, os.WriteFile(file, []byte("listener "+port+" 127.0.0.1\nallow_anonymous true\n"), 0o600))
	cmd := exec.Command(program, "-c", file)
	require.NoError(b.t, cmd.Start())
	b.stop = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	require.Eventually(b.t, func() bool {
		c, err := net.Dial("tcp", b.addr)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, 10*time.Second, 10*time.Millisecond, "mosquitto does not listen")
}

// TestUpload compares what comes out of a real broker with the forms of the API.
func TestUpload(t *testing.T) {
	b := startBroker(t)
	g := start(t, lab)
	ctx, cancel := context.WithCancel(context.Background())
	var uploading sync.WaitGroup
	uploading.Go(func() {
		_ = uploader{g.Gateway, "tcp://" + b.addr, "/neuron/test", 20 * time.Millisecond, drivertest.Patience}.run(ctx) // fails at wrong addresses only
	})
	defer uploading.Wait()
	defer cancel()

	var mu sync.Mutex
	last := map[string]string{}
	reader := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + b.addr).SetMaxReconnectInterval(100 * time.Millisecond).
		SetOnConnectHandler(func(c mqtt.Client) {
			c.Subscribe("#", 0, func(_ mqtt.Client, m mqtt.Message) {
				mu.Lock()
				defer mu.Unlock()
				last[m.Topic()] = string(m.Payload())
			})
		}))
	connected := reader.Connect()
	require.True(t, connected.WaitTimeout(5*time.Second))
	require.NoError(t, connected.Error())
	defer reader.Disconnect(100)

	comes := func(topic, pattern string) {
		t.Helper()
		g.eventually(fmt.Sprintf("%s like %s", topic, pattern), func() bool {
			mu.Lock()
			defer mu.Unlock()
			message := last["/neuron/test"+topic]
			_, rest, found := strings.Cut(message, ",") // the time
			return found && strings.HasPrefix(message, `{"timestamp":1`) && rest == pattern
		})
	}
	comes("/upload", `"node":"plc","group":"g","values":{"fixed":1.5,"speed":1480,"torque":12},"errors":{},"metas":{}}`)
	comes("/state/update", `"states":[{"node":"plc","link":1,"running":3}]}`)

	n := g.node("plc")
	require.True(t, n.afflict("address"))
	comes("/upload", `"node":"plc","group":"g","values":{"fixed":1.5,"speed":1480},"errors":{"torque":10105},"metas":{}}`)
	require.True(t, n.afflict("off"))
	comes("/upload", `"node":"plc","group":"g","values":{},"errors":{"fixed":3002,"speed":3002,"torque":3002},"metas":{}}`)
	comes("/state/update", `"states":[{"node":"plc","link":0,"running":3}]}`)

	b.stop() // and the broker comes back
	mu.Lock()
	clear(last)
	mu.Unlock()
	require.True(t, n.afflict(""))
	b.start()
	comes("/upload", `"node":"plc","group":"g","values":{"fixed":1.5,"speed":1480,"torque":12},"errors":{},"metas":{}}`)
}

// TestIsBroker: what paho would not connect to, it would try for ever.
func TestIsBroker(t *testing.T) {
	for address, want := range map[string]bool{
		"tcp://127.0.0.1:1883":       true,
		"mqtt://broker:1883":         true,
		"ssl://broker:8883":          true,
		"mqtts://user@broker:8883":   true,
		"tcp://[::1]:1883":           true,
		"ws://broker/mqtt":           true,
		"wss://broker:443/mqtt":      true,
		"tcp://broker":               false, // needs a port
		"tcp://broker:":              false,
		"broker:1883":                false,
		"//broker:1883":              false,
		"http://broker:1883":         false,
		"tcp:/broker:1883":           false,
		"tcp://bro ker:1883":         false,
		"":                           false,
		"ws:///mqtt":                 false,
		"unix:///run/mosquitto.sock": false,
	} {
		assert.Equal(t, want, isBroker(address), "%q", address)
	}
}

// lines are what is logged.
type lines chan string

func (l lines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

// TestBrokerThatIsAway: paho tries again without a word.
func TestBrokerThatIsAway(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	address := "tcp://" + l.Addr().String()

	log := make(lines, 100)
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, nil)))
	defer slog.SetDefault(before)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- uploader{&Gateway{}, address, "/t", time.Hour, time.Millisecond}.run(ctx) }()
	select {
	case line := <-log:
		assert.Contains(t, line, "level=WARN")
		assert.Contains(t, line, "no broker answers yet")
		assert.Contains(t, line, address)
	case <-time.After(drivertest.Patience):
		t.Error("nobody hears of it")
	}
	cancel()
	require.NoError(t, <-ended)
}
