// Package bench measures what something costs as a multiple of a floor that
// nobody can go below.
//
// A time tells about one machine on one afternoon; a multiple tells about the
// code. Floor and subject take turns in one benchmark, so that what else the
// machine does hits both of them, and the median of all turns is reported.
package bench

import (
	"slices"
	"testing"
	"time"
)

// A Loop runs the same work n times. It holds its own loop, so that the compiler
// inlines into it what it would inline into a driver.
type Loop = func(n int)

// turns is how often floor and subject take turns, at most. Of a benchmark of a
// second each turn then is half a millisecond, which is less than what the
// operating system lets a process run: most turns are not interrupted, and the
// median is one of those also on a busy machine. It is odd, so that there is one.
const turns = 1001

// Against benchmarks subject. Beside its time it reports that of the floor
// ("ns-bare" for the name "bare") and how many times the floor the subject costs
// ("times-bare"). The floor must not allocate. A benchmark of too few rounds to
// take turns reports neither. It returns the time of one round in nanoseconds, or 0.
func Against(b *testing.B, name string, floor, subject Loop) float64 {
	b.Helper()
	return inTurns(b, name, floor, subject)
}

// Alone benchmarks subject without a floor, and reports the median of as many
// turns, which is much the same on a busy machine. It returns what [Against] does.
func Alone(b *testing.B, subject Loop) float64 {
	b.Helper()
	return inTurns(b, "", nil, subject)
}

func inTurns(b *testing.B, name string, floor, subject Loop) float64 {
	b.Helper()
	b.ReportAllocs()
	if b.N < turns {
		b.ResetTimer()
		subject(b.N)
		return 0
	}
	times, floors, ratios := make([]float64, turns), make([]float64, turns), make([]float64, turns)
	b.ResetTimer()
	for i := range turns {
		n := b.N*(i+1)/turns - b.N*i/turns
		if floor != nil {
			floors[i] = perRound(floor, n)
		}
		times[i] = perRound(subject, n)
		ratios[i] = times[i] / floors[i]
	}
	b.StopTimer()
	time := median(times)
	b.ReportMetric(time, "ns/op") // in place of the sum of all turns and floors
	if floor != nil {
		b.ReportMetric(median(floors), "ns-"+name)
		b.ReportMetric(median(ratios), "times-"+name)
	}
	return time
}

// perRound returns the time of one of n rounds in nanoseconds.
func perRound(loop Loop, n int) float64 {
	start := time.Now()
	loop(n)
	return float64(time.Since(start)) / float64(n)
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}
