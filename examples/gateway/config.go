package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

//go:embed gateway.json
var defaultConfig []byte

// A Config says which devices there are.
type Config struct {
	Nodes []NodeConfig `json:"nodes"`
}

// A NodeConfig is one device with its tags.
type NodeConfig struct {
	Name     string          `json:"name"`
	Protocol string          `json:"protocol"` // s7, opcua, fins, enip, knx or focas
	Group    string          `json:"group"`
	Address  string          `json:"address,omitempty"`  // host, or host:port; empty for a device in this process
	Interval string          `json:"interval,omitempty"` // of polling, such as "2s"; 500ms when empty
	Timeout  string          `json:"timeout,omitempty"`  // of connecting and of a request, such as "3s"; 700ms when empty
	Settings json.RawMessage `json:"settings,omitempty"` // fields of the Driver of examples/<protocol>
	Tags     []TagConfig     `json:"tags"`

	interval time.Duration
	timeout  time.Duration // 0 when empty
}

// A TagConfig is a tag, and what the device in this process says about it.
type TagConfig struct {
	southbound.Tag
	Value any     `json:"value,omitempty"`
	Swing float64 `json:"swing,omitempty"` // how far the value moves around Value
}

// readConfig reads the file name, or the default when name is empty.
func readConfig(name string) (*Config, error) {
	data := defaultConfig
	if name != "" {
		var err error
		if data, err = os.ReadFile(name); err != nil {
			return nil, err
		}
	} else {
		name = "gateway.json"
	}
	c, err := parseConfig(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

func parseConfig(data []byte) (*Config, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	c := new(Config)
	if err := d.Decode(c); err != nil {
		return nil, located(err, data)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something stands behind the last brace")
	}
	if len(c.Nodes) == 0 {
		return nil, errors.New("no nodes")
	}
	seen := map[string]bool{}
	for i := range c.Nodes {
		n := &c.Nodes[i]
		if err := n.check(); err != nil {
			return nil, fmt.Errorf("node %d (%q): %w", i+1, n.Name, err)
		}
		if seen[n.Name] {
			return nil, fmt.Errorf("node %d: a node %q stands above", i+1, n.Name)
		}
		seen[n.Name] = true
	}
	return c, nil
}

// located puts the line in front of an error of encoding/json, where that has
// noted one.
func located(err error, data []byte) error {
	var offset int64
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	default:
		return err
	}
	return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:offset], []byte("\n")), err)
}

func (n *NodeConfig) check() error {
	switch {
	case n.Name == "":
		return errors.New("no name")
	case n.Group == "":
		return errors.New("no group")
	case len(n.Tags) == 0:
		return errors.New("no tags")
	case protocolNamed(n.Protocol) == nil:
		return fmt.Errorf("protocol %q is none of %s", n.Protocol, strings.Join(protocolNames(), ", "))
	}
	var err error
	if n.interval, err = duration(n.Interval, 500*time.Millisecond); err != nil {
		return fmt.Errorf(`interval %q: give 10ms or more, such as "500ms"`, n.Interval)
	}
	if n.timeout, err = duration(n.Timeout, 0); err != nil {
		return fmt.Errorf(`timeout %q: give 10ms or more, such as "3s"`, n.Timeout)
	}
	for i, tag := range n.Tags {
		switch {
		case tag.Name == "":
			return fmt.Errorf("tag %d has no name", i+1)
		case tag.Address == "":
			return fmt.Errorf("tag %s has no address", tag.Name)
		case tag.Type.Size() == 0:
			return fmt.Errorf("tag %s: type %q is none of BOOL, INT16, UINT16, INT32, UINT32, FLOAT, DOUBLE", tag.Name, tag.Type)
		case slices.ContainsFunc(n.Tags[:i], func(t TagConfig) bool { return t.Name == tag.Name }):
			return fmt.Errorf("tag %s stands there twice", tag.Name)
		}
	}
	return nil
}

// duration reads a time, of which less than 10 ms makes no sense here.
func duration(text string, whenEmpty time.Duration) (time.Duration, error) {
	if text == "" {
		return whenEmpty, nil
	}
	d, err := time.ParseDuration(text)
	if err == nil && d < 10*time.Millisecond {
		err = errors.New("too short")
	}
	return d, err
}

func (n *NodeConfig) tags() []southbound.Tag {
	tags := make([]southbound.Tag, len(n.Tags))
	for i, tag := range n.Tags {
		tags[i] = tag.Tag
	}
	return tags
}
