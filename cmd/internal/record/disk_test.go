package record

import (
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// A disk is a file with room for so many bytes.
type disk struct {
	*os.File
	mu   sync.Mutex
	room int64
	hold chan struct{} // writing waits until it is closed
}

func (d *disk) WriteAt(b []byte, at int64) (int, error) {
	if d.hold != nil {
		<-d.hold
	}
	d.mu.Lock()
	room := max(0, d.room-at)
	d.mu.Unlock()
	if room < int64(len(b)) {
		n, _ := d.File.WriteAt(b[:room], at)
		return n, &os.PathError{Op: "write", Path: d.Name(), Err: syscall.ENOSPC}
	}
	return d.File.WriteAt(b, at)
}

func newDisk(t *testing.T, room int64) (*disk, *File) {
	f, err := os.Create(filepath.Join(t.TempDir(), "my.frames"))
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	d := &disk{File: f, room: room}
	return d, newFile("my.frames", d)
}

// A full disk stops nothing but the recording, and that only as long as it is
// full. Half a stanza is never left behind.
func TestDiskFull(t *testing.T) {
	d, out := newDisk(t, 400)
	x := start(t, Options{Protocol: fake.Protocol, To: device(t, fake.Scan, answers), Output: out}, false)
	x.file = d.Name()
	c := dial(t, "tcp", x.addr)
	for id := byte(1); id <= 10; id++ {
		assert.Equal(t, fake.Frame('a', id, id), ask(t, c, fake.Frame('r', id)))
	}
	x.wait(func(c Counts) bool { return c.Exchanges == 10 })
	n := x.r.Counts()
	assert.Positive(t, n.Written)
	assert.Positive(t, n.Unwritten)
	assert.Len(t, x.read(), int(n.Written))
	assert.Equal(t, []string{"my.frames cannot be written: no space left on device; the traffic goes on, the recording has gaps"}, x.said())

	d.mu.Lock()
	d.room = 1 << 20 // somebody has tidied up
	d.mu.Unlock()
	for id := byte(1); id <= 10; id++ {
		ask(t, c, fake.Frame('r', id))
	}
	assert.Len(t, x.stop(), 10, "what was not written is no repeat")
}

// A disk that hangs does not hold up the traffic, however much of it there is.
func TestDiskHangs(t *testing.T) {
	d, out := newDisk(t, 1<<20)
	d.hold = make(chan struct{})
	blob := fake.Long(60000, 'n', 1, 0)
	x := start(t, Options{Protocol: fake.Protocol, Output: out, To: device(t, fake.Scan, func(frame []byte) []byte {
		if frame[4] == 'w' {
			return blob
		}
		return answers(frame)
	})}, false)
	x.file = d.Name()
	c := dial(t, "tcp", x.addr)
	ask(t, c, fake.Frame('r', 5)) // this one hangs
	b := make([]byte, len(blob))
	for sent := 0; sent < maxQueued+maxQueued/2; sent += len(blob) {
		_, err := c.Write(fake.Frame('w', 1))
		require.NoError(t, err)
		_, err = io.ReadFull(c, b)
		require.NoError(t, err)
	}
	assert.Positive(t, x.r.Counts().Missed)
	assert.Zero(t, x.r.Counts().Written)
	close(d.hold)
	x.wait(func(c Counts) bool { return c.Written == 1 })
	require.Eventually(t, func() bool {
		x.r.queue.mu.Lock()
		defer x.r.queue.mu.Unlock()
		return x.r.queue.bytes == 0
	}, 5*time.Second, 5*time.Millisecond)
	ask(t, c, fake.Frame('r', 6)) // behind the gap it goes on
	require.Len(t, x.stop(), 2)
	assert.Contains(t, strings.Join(x.said(), "\n"), "decoding is slower than the traffic")
}

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "my.frames")
	_, err := Create(filepath.Join(dir, "missing", "my.frames"), "fake", false)
	assert.ErrorContains(t, err, "its directory does not exist")

	stanza := coretest.Stanza{
		Name: "a read", From: "recorded, by hand", Frames: []coretest.Frame{{Sent: true, Data: fake.Frame('r', 1)}, {Data: fake.Frame('a', 1, 5)}},
		Expect: []coretest.Expect{{Layer: "status", Value: "0x05", Symbol: "Bad", Code: 3000}},
	}
	f, err := Create(name, "fake", false)
	require.NoError(t, err)
	require.NoError(t, f.Add("fake", stanza))
	require.NoError(t, f.Close())

	_, err = Create(name, "fake", false)
	assert.ErrorContains(t, err, "my.frames exists; add to it with --append")

	text, err := os.ReadFile(name)
	require.NoError(t, err)
	for _, end := range []string{"", "\n", "# a comment"} { // as editors leave files
		require.NoError(t, os.WriteFile(name, []byte(string(text)+end), 0o600))
		f, err = Create(name, "fake", true)
		require.NoError(t, err)
		assert.True(t, f.has("fake", stanza))
		full := stanza
		full.Expect = []coretest.Expect{{Layer: "status", Value: "0x05", Symbol: "Bad", Code: 3000, Remedy: core.Fix, Quality: core.Bad, Full: true}}
		assert.True(t, f.has("fake", full), "the file leaves the other answers out")
		other := stanza
		other.Expect = []coretest.Expect{{Layer: "status", Value: "0x06", Symbol: "Bad", Code: 3000}}
		require.NoError(t, f.Add("fake", other))
		require.NoError(t, f.Close())
		stanzas, err := coretest.ReadFrames(os.DirFS(dir), "*.frames")
		require.NoError(t, err)
		require.Len(t, stanzas, 2)
		assert.Equal(t, "a read (2)", stanzas[1].Name)
	}

	require.NoError(t, os.WriteFile(name, []byte("name: half of a stanza\n"), 0o600))
	_, err = Create(name, "fake", true)
	assert.ErrorContains(t, err, "my.frames:2: stanza \"half of a stanza\" has no from")
	_, err = Create(os.DevNull, "fake", true)
	assert.ErrorContains(t, err, "is no regular file")
	_, err = Create(dir, "fake", true)
	assert.ErrorContains(t, err, "is a directory")
}

