package core

import "context"

// CodeOf returns the documented code of an error. It looks through wrapped and
// joined errors and never panics, whatever the error's methods do:
//
//   - nil, OK and a nil *Error are OK;
//   - the first *[Error], [Code] or value with a method Status() [Status]
//     decides, a success being passed over in favour of a failure beside it,
//     and a zero Status in favour of what its error wraps;
//   - then [context.Canceled], which is 3010: the driver was told to stop;
//   - then an error of the network or a deadline, see [EventOf];
//   - anything else is 3000; 3001 when an *Error without a code says [Write].
func CodeOf(err error) Code {
	if err == nil {
		return OK
	}
	return inspect(err).code
}

// RemedyOf returns what the driver should do next: what the table says about
// the status in err, or what the catalogue says about a bare code. It is None
// for nil and when the caller has canceled.
func RemedyOf(err error) Remedy {
	if err == nil {
		return None
	}
	f := inspect(err)
	switch {
	case f.status.row != nil:
		return f.status.Remedy()
	case f.canceled:
		return None
	}
	return f.code.Remedy()
}

// ScopeOf returns how much an error affects, and what a reconnect has to
// reopen. It is Item for nil.
//
// It is the scope of the row, whatever was attempted: a login that is refused with
// a status that usually stands at an item has the scope of an item. Who could not
// connect has no link, and so no tag, whatever the scope.
func ScopeOf(err error) Scope {
	if err == nil {
		return Item
	}
	f := inspect(err)
	if f.status.row != nil {
		return f.status.Scope()
	}
	return f.code.Scope()
}

// StatusOf returns the native status in err: what the device said, or the
// event of the network. It is the zero Status when there is none.
func StatusOf(err error) Status {
	if err == nil {
		return Status{}
	}
	return inspect(err).status
}

// Repeatable reports whether a failed request may be sent again without doing
// its work twice. It is false when the device may already have carried out a
// write, as after a timeout or a lost connection, and for nil, since then it
// has. Requests that failed as reads or while connecting are always repeatable.
func Repeatable(err error) bool {
	if err == nil {
		return false
	}
	left := maxNodes
	said, unsure := branches(err, &left)
	if !said {
		return inspect(err).repeatable()
	}
	return !unsure
}

func (f finding) repeatable() bool {
	switch {
	case f.code == OK:
		return false
	case f.op == Read || f.op == Connect:
		return true
	case f.status.row != nil:
		return !f.status.row.Unsure
	}
	return f.code.Remedy() == Fix // a refusal; everything else may have come after the work was done
}

// branches looks at every branch of a tree that says something: of a refusal
// and a timeout joined, the timeout decides. It returns whether there are any,
// and whether one of them is not repeatable.
func branches(err error, left *int) (said, unsure bool) {
	defer func() {
		if recover() != nil { // a foreign method panicked
			said, unsure = true, true
		}
	}()
	branch := err // asked as a whole: a failed dial is more than the number inside of it
	for err != nil && *left > 0 {
		*left--
		switch e := err.(type) {
		case *Error, Code:
		case interface{ Unwrap() error }:
			if next := e.Unwrap(); next != nil {
				err = next
				continue
			}
		case interface{ Unwrap() []error }:
			for _, err := range e.Unwrap() {
				s, u := branches(err, left)
				said, unsure = said || s, unsure || u
			}
			return said, unsure
		}
		if f := inspect(branch); f.found || f.canceled || f.status.row != nil {
			return true, !f.repeatable()
		}
		return false, false
	}
	return false, false
}

// A finding is what the tree of an error says.
type finding struct {
	code     Code
	status   Status
	op       Op
	err      *Error // the first *Error, nil when something else decided
	found    bool   // an Error, a Code or a status decided
	canceled bool   // the caller stopped
	endless  bool   // there are more nodes than any honest tree has
}

// inspect walks the tree of err, which is not nil.
func inspect(err error) finding {
	var f finding
	w := walker{left: maxNodes}
	if w.walk(err, &f) {
		return f
	}
	switch {
	case w.success && !w.other:
		return finding{found: true}
	case w.left <= 0:
		return finding{code: Status{}.Code(w.op), endless: true}
	}
	if isCanceled(err) {
		return finding{code: PluginNotRunning, canceled: true}
	}
	if e := EventOf(err); e != 0 {
		s := e.Status()
		return finding{code: s.Code(w.op), status: s, op: w.op}
	}
	return finding{code: Status{}.Code(w.op), op: w.op}
}

// maxNodes bounds the walk through a tree, which a foreign Unwrap could make
// endless.
const maxNodes = 1000

// A walker looks for the first failure that names a code.
type walker struct {
	left    int
	success bool // a success was passed over
	other   bool // an error that names no code was seen
	op      Op   // of an *Error that names no code
}

// walk reports whether it has filled f. Panics of foreign methods end the
// branch they occur in.
func (w *walker) walk(err error, f *finding) (found bool) {
	defer func() {
		if recover() != nil {
			w.other = true
			found = false
		}
	}()
	for err != nil && w.left > 0 {
		w.left--
		switch e := err.(type) {
		case *Error:
			if e == nil {
				w.success = true
				return false
			}
			code, ok := e.own()
			if !ok { // a driver left the code out: the cause says it
				w.op = max(w.op, e.Op)
				err = e.Err
				continue
			}
			if code == OK {
				w.success = true
				return false
			}
			*f = finding{code: code, status: e.Status, op: e.Op, err: e, found: true}
			if f.status.row == nil && e.Err != nil {
				w.fillStatus(e.Err, f)
			}
			return true
		case Code:
			if e != OK {
				*f = finding{code: e, found: true}
				return true
			}
			w.success = true
			return false
		}
		if e, ok := err.(interface{ Status() Status }); ok {
			if s := e.Status(); s.row != nil { // else it says nothing, but what it wraps may
				code := s.Code(w.op)
				if code != OK {
					*f = finding{code: code, status: s, op: w.op, found: true}
					return true
				}
				w.success = true
				return false
			}
		}
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			err = e.Unwrap()
			if err == nil {
				w.other = true
			}
		case interface{ Unwrap() []error }:
			for _, err := range e.Unwrap() {
				if err != nil && w.walk(err, f) {
					return true
				}
			}
			return false
		default:
			w.other = true
			return false
		}
	}
	return false
}

// fillStatus takes the native status from the cause of an *Error that carries
// none of its own: a driver may have chosen another code, but not another device.
func (w *walker) fillStatus(cause error, f *finding) {
	var inner finding
	if w.walk(cause, &inner) {
		f.status = inner.status
	} else if w.left > 0 {
		f.status = EventOf(cause).Status()
	}
}

// finite reports whether the tree of err ends. The functions of package errors
// must not be asked about one that does not.
func finite(err error) bool {
	w := walker{left: maxNodes}
	w.walk(err, new(finding))
	return w.left > 0
}

// isCanceled is errors.Is(err, context.Canceled), safe against foreign methods.
func isCanceled(err error) bool { return safeIs(err, context.Canceled) }
