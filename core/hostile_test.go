package core_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

// An ouroboros unwraps to itself.
type ouroboros struct{}

func (o ouroboros) Error() string { return "again" }
func (o ouroboros) Unwrap() error { return o }

// within fails the test when do takes longer than any honest answer.
func within(t *testing.T, what string, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatalf("%s does not end", what)
	}
}

func TestEndlessTreesEnd(t *testing.T) {
	deep := error(&core.Error{Err: io.EOF})
	for range 500 {
		deep = &core.Error{Err: deep} // nobody names a code
	}
	wide := io.EOF
	for range 60 {
		wide = errors.Join(wide, wide) // 2^60 leaves
	}
	self := &core.Error{Code: core.FINSAbort}
	self.Err = self
	for name, c := range map[string]struct {
		err  error
		want core.Code
	}{
		"unwraps to itself":     {ouroboros{}, core.PluginReadFailed},
		"wrapped":               {&core.Error{Code: core.FINSAbort, Err: ouroboros{}}, core.FINSAbort},
		"code left out":         {&core.Error{Op: core.Write, Err: ouroboros{}}, core.PluginWriteFailed},
		"deep without a code":   {deep, core.PluginNotConnected},
		"more leaves than time": {wide, core.PluginReadFailed},
		"its own cause":         {self, core.FINSAbort},
	} {
		within(t, name, func() {
			assert.Equal(t, c.want, core.CodeOf(c.err), name)
			core.RemedyOf(c.err)
			core.ScopeOf(c.err)
			core.StatusOf(c.err)
			core.Repeatable(c.err)
			core.Tagged("tag", c.err)
			core.Translate(core.Read, c.err)
			core.EventOf(c.err)
			var e *core.Error
			if e, _ = c.err.(*core.Error); e != nil {
				e.Timeout()
			}
		})
	}
}

// A mute is an error of a driver that has a status only now and then.
type mute struct{ cause error }

func (m mute) Error() string       { return "mute" }
func (m mute) Status() core.Status { return core.Status{} }
func (m mute) Unwrap() error       { return m.cause }

// What says nothing by itself hides nothing that it wraps, and no endless tree.
func TestStatusesThatSayNothing(t *testing.T) {
	for want, err := range map[core.Code]error{
		core.S7AddressInvalid:   mute{faultAddress.Status().Err(core.Read)},
		core.FINSAbort:          mute{core.FINSAbort},
		core.PluginNotConnected: mute{io.EOF},
		core.OK:                 mute{core.OK},
		core.PluginReadFailed:   mute{nil},
	} {
		assert.Equal(t, want, core.CodeOf(err))
	}
	within(t, "a tree of those", func() {
		assert.Equal(t, core.PluginReadFailed, core.CodeOf(mute{ouroboros{}}))
		assert.ErrorContains(t, core.Translate(core.Write, mute{ouroboros{}}), "3001")
	})
}

func TestCodesThatWereLeftOut(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want core.Code
	}{
		"event 0 on a write":       {core.Translate(core.Write, core.Event(0)), core.PluginWriteFailed},
		"foreign cause on a write": {core.Translate(core.Write, &core.Error{Err: errors.New("x")}), core.PluginWriteFailed},
		"foreign cause, op known":  {&core.Error{Op: core.Write, Err: errors.New("x")}, core.PluginWriteFailed},
		"network cause":            {&core.Error{Op: core.Write, Err: io.EOF}, core.PluginNotConnected},
		"translated, with a tag":   {core.Translate(core.Write, &core.Error{Tag: "a", Err: io.EOF}), core.PluginNotConnected},
		"native cause":             {&core.Error{Op: core.Write, Err: fmt.Errorf("x: %w", faultUnknown)}, core.PluginWriteFailed},
	} {
		assert.Equal(t, c.want, core.CodeOf(c.err), name)
	}
	assert.EqualError(t, core.Translate(core.Write, &core.Error{Tag: "a", Err: io.EOF}), "write a: 3002 Plugin is not connected (net network EOF): EOF")
}

func TestTLSIsNotGuessedFromWrappers(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	assert.Equal(t, core.NetDialRefused, core.EventOf(fmt.Errorf("tls: dial: %w", refused)))
	assert.Equal(t, core.NetEOF, core.EventOf(fmt.Errorf("tls: read: %w", io.EOF)))
	assert.Equal(t, core.NetTLS, core.EventOf(fmt.Errorf("broker: %w", tls.RecordHeaderError{Msg: "tls: first record"})))
	assert.Equal(t, core.NetDialRefused, core.EventOf(&net.OpError{Op: "socks connect", Err: refused}), "a dial through a proxy")
}

func TestRepeatableLooksAtEveryBranch(t *testing.T) {
	refused := faultAddress.Status().Err(core.Write)
	silent := core.Translate(core.Write, core.NetDeadline)
	assert.True(t, core.Repeatable(refused))
	dial := &net.OpError{Op: "dial", Err: syscall.ETIMEDOUT}
	assert.True(t, core.Repeatable(fmt.Errorf("poll: %w", dial)), "nothing was sent: what wraps the number counts")
	assert.False(t, core.Repeatable(&net.OpError{Op: "read", Err: syscall.ECONNRESET}))
	assert.False(t, core.Repeatable(errors.Join(dial, silent)))
	assert.False(t, core.Repeatable(errors.Join(refused, silent)))
	assert.False(t, core.Repeatable(errors.Join(silent, refused)))
	assert.False(t, core.Repeatable(fmt.Errorf("poll: %w", errors.Join(refused, silent))), "a join below a wrap")
	assert.False(t, core.Repeatable(errors.Join(refused, errors.Join(silent))))
	assert.True(t, core.Repeatable(fmt.Errorf("%w: %w", errors.New("poll"), refused)), "a branch that says nothing does not count")
	assert.False(t, core.Repeatable(errors.Join(errors.New("x"), errors.New("y"))))
	assert.False(t, core.Repeatable(errors.Join()))
}

func TestSentinelsAreNoFailures(t *testing.T) {
	for _, err := range []error{core.ErrIncomplete, core.ErrNotResponse, fmt.Errorf("frame 7: %w", core.ErrIncomplete)} {
		assert.Equal(t, err, core.Tagged("a", err))
		require.Equal(t, err, core.Translate(core.Read, err))
	}
	// A stray answer is a failure for whoever asks what it was.
	stray := fmt.Errorf("%w: %w", core.FrameForeign.Status().Err(core.Other), core.ErrNotResponse)
	assert.ErrorIs(t, stray, core.ErrNotResponse)
	tagged := core.Tagged("a", stray)
	assert.Equal(t, core.PluginMessageDisorder, core.CodeOf(tagged))
	var e *core.Error
	require.ErrorAs(t, tagged, &e)
	assert.Equal(t, "a", e.Tag)
	assert.Equal(t, core.PluginMessageDisorder, core.CodeOf(core.Translate(core.Read, stray)))
}