// Stanzas of one name are numbered.
func TestNamesAreNumbered(t *testing.T) {
	d, out := newDisk(t, 1<<20)
	for i := range 4 {
		require.NoError(t, out.Add("fake", coretest.Stanza{
			Name: "a read", From: "recorded, by hand", Frames: []coretest.Frame{{Sent: true, Data: fake.Frame('r', 1)}, {Data: fake.Frame('a', 1, byte(i))}},
			Expect: []coretest.Expect{{Layer: "status", Value: strconv.Itoa(i), Symbol: "Bad", Code: 3000}},
		}))
	}
	require.NoError(t, out.Close())
	var names []string
	for _, s := range written(t, d) {
		names = append(names, s.Name)
	}
	assert.Equal(t, []string{"a read", "a read (2)", "a read (3)", "a read (4)"}, names)
}

// A recording does not grow without a bound.
func TestFileIsFull(t *testing.T) {
	var file memory
	out := newFile("my.frames", &file)
	for i := range maxStanzas - 1 {
		out.seen[sha256.Sum256([]byte(strconv.Itoa(i)))] = true
	}
	stanza := func(value string) coretest.Stanza {
		return coretest.Stanza{
			Name: "a read", From: "recorded, by hand", Frames: []coretest.Frame{{Sent: true, Data: fake.Frame('r', 1)}, {Data: fake.Frame('a', 1, 5)}},
			Expect: []coretest.Expect{{Layer: "status", Value: value, Symbol: "Bad", Code: 3000}},
		}
	}
	require.NoError(t, out.Add("fake", stanza("5")))
	assert.ErrorIs(t, out.Add("fake", stanza("6")), errText)
}

// A stuck is a file that cannot be ended.
type stuck struct {
	memory
	truncated, closed error
	closes            int
}

func (s *stuck) Truncate(int64) error { return s.truncated }

func (s *stuck) Close() error {
	s.closes++
	return s.closed
}

// What goes wrong at the end is told, the first of it; the file is closed in any case.
func TestCloseFails(t *testing.T) {
	full, lost := errors.New("no space left on device"), errors.New("input/output error")
	for _, test := range []struct {
		truncated, closed error
		want              string
	}{
		{nil, nil, ""},
		{full, nil, "my.frames cannot be written: no space left on device"},
		{nil, lost, "my.frames cannot be written: input/output error"},
		{full, lost, "my.frames cannot be written: no space left on device"},
	} {
		s := &stuck{truncated: test.truncated, closed: test.closed}
		err := newFile("my.frames", s).Close()
		if test.want == "" {
			assert.NoError(t, err)
		} else {
			assert.EqualError(t, err, test.want)
		}
		assert.Equal(t, 1, s.closes)
	}
}

func TestStanzasThatAreNoText(t *testing.T) {
	_, out := newDisk(t, 1<<20)
	assert.ErrorIs(t, out.Add("fake", coretest.Stanza{Name: "two\nlines"}), errText)
	assert.Zero(t, out.size)
	require.NoError(t, out.Close())
}
