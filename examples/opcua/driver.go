// Package opcua is a driver for OPC UA servers, on the client library gopcua,
// without security. It translates every failure; what is done about one is up to
// [southbound.Node], which looks at scope and remedy, so that gopcua may not
// reconnect by itself. Tags are nodes: "ns=2;s=Line1.Speed", "i=2258".
package opcua

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// A Driver opens links to a server.
type Driver struct {
	Endpoint string        // "opc.tcp://192.168.0.1:4840"
	Timeout  time.Duration // of connecting and of a request; 3 s when 0
}

// Open implements [southbound.Driver].
func (d Driver) Open(ctx context.Context) (southbound.Link, error) {
	l := &link{timeout: cmp.Or(d.Timeout, 3*time.Second), levels: map[string]byte{}}
	ctx, cancel := context.WithTimeout(ctx, l.timeout) // gopcua waits for a greeting until a deadline, if there is one
	defer cancel()
	if !strings.HasPrefix(d.Endpoint, "opc.tcp://") {
		return nil, opcuastatus.Status(ua.StatusBadTCPEndpointURLInvalid).Wrap(core.Connect, fmt.Errorf("endpoint %q: give opc.tcp://host:port", d.Endpoint))
	}
	var err error
	l.client, err = opcua.NewClient(d.Endpoint, opcua.SecurityMode(ua.MessageSecurityModeNone), opcua.AutoReconnect(false), opcua.RequestTimeout(l.timeout))
	if err == nil {
		err = l.client.Connect(ctx)
	}
	if err != nil {
		return nil, opcuastatus.Translate(core.Connect, err)
	}
	return l, nil
}

type link struct {
	client  *opcua.Client
	timeout time.Duration
	levels  map[string]byte // access levels by address, see access.go
}

// Read implements [southbound.Link].
func (l *link) Read(ctx context.Context, tags []southbound.Tag) ([]southbound.Result, error) {
	results := make([]southbound.Result, len(tags))
	var request ua.ReadRequest
	var asked []int // the tags that the first nodes are
	for i, tag := range tags {
		node, err := parse(tag, core.Read)
		if err != nil {
			results[i].Err = err
			continue
		}
		asked = append(asked, i)
		request.NodesToRead = append(request.NodesToRead, &ua.ReadValueID{NodeID: node, AttributeID: ua.AttributeIDValue})
	}
	if len(asked) == 0 {
		return results, nil // to an empty request servers answer BadNothingToDo
	}
	unknown := l.askLevels(&request, tags, asked)
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	response, err := l.client.Read(ctx, &request)
	if err := opcuastatus.Translate(core.Read, err); err != nil {
		return nil, err
	}
	statuses := opcuastatus.ReadStatuses(response, len(request.NodesToRead))
	if response == nil || len(response.Results) != len(statuses) { // all have the same status
		return nil, statuses[0].Err(core.Read)
	}
	for j, i := range unknown {
		if j += len(asked); statuses[j].Err(core.Read) == nil {
			l.learnLevel(tags[i], response.Results[j])
		}
	}
	for j, i := range asked {
		if results[i].Err = l.mayAccess(tags[i], core.Read); results[i].Err == nil {
			results[i] = result(statuses[j], response.Results[j], tags[i].Type)
		}
	}
	return results, nil
}

// result returns what a server says about a tag. The status of a value that can
// be used says how well.
func result(status core.Status, value *ua.DataValue, t southbound.Type) southbound.Result {
	if err := status.Err(core.Read); err != nil {
		return southbound.Result{Err: err}
	}
	v := value.Value.Value() // ReadStatuses has seen that there is one
	if got := reflect.TypeOf(v); got != goTypes[t] {
		return southbound.Result{Err: opcuastatus.Status(ua.StatusBadTypeMismatch).Wrap(core.Read, fmt.Errorf("the node has the type %v", got))}
	}
	return southbound.Result{Value: v, Status: status}
}

// Write implements [southbound.Link].
func (l *link) Write(ctx context.Context, tag southbound.Tag, value any) error {
	node, err := parse(tag, core.Write)
	if err != nil {
		return err
	}
	if err := l.mayAccess(tag, core.Write); err != nil {
		return err
	}
	variant, err := ua.NewVariant(value)
	if err != nil {
		return &core.Error{Code: core.PluginTagTypeMismatch, Op: core.Write, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	response, err := l.client.Write(ctx, &ua.WriteRequest{NodesToWrite: []*ua.WriteValue{{
		NodeID: node, AttributeID: ua.AttributeIDValue, Value: &ua.DataValue{EncodingMask: ua.DataValueValue, Value: variant},
	}}})
	if err := opcuastatus.Translate(core.Write, err); err != nil {
		return err
	}
	return opcuastatus.WriteStatuses(response, 1)[0].Err(core.Write)
}

// goodbye is how long a server may take to close the session with us.
const goodbye = 100 * time.Millisecond

// Close implements [southbound.Link].
func (l *link) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), goodbye)
	defer cancel()
	return opcuastatus.Translate(core.Other, l.client.Close(ctx))
}
