package southbound

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
)

// HostPort returns the address of a device as package net dials it, with the port
// that is usual for the protocol when addr has none. What is no address is 3002,
// and the text says what one looks like.
func HostPort(addr string, usual uint16) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil && (net.ParseIP(addr) != nil || addr != "" && !strings.ContainsAny(addr, ":[]")) {
		host, port, err = addr, strconv.Itoa(int(usual)), nil
	}
	if n, wrong := strconv.ParseUint(port, 10, 16); err != nil || wrong != nil || n == 0 || host == "" {
		return "", &core.Error{Code: core.PluginNotConnected, Op: core.Connect, Err: fmt.Errorf("address %q: give host:port, such as 192.168.0.1:%d", addr, usual)}
	}
	return net.JoinHostPort(host, port), nil
}
