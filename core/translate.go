package core

// Translate returns what err means as an error of the driver: nil for nil and
// for a success, otherwise an *[Error] that keeps err reachable. Protocol
// packages have a Translate of their own, which also knows their clients; this
// one knows the network, deadlines, and whatever carries a code or a status.
//
//   - An *Error whose op is already known is returned as it is, so that
//     translating twice changes nothing; op completes one whose Op is Other.
//   - [context.Canceled] passes through: the caller stopped, the device did
//     nothing wrong. So do [ErrNotResponse] and [ErrIncomplete], which are no
//     failures.
//   - What nobody recognises becomes 3000, or 3001 for a write.
func Translate(op Op, err error) error {
	return TranslateFunc(op, err, nil)
}

// TranslateFunc is Translate with a protocol's own recognition of errors in
// front of that of the network. It is for protocol packages. recognize is asked
// about errors that carry neither a code nor a status; it returns ok false for
// those that it does not know. A status whose code is 0 gives nil.
func TranslateFunc(op Op, err error, recognize func(op Op, err error) (s Status, ok bool)) error {
	if err == nil {
		return nil
	}
	f := inspect(err)
	switch {
	case f.found && f.code == OK:
		return nil
	case f.err != nil:
		return complete(op, err, f.err)
	case f.found && f.status.row != nil:
		return f.status.Wrap(op, err)
	case f.found:
		e := &Error{Code: f.code, Op: op, Err: err}
		if _, bare := err.(Code); bare {
			e.Err = nil
		}
		return e
	case f.endless:
		return f.status.Wrap(op, err)
	case f.canceled || isSentinel(err):
		return err
	}
	if recognize != nil {
		if s, ok := safeRecognize(recognize, op, err); ok {
			return fill(op, err, s)
		}
	}
	return fill(op, err, f.status)
}

// fill is the error of a status that was found. An *Error to which only the
// code was missing keeps its tag and its cause.
func fill(op Op, err error, s Status) error {
	e, ok := err.(*Error)
	if !ok || s.Code(op) == OK {
		return s.Wrap(op, err)
	}
	if op == Other {
		op = e.Op
	}
	return &Error{Code: s.Code(op), Status: s, Op: op, Tag: e.Tag, Err: e.Err}
}

// isSentinel reports whether err is one of the two errors that are no failures,
// and nothing in it says more: a stray answer is both a failure for whoever
// shows frames and no response for whoever waits for one.
func isSentinel(err error) bool {
	return err != nil && !inspect(err).found && finite(err) && (safeIs(err, ErrNotResponse) || safeIs(err, ErrIncomplete))
}

// complete gives an *Error in the tree of err the op that it lacks. The code
// is asked for again, since it may depend on the op; a code that a driver chose
// against the table stays.
func complete(op Op, err error, e *Error) error {
	if e.Op != Other || op == Other {
		return err
	}
	fresh := *e
	fresh.Op = op
	if e.code() == e.Status.Code(Other) && e.Status.row != nil {
		fresh.Code = e.Status.Code(op)
		if fresh.Code == OK {
			return nil
		}
	}
	if err != error(e) {
		fresh.Err = err // keep what was wrapped around it
	}
	return &fresh
}

// safeRecognize is recognize, not ok when a foreign method panics.
func safeRecognize(recognize func(Op, error) (Status, bool), op Op, err error) (s Status, ok bool) {
	defer func() {
		if recover() != nil {
			s, ok = Status{}, false
		}
	}()
	return recognize(op, err)
}
