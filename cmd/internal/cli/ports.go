package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/cmd/internal/decode"
)

// parsePorts adds what a --port flag says: s7=1102 or s7=1100-1110.
func (a *app) parsePorts(ports *decode.Ports, flag string) error {
	name, text, ok := strings.Cut(flag, "=")
	if !ok {
		return fmt.Errorf("--port %s: write protocol=port, such as s7=1102 or s7=1100-1110", flag)
	}
	p := a.protocol(name)
	if p == nil {
		return fmt.Errorf("--port %s: %w", flag, a.unknownProtocol(name))
	}
	if p.Scan == nil {
		return fmt.Errorf("--port %s: %s has no frames that could be decoded", flag, name)
	}
	low, high, isRange := strings.Cut(text, "-")
	if !isRange {
		high = low
	}
	first, err1 := strconv.ParseUint(low, 10, 16)
	last, err2 := strconv.ParseUint(high, 10, 16)
	if err1 != nil || err2 != nil || first == 0 || first > last {
		return fmt.Errorf("--port %s: %q is no port from 1 to 65535 and no range of ports", flag, text)
	}
	ports.Add(p, uint16(first), uint16(last))
	return nil
}
