package devicetest

import (
	"slices"
	"time"
)

// A Fault is what a device does to the connection instead of answering well.
type Fault uint8

const (
	// Silence takes the request and never answers; the connection stays open.
	Silence Fault = iota + 1
	// Cut sends the first half of the answer and then closes the connection.
	Cut
	// Close closes the connection instead of answering.
	Close
	// Reset ends the connection with a RST instead of answering. Over UDP it is Silence.
	Reset
	// Garbage answers with bytes that are no frame of the protocol.
	Garbage
	// Truncated answers with a whole frame whose content ends too early.
	Truncated
	// WrongLength answers with a frame whose length field lies.
	WrongLength
	// WrongID answers with the transaction number of another request. Protocols
	// without such a number answer another request in their own way.
	WrongID
)

// When says which requests a rule is for: [Every] one, the [Next] one, or the
// n-th from now as When(n).
type When int

const (
	Every When = 0 // every request until Recover: what a rule without a When is for
	Next  When = 1 // the next request, and no other
)

// A rule makes requests fail.
type rule struct {
	when   When // counts down; a rule for one request is dropped behind it
	item   string
	native error
	fault  Fault
	delay  time.Duration
}

// A Plan says how one request has to fail. The zero Plan is success.
type Plan struct {
	// Native is the native status of the whole request, nil for none.
	Native error
	// Items has the native status of each item, nil for a good one. It is as
	// long as the request's list of items.
	Items []error

	fault Fault
	delay time.Duration
}

// plan applies the rules to a request, and uses up those that were for one.
func (s *Server) plan(q Request) Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := Plan{Items: make([]error, len(q.Items))}
	s.rules = slices.DeleteFunc(s.rules, func(r *rule) bool {
		if r.item != "" && !slices.ContainsFunc(q.Items, func(item string) bool { return s.match(r.item, item) }) {
			return false
		}
		if r.when > Next {
			r.when--
			return false
		}
		p.add(r, q, s.match)
		return r.when == Next
	})
	return p
}

func (p *Plan) add(r *rule, q Request, match func(rule, item string) bool) {
	if r.fault != 0 {
		p.fault = r.fault
	}
	p.delay = max(p.delay, r.delay)
	switch {
	case r.native == nil:
	case r.item == "":
		p.Native = r.native
	default:
		for i, item := range q.Items {
			if match(r.item, item) {
				p.Items[i] = r.native
			}
		}
	}
}

// Fail makes requests fail with a native status: the value of one of the
// protocol package's types, such as s7.AddressOutOfRange. Statuses that stand in
// an item fail every item of the request. Without a when it is every request
// from now on, until [Server.Recover].
func (s *Server) Fail(native error, when ...When) { s.add(rule{native: native}, when) }

// FailItem makes one item of each request fail, named by its address as the
// protocol's package writes addresses, or makes the whole request fail when the
// status is none of an item.
func (s *Server) FailItem(address string, native error, when ...When) {
	s.add(rule{item: address, native: native}, when)
}

// Break damages the connection or the answer.
func (s *Server) Break(fault Fault, when ...When) { s.add(rule{fault: fault}, when) }

// Delay answers later.
func (s *Server) Delay(d time.Duration, when ...When) { s.add(rule{delay: d}, when) }

func (s *Server) add(r rule, when []When) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(when) > 0 {
		r.when = when[0]
	}
	s.rules = append(s.rules, &r)
}
