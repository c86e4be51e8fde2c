package laws

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/fieldstatus/fieldstatus/core"
)

// A number is the type of a native field.
type number interface {
	~uint8 | ~uint16 | ~int16 | ~uint32 | ~int32
}

// A Field is a native field: a number on the wire, and how a package answers
// for it.
type Field[T number] struct {
	// Layers are those whose rows answer for the field.
	Layers []string
	Status func(T) core.Status
	// Known tells which values the table names one by one. Without it, these
	// are the values whose Canon stands in a row of Layers.
	Known func(T) bool
	// Canon strips what is context and not part of the value. Two values are
	// the same error when their Canon is. Without it all bits count.
	Canon func(T) T
	// Foreign says that no error hands out a T: the numbers are another
	// tool's.
	Foreign bool
}

// Every checks every bit pattern of a field of 8 or 16 bits.
func Every[T ~uint8 | ~uint16 | ~int16](c *Coverage, f Field[T]) {
	c.t.Helper()
	check := newCheck(c, f)
	for v := T(0); ; {
		check.value(v, ops[:]...)
		if v++; v == 0 {
			return
		}
	}
}

// Sampled checks a field of 32 bits at every value and at both ends of every
// range that the table names, one below and one above each, at every single
// bit, and at a million values from a fixed seed.
func Sampled[T ~uint32 | ~int32](c *Coverage, f Field[T], more ...T) {
	c.t.Helper()
	check := newCheck(c, f)
	for _, layer := range f.Layers {
		for _, edge := range c.edges[layer] {
			more = append(more, T(edge))
		}
	}
	more = append(more, 0, ^T(0))
	for bit := range 32 {
		more = append(more, T(1)<<bit)
	}
	for _, v := range more {
		for _, v := range [...]T{v - 1, v, v + 1} {
			check.value(v, ops[:]...)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 1_000_000 {
		check.value(T(random.Uint32()), ops[i%len(ops)])
	}
}

// Events checks the outcomes that have no number on the wire: every event of
// the package, and that what is none has no status.
func Events[T ~uint8](c *Coverage, status func(T) core.Status, layers ...string) {
	c.t.Helper()
	check := newCheck(c, Field[T]{Layers: layers, Status: status, Known: func(T) bool { return true }})
	for v := range 1 << 8 {
		if status(T(v)) != (core.Status{}) {
			check.value(T(v), ops[:]...)
		}
	}
}

// A check checks the values of one field.
type check[T number] struct {
	*Coverage
	Field[T]
	native bool // errors hand out a T
}

func newCheck[T number](c *Coverage, f Field[T]) *check[T] {
	for _, layer := range f.Layers {
		c.named[layer] = true
	}
	if f.Canon == nil {
		f.Canon = func(v T) T { return v }
	}
	if f.Known == nil {
		listed := map[T]bool{}
		for _, layer := range f.Layers {
			for v := range c.listed[layer] {
				listed[T(v)] = true
			}
		}
		f.Known = func(v T) bool { return listed[f.Canon(v)] }
	}
	_, native := any(T(0)).(error)
	return &check[T]{Coverage: c, Field: f, native: native && !f.Foreign}
}

// value checks one value of the field.
func (c *check[T]) value(v T, ops ...core.Op) {
	c.t.Helper()
	s := c.Status(v)
	at := func() string { return fmt.Sprintf("%T %#x", v, int64(v)) }
	if s == (core.Status{}) {
		c.t.Fatalf("%s: no row", at())
	}
	if s.Value() != int64(v) && uint32(s.Value()) != uint32(v) {
		c.t.Fatalf("%s: the value became %d", at(), s.Value())
	}
	if s.Known() != c.Known(v) {
		c.t.Fatalf("%s: known is %v, but the table names it: %v (%v)", at(), s.Known(), c.Known(v), s)
	}
	c.Reached(s)
	Obeys(c.t, at, s, ops...)
	if c.native {
		c.handedOut(at, v, s)
	}
}

// handedOut checks that the value can be had back from an error and compared
// with, and that what differs in context only is the same.
func (c *check[T]) handedOut(at func() string, v T, s core.Status) {
	c.t.Helper()
	err := s.Err(core.Read)
	if err == nil {
		return
	}
	var native T
	if !errors.As(err, any(&native)) || native != v {
		c.t.Fatalf("%s: the error hands out %#x", at(), int64(native))
	}
	same := c.Canon(v)
	for _, other := range [...]T{v, same, v + 1, v - 1, v ^ 1<<3, ^v} {
		is := errors.Is(err, any(other).(error))
		if want := c.Canon(other) == same; is != want {
			c.t.Fatalf("%s: is %#x: %v, want %v", at(), int64(other), is, want)
		}
	}
}
