package cli

import (
	"fmt"
	"io"
	"os"
	"time"
)

// A progress reads a file, and when that takes longer than a second it tells on
// a terminal how far it is. Of input that comes in its own time, from a capture
// that is still running, the results so far are shown before it waits for more.
type progress struct {
	io.Reader
	idle    func()    // shows the results so far
	w       io.Writer // nil: nobody is looking
	size    int64     // 0 when it is not known
	read    int64
	began   time.Time
	next    time.Time
	shown   bool
	now     func() time.Time
	packets func() int
}

const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

// newProgress watches a file being read. It shows nothing unless w is a
// terminal.
func newProgress(r io.Reader, w io.Writer) *progress {
	p := &progress{Reader: r, now: time.Now}
	if isTerminal(w) {
		p.w = w
	}
	if f, ok := r.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			p.size = max(1, info.Size())
		}
	}
	return p
}

func (p *progress) Read(b []byte) (int, error) {
	if p.began.IsZero() {
		p.began = p.now()
		p.next = p.began.Add(progressAfter)
	} else if p.size == 0 && p.idle != nil && p.now().Sub(p.began) > progressAfter {
		p.done()
		p.idle()
	}
	n, err := p.Reader.Read(b)
	p.read += int64(n)
	p.show()
	return n, err
}

func (p *progress) show() {
	if p.w == nil {
		return
	}
	now := p.now()
	if now.Before(p.next) {
		return
	}
	p.next, p.shown = now.Add(progressEvery), true
	text := fmt.Sprintf("%.1f MB", float64(p.read)/1e6)
	if p.size > 0 {
		text = fmt.Sprintf("%3d%%", min(100, p.read*100/p.size))
	}
	if p.packets != nil {
		text += fmt.Sprintf(", %d packets", p.packets())
	}
	fmt.Fprintf(p.w, "\r\x1b[Kreading: %s", text)
}

// done removes the line.
func (p *progress) done() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}
