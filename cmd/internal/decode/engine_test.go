package decode

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
)

// Which port is suggested does not depend on chance.
func TestBusiestPort(t *testing.T) {
	for name, test := range map[string]struct {
		others  map[Port]int
		want    Port
		packets int
	}{
		"none":      {},
		"the most":  {map[Port]int{{20, false}: 5, {10, false}: 4, {30, true}: 6}, Port{30, true}, 6},
		"as many":   {map[Port]int{{20, false}: 5, {10, true}: 5, {30, true}: 5, {40, false}: 5, {5, false}: 4}, Port{10, true}, 5},
		"as a pair": {map[Port]int{{20, false}: 5, {20, true}: 5}, Port{20, false}, 5},
	} {
		for range 50 { // maps have no order
			e := &Engine{others: test.others}
			port, packets := e.BusiestPort()
			assert.Equal(t, test.want, port, name)
			assert.Equal(t, test.packets, packets, name)
		}
	}
}

// However many ports there are, the first ones are counted on.
func TestCountedPortsAreBounded(t *testing.T) {
	c := traffic.New()
	for i := range uint16(maxPorts + 10) {
		c.UDP(atPort(traffic.Client, 60000), atPort(traffic.Server, 1000+i), []byte("x"))
	}
	c.UDP(atPort(traffic.Client, 60000), atPort(traffic.Server, 1001), []byte("x"))
	_, e := run(t, c)
	assert.Len(t, e.others, maxPorts)
	port, packets := e.BusiestPort()
	assert.Equal(t, Port{1001, true}, port)
	assert.Equal(t, 2, packets)
}
