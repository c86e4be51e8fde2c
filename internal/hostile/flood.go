package hostile

import (
	"math/rand/v2"
	"runtime"
	"testing"
)

// Flood plays a hundred thousand frames of both directions to one conversation,
// recorded ones in any order with bytes that change, and now and then those
// of large alone, and checks that it never retains more than its bound: by its own structure,
// and by what the garbage collector finds when nothing else is left.
func Flood(t *testing.T, f Face, large ...Frame) {
	t.Helper()
	var frames []Frame
	for _, s := range Stanzas(t) {
		for _, frame := range s.Frames {
			frames = append(frames, Frame{Sent: frame.Sent, Data: frame.Data})
		}
	}
	random := rand.New(rand.NewPCG(9, 10))
	before := heap()
	c := f.Open()
	buf := make([]byte, 0, 1<<16)
	most := 0
	for i := range 100_000 {
		frame := frames[random.IntN(len(frames))]
		flooding := len(large) > 0 && (i%10_000 < 1000 || random.IntN(32) == 0)
		if flooding {
			frame = large[random.IntN(len(large))]
		}
		buf = append(buf[:0], frame.Data...)
		for n := random.IntN(3); n > 0 && len(buf) > 0 && !flooding; n-- { // most frames keep the numbers that pair
			buf[random.IntN(len(buf))] = byte(random.Uint32())
		}
		if random.IntN(2) == 0 && f.Mend != nil {
			f.Mend(buf)
		}
		if frame.Sent {
			c.Sent(buf)
		} else {
			c.Received(nil, buf)
		}
		if i%100 == 0 {
			if most = max(most, Retained(c)); most > f.Bound {
				t.Fatalf("after %d frames %d bytes are retained, more than %d", i, most, f.Bound)
			}
		}
	}
	const noise = 64 << 10 // of other goroutines, and of the test itself
	if after := heap(); after > before+uint64(f.Bound)+noise {
		t.Errorf("the heap grew by %d bytes, more than %d", after-before, f.Bound)
	}
	t.Logf("at most %d of %d bytes", most, f.Bound)
	runtime.KeepAlive(c)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
