package record

import (
	"context"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A port that is not served is taken until it is closed.
func TestPortCloses(t *testing.T) {
	for name, udp := range map[string]bool{"TCP": false, "UDP": true} {
		p, err := Listen(context.Background(), "127.0.0.1:0", udp)
		require.NoError(t, err, name)
		_, err = Listen(context.Background(), p.Addr().String(), udp)
		assert.Error(t, err, "%s: it is taken", name)
		require.NoError(t, p.Close(), name)
		assert.ErrorIs(t, p.Close(), net.ErrClosed, name)
	}
}
