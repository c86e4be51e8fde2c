package eniptest

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// An attribute is one by its numbers.
type attribute struct{ class, instance, number uint32 }

func (a attribute) String() string {
	return fmt.Sprintf("@0x%02X/%d/%d", a.class, a.instance, a.number)
}

// parseAttribute reads @class/instance/attribute.
func parseAttribute(s string) (a attribute, ok bool) {
	parts := strings.Split(strings.TrimPrefix(s, "@"), "/")
	if !strings.HasPrefix(s, "@") || len(parts) != 3 {
		return a, false
	}
	for i, field := range []*uint32{&a.class, &a.instance, &a.number} {
		n, err := strconv.ParseUint(parts[i], 0, 16)
		if err != nil {
			return a, false
		}
		*field = uint32(n)
	}
	return a, true
}

// Objects that every controller has: identity, and what tells clients that the
// program has changed (1756-PM020, "determine when the program changes").
const (
	classIdentity = 0x01
	classChanges  = 0xAC
)

// builtIn are the attributes that clients ask for without being told to.
func builtIn() map[attribute][]byte {
	name := "eniptest"
	return map[attribute][]byte{
		{classIdentity, 1, 1}: {0x01, 0x00},             // vendor
		{classIdentity, 1, 2}: {0x0E, 0x00},             // programmable logic controller
		{classIdentity, 1, 3}: {0x36, 0x00},             // product
		{classIdentity, 1, 4}: {33, 11},                 // revision
		{classIdentity, 1, 5}: {0x60, 0x30},             // status: running, no faults
		{classIdentity, 1, 6}: {0x78, 0x56, 0x34, 0x12}, // serial number
		{classIdentity, 1, 7}: append([]byte{byte(len(name))}, name...),
		{classChanges, 1, 1}:  make([]byte, 2),
		{classChanges, 1, 2}:  make([]byte, 2),
		{classChanges, 1, 3}:  make([]byte, 4),
		{classChanges, 1, 4}:  make([]byte, 4),
		{classChanges, 1, 10}: make([]byte, 4),
	}
}

func (d *Device) setAttribute(name string, value any) {
	a, ok := parseAttribute(name)
	if !ok {
		panic(fmt.Errorf("eniptest: %q is no attribute like @0x8B/1/5", name))
	}
	var b []byte
	var err error
	if s, ok := value.(string); ok {
		b = append([]byte{byte(len(s))}, s...)
	} else if b, err = binary.Append(nil, binary.LittleEndian, value); err != nil {
		panic(fmt.Errorf("eniptest: %s: %w", name, err))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.attributes[a] = b
}

// known reports whether there is an object of a class, and this instance of it.
func (d *Device) known(class, instance uint32) bool {
	for a := range d.attributes {
		if a.class == class && a.instance == instance {
			return true
		}
	}
	return false
}
