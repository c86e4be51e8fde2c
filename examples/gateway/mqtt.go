package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// An uploader publishes the groups of all nodes and the report about the nodes.
type uploader struct {
	gateway  *Gateway
	broker   string // "tcp://127.0.0.1:1883"
	topic    string // in front of /upload and /state/update
	interval time.Duration
	patience time.Duration // until somebody should see whether there is a broker
}

// run uploads until ctx ends. A broker that is away is tried again and again;
// what could not be sent in the meantime is not made up for.
func (u uploader) run(ctx context.Context) error {
	if !isBroker(u.broker) {
		return fmt.Errorf("%q is no address of a broker, such as tcp://127.0.0.1:1883", u.broker)
	}
	warning := time.AfterFunc(u.patience, func() { // paho tries again without a word
		slog.Warn("no broker answers yet, trying again; see whether the address is right", "broker", u.broker)
	})
	defer warning.Stop()
	options := mqtt.NewClientOptions().AddBroker(u.broker).
		SetClientID(fmt.Sprintf("fieldstatus-gateway-%d", time.Now().UnixNano())).
		SetConnectRetry(true).SetConnectRetryInterval(time.Second).SetMaxReconnectInterval(5 * time.Second).
		SetConnectTimeout(3 * time.Second).SetWriteTimeout(3 * time.Second).
		SetOnConnectHandler(func(mqtt.Client) {
			warning.Stop()
			slog.Info("connected", "broker", u.broker)
		}).
		SetConnectionLostHandler(func(_ mqtt.Client, err error) { slog.Warn("broker lost, trying again", "broker", u.broker, "err", err) })
	client := mqtt.NewClient(options)
	client.Connect()
	defer client.Disconnect(250)
	tick := time.NewTicker(u.interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if !client.IsConnectionOpen() {
			continue
		}
		for _, n := range u.gateway.nodes {
			u.publish(client, "/upload", n.upload())
		}
		u.publish(client, "/state/update", u.gateway.report())
	}
}

// isBroker reports whether paho can connect to an address. It would try one that
// it does not understand again and again, too.
func isBroker(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	switch u.Scheme {
	case "tcp", "mqtt", "ssl", "tls", "mqtts", "mqtt+ssl", "tcps":
		return u.Port() != ""
	}
	return u.Scheme == "ws" || u.Scheme == "wss"
}

func (u uploader) publish(client mqtt.Client, to string, message any) {
	payload, err := json.Marshal(message)
	if err != nil {
		slog.Error("not uploaded", "topic", u.topic+to, "err", err)
		return
	}
	client.Publish(u.topic+to, 0, false, payload)
}
