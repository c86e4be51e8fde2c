package opcua_test

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

// A driver asks its client for several tags. *opcua.Client of gopcua has this
// method.
type client interface {
	Read(ctx context.Context, req *ua.ReadRequest) (*ua.ReadResponse, error)
}

type driver struct{ client client }

// read returns a value or an error for each tag. Each error is one that the
// gateway can answer with: a documented code, and what to do next.
func (d driver) read(ctx context.Context, tags []string) (values []any, errs []error, err error) {
	req := &ua.ReadRequest{}
	for _, tag := range tags {
		req.NodesToRead = append(req.NodesToRead, &ua.ReadValueID{NodeID: ua.NewStringNodeID(2, tag), AttributeID: ua.AttributeIDValue})
	}
	res, err := d.client.Read(ctx, req)
	if err := opcuastatus.Translate(core.Read, err); err != nil {
		return nil, nil, err // the request failed as a whole
	}
	values, errs = make([]any, len(tags)), make([]error, len(tags))
	for i, s := range opcuastatus.ReadStatuses(res, len(tags)) {
		if errs[i] = core.Tagged(tags[i], s.Err(core.Read)); errs[i] == nil {
			values[i] = res.Results[i].Value.Value()
		}
	}
	return values, errs, nil
}

func Example() {
	d := driver{client: lab{}}
	values, errs, err := d.read(context.Background(), []string{"temperature", "pressure", "motor.speed"})
	if err != nil {
		fmt.Println(err, "-", core.RemedyOf(err))
		return
	}
	for i := range values {
		if errs[i] != nil {
			fmt.Println(errs[i], "-", core.RemedyOf(errs[i]))
			continue
		}
		fmt.Println(values[i])
	}
	// Output:
	// 21.5
	// read pressure: 3008 Plugin tag value is invalid (opcua status 0x808C0500 BadSensorFailure) - retry
	// read motor.speed: 10015 The node id refers to a node that does not exist in the server address space (opcua status 0x80340000 BadNodeIdUnknown) - fix
}

// lab is a server that answers the same to every read of three tags.
type lab struct{}

func (lab) Read(context.Context, *ua.ReadRequest) (*ua.ReadResponse, error) {
	return &ua.ReadResponse{Results: []*ua.DataValue{
		{Value: ua.MustVariant(21.5), Status: 0x480}, // good, with overflow of the queue
		{Status: 0x808C0500},                         // sensor failure, at its lower limit
		{Status: ua.StatusBadNodeIDUnknown},
	}}, nil
}

func ExampleTranslate() {
	for _, err := range []error{
		ua.StatusBadTooManyOperations, // a ServiceFault
		io.EOF,                        // whatever happened to the connection
		fmt.Errorf("read: %w", context.DeadlineExceeded),
		ua.StatusGoodOverload, // an error of gopcua that is none
	} {
		err := opcuastatus.Translate(core.Read, err)
		fmt.Println(core.CodeOf(err), "-", core.RemedyOf(err), core.ScopeOf(err))
	}
	// Output:
	// 10010 The request could not be processed because it specified too many operations - fix request
	// 3002 Plugin is not connected - reconnect connection
	// 10003 opcua access timeout - retry request
	// 0 Success - none item
}

func ExampleTranslateSecured() {
	// what gopcua's Connect returns when the server does not trust the certificate
	err := opcuastatus.TranslateSecured(io.EOF)
	fmt.Println(err)
	fmt.Println(core.StatusOf(err).Hint())
	// Output:
	// connect: 10002 opcua connection configuration error (opcua opening Refused): EOF
	// Move the client certificate from the rejected to the trusted folder of the server, and check that the endpoint offers this policy and mode.
}

func ExampleStatus() {
	s := opcuastatus.Status(0x40930600)
	fmt.Println(s)
	fmt.Println(s.Code(core.Read), s.Quality(), opcuastatus.Info(0x40930600))
	fmt.Println(opcuastatus.Strict(s).Code(core.Read))

	err := opcuastatus.Status(0x80340400).Err(core.Read)
	fmt.Println(errors.Is(err, ua.StatusBadNodeIDUnknown), errors.Is(err, core.OPCUABadNodeIDUnknown))
	// Output:
	// opcua status 0x40930600 UncertainSensorNotAccurate
	// 0 Success uncertain limit high
	// 3008 Plugin tag value is invalid
	// true true
}

func ExampleCheckAccess() {
	const userAccessLevel = 0x01 // CurrentRead
	fmt.Println(opcuastatus.CheckAccess(userAccessLevel, core.Read))
	fmt.Println(opcuastatus.CheckAccess(userAccessLevel, core.Write))
	// Output:
	// <nil>
	// write: 10005 opcua tag is not writable (opcua access-level 0x01 NotWritable)
}

func ExampleConversation() {
	frames := []struct {
		sent  bool
		bytes string
	}{
		{true, "HELF\x20\x00\x00\x00" + "\x00\x00\x00\x00\xff\xff\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "\xff\xff\xff\xff"},
		{false, "ERRF\x1b\x00\x00\x00" + "\x00\x00\x83\x80" + "\x0b\x00\x00\x00no such URL"},
	}
	var conversation opcuastatus.Conversation
	for _, f := range frames {
		if f.sent {
			conversation.Sent([]byte(f.bytes))
			continue
		}
		statuses, err := conversation.Received(nil, []byte(f.bytes))
		if err != nil {
			fmt.Println(err)
		}
		for _, s := range statuses {
			op := conversation.Exchange().Op
			fmt.Println(op, s.Code(op), s)
			fmt.Println(s.Hint())
		}
	}
	// Output:
	// connect 10002 opcua connection configuration error opcua status 0x80830000 BadTcpEndpointUrlInvalid
	// Check the endpoint URL: the host and path must be as the server announces them.
}
