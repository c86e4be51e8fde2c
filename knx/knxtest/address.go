package knxtest

import (
	"fmt"
	"strconv"
	"strings"
)

// canonical returns an address in the form in which requests name it.
func canonical(addr string) (string, error) {
	device, property, found := strings.Cut(addr, "property ")
	switch {
	case found:
		name, err := parseProperty(property)
		if err != nil || device == "" {
			return name, err
		}
		a, err := parseIndividual(strings.TrimSpace(device))
		return individualName(a) + " " + name, err
	case strings.HasPrefix(addr, "feature "):
		n, err := numbers(strings.TrimPrefix(addr, "feature "), "/", 8)
		if err != nil {
			return "", complaint(addr)
		}
		return featureName(uint8(n[0])), nil
	case strings.Contains(addr, "."):
		a, err := parseIndividual(addr)
		return individualName(a), err
	}
	a, err := parseGroup(addr)
	return groupName(a), err
}

func complaint(addr string) error {
	return fmt.Errorf("knxtest: address %q is none like 1/2/3, 1.1.5, 1.1.5 property 11/1/52, feature 3, property 11/1/52", addr)
}

// numbers reads numbers of the given widths.
func numbers(s, separator string, bits ...int) ([]int, error) {
	parts := strings.Split(s, separator)
	if len(parts) != len(bits) {
		return nil, strconv.ErrSyntax
	}
	n := make([]int, len(parts))
	for i, part := range parts {
		v, err := strconv.ParseUint(part, 10, bits[i])
		if err != nil {
			return nil, err
		}
		n[i] = int(v)
	}
	return n, nil
}

// parseGroup reads 1/2/3 or 1/515.
func parseGroup(s string) (uint16, error) {
	if n, err := numbers(s, "/", 5, 3, 8); err == nil {
		return uint16(n[0]<<11 | n[1]<<8 | n[2]), nil
	}
	n, err := numbers(s, "/", 5, 11)
	if err != nil {
		return 0, complaint(s)
	}
	return uint16(n[0]<<11 | n[1]), nil
}

func groupName(a uint16) string { return fmt.Sprintf("%d/%d/%d", a>>11, a>>8&7, a&0xFF) }

// parseIndividual reads 1.1.5.
func parseIndividual(s string) (uint16, error) {
	n, err := numbers(s, ".", 4, 4, 8)
	if err != nil {
		return 0, complaint(s)
	}
	return uint16(n[0]<<12 | n[1]<<8 | n[2]), nil
}

func individualName(a uint16) string { return fmt.Sprintf("%d.%d.%d", a>>12, a>>8&0xF, a&0xFF) }

func parseProperty(s string) (string, error) {
	n, err := numbers(s, "/", 16, 12, 12)
	if err != nil {
		return "", complaint(s)
	}
	return propertyName(n[0], n[1], n[2]), nil
}

func propertyName(object, instance, property int) string {
	return fmt.Sprintf("property %d/%d/%d", object, instance, property)
}

func featureName(n uint8) string { return fmt.Sprintf("feature %d", n) }

// match compares the address of a rule with that of an item. A device stands
// for all that is asked of it.
func match(rule, item string) bool {
	a, err := canonical(rule)
	return err == nil && (a == item || strings.HasPrefix(item, a+" property "))
}
