package southbound

import (
	"context"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Driver opens links to one device.
type Driver interface {
	// Open connects. Its error is translated for core.Connect. It returns when
	// ctx ends.
	Open(ctx context.Context) (Link, error)
}

// A Link is an open connection to a device. It is used by one goroutine at a
// time. All errors are translated: the documented code, scope and remedy can be
// had from each.
type Link interface {
	// Read asks for all tags in one request where the protocol can, and returns
	// one result for each, in order. Its error is that of the request as a whole,
	// and of all tags.
	Read(ctx context.Context, tags []Tag) ([]Result, error)

	// Write writes one tag. The value has the Go type that belongs to the tag's
	// type.
	Write(ctx context.Context, tag Tag, value any) error

	// Close ends the link. It does not wait for a device that is silent.
	Close() error
}

// A Reopener is a link that can open its session again and keep the connection
// below it.
type Reopener interface {
	Reopen(ctx context.Context) error
}

// A Tag is one value of a device.
type Tag struct {
	Name     string `json:"name"`    // of the gateway: "motor.speed"
	Address  string `json:"address"` // in the notation of the protocol: "DB1.DBW4"
	Type     Type   `json:"type"`
	ReadOnly bool   `json:"readonly,omitempty"`
}

// A Result is what a device said about one tag.
type Result struct {
	Value  any         // when Err is nil
	Status core.Status // what came with the value, zero when nothing did
	Err    error
}

// Quality tells whether the value can be used.
func (r Result) Quality() core.Quality {
	switch {
	case r.Err != nil:
		return core.Bad
	case r.Status == core.Status{}:
		return core.Good
	}
	return r.Status.Quality()
}
