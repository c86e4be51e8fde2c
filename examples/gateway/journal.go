package main

import (
	"log/slog"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/gateway"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// A journal tells what has changed about a node since the last poll. What stays as
// it is gets no line, and a link that is lost gets one for all tags.
type journal struct {
	log  *slog.Logger // with the names of the node and of its group
	down core.Code    // of what keeps the link closed, 0 while it is open
	tags []core.Code  // while the link was open last
}

func newJournal(n *node, log *slog.Logger) *journal {
	return &journal{log: log.With("node", n.Name(), "group", n.config.Group), tags: make([]core.Code, len(n.config.Tags))}
}

// note compares what stands behind a poll with what stood behind the last one.
func (j *journal) note(link gateway.Link, readings []southbound.Reading) {
	if link == gateway.Disconnected {
		// All tags share the failure, unless a write has lost the link this moment.
		if code := core.CodeOf(readings[0].Err); code != core.OK && code != j.down {
			j.down = code
			j.log.Info("disconnected", failure(readings[0].Err)...)
		}
		return
	}
	if j.down != core.OK {
		j.down = core.OK
		j.log.Info("connected")
	}
	for i, r := range readings {
		code := core.CodeOf(r.Err)
		if code == j.tags[i] {
			continue
		}
		j.tags[i] = code
		j.log.Info("tag", append([]any{"tag", r.Tag.Name}, failure(r.Err)...)...)
	}
}

// failure is what a line says about an error, also where there is none any more.
func failure(err error) []any {
	attributes := []any{"code", int(core.CodeOf(err))}
	if err == nil {
		return attributes
	}
	attributes = append(attributes, "text", core.CodeOf(err).Message())
	if status := core.StatusOf(err); status != (core.Status{}) {
		attributes = append(attributes, "native", status.String())
	}
	return append(attributes, "remedy", core.RemedyOf(err).String())
}
