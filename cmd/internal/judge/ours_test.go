package judge

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/capture"
	"github.com/fieldstatus/fieldstatus/cmd/internal/decode"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
)

func (j *judge) protocol(t *testing.T) *protocol.Protocol {
	t.Helper()
	all := protocol.All()
	i := slices.IndexFunc(all, func(p *protocol.Protocol) bool { return p.Name == j.name })
	require.GreaterOrEqual(t, i, 0)
	return all[i]
}

// decode returns what fieldstatus decode says about the packets of a capture, by
// their numbers.
func (j *judge) decode(t *testing.T, pcap []byte) map[int][]claim {
	t.Helper()
	claims := make(map[int][]claim)
	engine := decode.NewEngine(decode.NewPorts([]*protocol.Protocol{j.protocol(t)}), func(f decode.Finding) {
		switch {
		case f.Unanswered:
		case f.Cause != nil:
			claims[f.Packet] = append(claims[f.Packet], j.fault(f.Cause))
		default:
			claims[f.Packet] = append(claims[f.Packet], j.status(f.Status))
		}
	})
	r, err := capture.NewReader(bytes.NewReader(pcap))
	require.NoError(t, err)
	require.NoError(t, engine.Run(r))
	return claims
}

// needsAlone reports whether a conversation says nothing about a frame itself:
// it passes over what answers no request of its own, or says just that.
func (j *judge) needsAlone(claims []claim) bool {
	return len(claims) == 0 || slices.ContainsFunc(claims, func(c claim) bool {
		return c.fault && slices.ContainsFunc(j.pairing, func(p string) bool { return strings.HasPrefix(c.text, p) })
	})
}

// decodeAlone returns what the decoder says about the frames in one packet
// without their conversation.
func (j *judge) decodeAlone(t *testing.T, p packet) (claims []claim) {
	t.Helper()
	scan := j.protocol(t).Scan
	for data := p.frame; len(data) > 0; {
		n, frame, err := len(data), data, error(nil)
		if p.stream {
			n, frame, err = scan(data, true)
		}
		if err == nil {
			var statuses []core.Status
			statuses, err = j.alone(nil, frame)
			for _, s := range statuses {
				claims = append(claims, j.status(s))
			}
		}
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF): // the rest of the frame is awaited
			return claims
		case errors.Is(err, core.ErrNotResponse) || errors.Is(err, core.ErrIncomplete):
			if j.silent != nil && j.silent(err) != "" {
				claims = append(claims, claim{layer: silence, text: j.silent(err), more: -1})
			}
		case err != nil:
			return append(claims, j.fault(err))
		}
		data = data[n:]
	}
	return claims
}
