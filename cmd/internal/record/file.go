package record

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// A sink is what a File needs of an *os.File.
type sink interface {
	WriteAt(b []byte, at int64) (int, error)
	Truncate(size int64) error
	Close() error
}

// maxStanzas is how many different stanzas a recording adds to a file.
const maxStanzas = 1 << 16

// errText is the error for a stanza that cannot be written as text, or that is
// one too many.
var errText = errors.New("not writable as a stanza")

// A File is a .frames file that grows by whole stanzas: after each of them, and
// after each failure, it can be read.
type File struct {
	name  string
	sink  sink
	size  int64
	blank string // what separates the next stanza from what is there
	seen  map[[sha256.Size]byte]bool
	names map[string]bool
}

// Create opens a file that does not exist yet. With appending it may, and must
// then hold readable stanzas of the protocol: they are not written again.
func Create(name, protocol string, appending bool) (*File, error) {
	flags := os.O_RDWR | os.O_CREATE | os.O_EXCL
	if appending {
		flags = os.O_RDWR | os.O_CREATE
	}
	f, err := os.OpenFile(name, flags, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil, fmt.Errorf("%s exists; add to it with --append, or give another name", name)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%s may not be written by this user; check the permissions, or give another name", name)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s cannot be created: its directory does not exist", name)
	case err != nil:
		return nil, err
	}
	file := newFile(name, f)
	if err := file.load(f, protocol); err != nil {
		f.Close()
		return nil, err
	}
	return file, nil
}

func newFile(name string, s sink) *File {
	return &File{name: name, sink: s, seen: make(map[[sha256.Size]byte]bool), names: make(map[string]bool)}
}

// load reads what an existing file holds.
func (f *File) load(from *os.File, protocol string) error {
	info, err := from.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file; give the name of one", f.name)
	}
	var old bytes.Buffer
	if _, err := old.ReadFrom(from); err != nil {
		return fmt.Errorf("%s cannot be read: %w", f.name, err)
	}
	stanzas, err := coretest.ParseFrames(f.name, old.Bytes())
	if err != nil {
		return fmt.Errorf("%w; give another name to leave the file alone", err)
	}
	for _, s := range stanzas {
		f.seen[keyOf(protocol, s)] = true
		f.names[s.Name] = true
	}
	f.size = int64(old.Len())
	switch {
	case old.Len() == 0:
	case bytes.HasSuffix(old.Bytes(), []byte("\n")):
		f.blank = "\n"
	default:
		f.blank = "\n\n"
	}
	return nil
}

// keyOf is the same for stanzas that test the same thing: the same kind of
// request with the same expectation.
func keyOf(protocol string, s coretest.Stanza) [sha256.Size]byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%v\n%s\n", s.Op, kindOf(protocol, requestOf(s)))
	for _, e := range s.Expect {
		e.Full = false // a file may leave the other answers out
		fmt.Fprintln(&b, e)
	}
	return sha256.Sum256([]byte(b.String()))
}

// requestOf returns the first of the frames that were sent last.
func requestOf(s coretest.Stanza) (frame []byte) {
	between := true
	for _, f := range s.Frames {
		if f.Sent && between {
			frame = f.Data
		}
		between = !f.Sent
	}
	return frame
}

// has reports whether the file has a stanza that tests the same thing.
func (f *File) has(protocol string, s coretest.Stanza) bool { return f.seen[keyOf(protocol, s)] }

// Add writes a stanza at once. Its name gets a number when the file has one of
// that name. An error leaves the file as it was.
func (f *File) Add(protocol string, s coretest.Stanza) error {
	if len(f.seen) >= maxStanzas {
		return errText
	}
	name := s.Name
	for i := 2; f.names[s.Name]; i++ {
		s.Name = fmt.Sprintf("%s (%d)", name, i)
	}
	var b bytes.Buffer
	b.WriteString(f.blank)
	if err := coretest.WriteFrames(&b, s); err != nil {
		return errText
	}
	if _, err := f.sink.WriteAt(b.Bytes(), f.size); err != nil {
		_ = f.sink.Truncate(f.size) // what was written of it; the next one takes its place in any case
		return fmt.Errorf("%s cannot be written: %w", f.name, cause(err))
	}
	f.size += int64(b.Len())
	f.blank = "\n"
	f.seen[keyOf(protocol, s)] = true
	f.names[s.Name] = true
	return nil
}

// cause is what is wrong without the name of the file.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// Close closes the file, which ends with a whole stanza.
func (f *File) Close() error {
	err := f.sink.Truncate(f.size)
	if closeErr := f.sink.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", f.name, cause(err))
	}
	return nil
}
