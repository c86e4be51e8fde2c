package main

import (
	"context"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const operators = `package p

import "time"

type celsius float64

const day = 24 * time.Hour

var counts = map[string]int{}

func less(a, b int) bool          { return a < b }
func lessEqual(a, b string) bool  { return a <= b }
func greater(a, b celsius) bool   { return a > b }
func greaterEqual(a, b byte) bool { return a >= b }
func equal(a, b error) bool       { return a == b }
func notEqual(a, b [2]int) bool   { return a != b }
func add(a, b uint8) uint8        { return a + b }
func sub(a, b time.Duration) time.Duration {
	return a -
		b
}
func mul(a, b float64) float64 { return a * b }
func quo(a, b int) int         { return a / b }
func rem(a, b uint) uint       { return a % b }
func neg(a int) int            { return -a }
func nested(a, b, c int) bool  { return a+b*c-1 < 1<<a && !(b == c) }
func up(a []int) int           { a[0]++; return a[0] }
func down(p *int) int          { *p--; return *p }
func loop(n int) (sum int) {
	for i := 0; i < n; i++ {
		sum += i
	}
	return sum
}
func count(s string) int             { counts[s]++; return counts[s] }
func text(a, b string) string        { return a + b }
func generic[T int | string](a, b T) bool { return a < b }
`

// values prints what the functions of operators give.
const values = `package p

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestValues(t *testing.T) {
	err := errors.New("")
	fmt.Println("less", less(1, 2), less(2, 2), less(3, 2))
	fmt.Println("lessEqual", lessEqual("a", "b"), lessEqual("b", "b"), lessEqual("c", "b"))
	fmt.Println("greater", greater(1, 2), greater(2, 2), greater(3, 2))
	fmt.Println("greaterEqual", greaterEqual(1, 2), greaterEqual(2, 2), greaterEqual(3, 2))
	fmt.Println("equal", equal(nil, nil), equal(err, nil))
	fmt.Println("notEqual", notEqual([2]int{}, [2]int{}), notEqual([2]int{1}, [2]int{}))
	fmt.Println("add", add(200, 100), add(7, 2))
	fmt.Println("sub", sub(day, time.Hour), sub(0, time.Hour))
	fmt.Println("mul", mul(7, 2))
	fmt.Println("quo", quo(7, 2))
	fmt.Println("rem", rem(7, 2))
	fmt.Println("neg", neg(7))
	fmt.Println("nested", nested(3, 2, 1), nested(3, 2, 4))
	fmt.Println("up", up([]int{3}))
	n := 3
	fmt.Println("down", down(&n))
	fmt.Println("loop", loop(4))
	fmt.Println("others", count("a"), text("a", "b"), generic(1, 2))
}

func TestUnfit(t *testing.T) { t.Error("fails in the program") }

func TestSlow(t *testing.T) { time.Sleep(200 * time.Millisecond) }

func TestNoticed(t *testing.T) {
	if less(2, 2) {
		t.Fail()
	}
}

func TestNoticedLate(t *testing.T) {
	time.Sleep(200 * time.Millisecond)
	if greater(2, 2) {
		t.Fail()
	}
}
`

// testProgram builds the program of a package of its own.
func testProgram(t *testing.T) *program {
	t.Helper()
	module := t.TempDir()
	for name, source := range map[string]string{
		"go.mod": "module m\n\ngo 1.23\n", "p/p.go": operators, "p/p_test.go": values,
	} {
		name = filepath.Join(module, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
		require.NoError(t, os.WriteFile(name, []byte(source), 0o666))
	}
	p, err := buildProgram(context.Background(), module, "p", t.TempDir())
	require.NoError(t, err)
	return p
}

// changed gives a directory with the package in which an operator of a line is another one.
func changed(t *testing.T, line, now string) string {
	t.Helper()
	require.Equal(t, 1, strings.Count(operators, line), line)
	dir := t.TempDir()
	source := strings.Replace(operators, line, now, 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "p.go"), []byte(source), 0o666))
	return dir
}

func TestProgram(t *testing.T) {
	p := testProgram(t)
	t.Run("changes", func(t *testing.T) { testChanges(t, p) })
	t.Run("notices", func(t *testing.T) { testNotices(t, p) })
	t.Run("ends in time", func(t *testing.T) {
		require.True(t, p.notices(changed(t, "i < n; i++", "i < n; i--"), "1s"))
	})
	t.Run("does not know an operator", func(t *testing.T) {
		found, err := findChange(p.Original, changed(t, "return a >= b", "return a > b"))
		require.NoError(t, err)
		found.operator = token.SHL
		out, err := p.command(context.Background(), p.Original, found).CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(out), "no such operator: <<")
	})
}

// What is printed is what Go would print if the operator stood there.
func testChanges(t *testing.T, p *program) {
	for _, c := range []struct{ line, now, prints string }{
		{"return a < b }\nfunc lessE", "return a <= b }\nfunc lessE", "less true true false"},
		{"return a < b }\nfunc lessE", "return a >= b }\nfunc lessE", "less false true true"},
		{"return a <= b", "return a < b", "lessEqual true false false"},
		{"return a <= b", "return a > b", "lessEqual false false true"},
		{"return a > b", "return a >= b", "greater false true true"},
		{"return a > b", "return a <= b", "greater true true false"},
		{"return a >= b", "return a > b", "greaterEqual false false true"},
		{"return a >= b", "return a < b", "greaterEqual true false false"},
		{"return a == b", "return a != b", "equal false true"},
		{"return a != b", "return a == b", "notEqual true false"},
		{"{ return a + b }\nfunc sub", "{ return a - b }\nfunc sub", "add 100 5"},
		{"return a -\n", "return a +\n", "sub 25h0m0s 1h0m0s"},
		{"return a * b", "return a / b", "mul 3.5"},
		{"return a / b", "return a * b", "quo 14"},
		{"return a % b", "return a * b", "rem 14"},
		{"return -a", "return +a", "neg 7"},
		{"a+b*c-1", "a-b*c-1", "nested true true"},
		{"a+b*c-1", "a+b/c-1", "nested true true"},
		{"a+b*c-1", "a+b*c+1", "nested true false"},
		{"-1 < 1<<a", "-1 >= 1<<a", "nested false true"},
		{"!(b == c)", "!(b != c)", "nested false false"},
		{"a[0]++", "a[0]--", "up 2"},
		{"*p--", "*p++", "down 4"},
		{"i < n", "i <= n", "loop 10"},
	} {
		found, err := findChange(p.Original, changed(t, c.line, c.now))
		require.NoError(t, err)
		require.NotZero(t, p.number(found.site), c.now)
		out, err := p.command(context.Background(), p.Original, found, "-test.run", "TestValues").CombinedOutput()
		require.NoError(t, err, "%s: %s", c.now, out)
		lines := strings.Split(string(out), "\n")
		require.Contains(t, lines, c.prints)

		name, _, _ := strings.Cut(c.prints, " ")
		unchanged, err := p.command(context.Background(), p.Original, change{}, "-test.run", "TestValues").CombinedOutput()
		require.NoError(t, err)
		for i, line := range strings.Split(string(unchanged), "\n") {
			if !strings.HasPrefix(line, name+" ") && !strings.HasPrefix(line, "ok") {
				require.Equal(t, line, lines[i], "%s changes something else", c.now)
			}
		}
	}
}

func testNotices(t *testing.T, p *program) {
	require.Equal(t, []string{"^(TestSlow|TestNoticedLate)$"}, p.Slow)
	require.Equal(t, "^(TestUnfit)$", p.Unfit)
	for name, c := range map[string]struct {
		line, now string
		noticed   bool
	}{
		"by a quick test": {"return a < b }\nfunc lessE", "return a <= b }\nfunc lessE", true},
		"by a slow test":  {"return a > b", "return a >= b", true},
		"by none":         {"return a >= b", "return a > b", false},
		"a constant":      {"24 * time", "24 / time", false},
		"in a map":        {"counts[s]++", "counts[s]--", false},
		"of a text":       {"{ return a + b }\nfunc generic", "{ return a - b }\nfunc generic", false},
		"of a parameter":  {"int | string](a, b T) bool { return a < b }", "int | string](a, b T) bool { return a > b }", false},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.noticed, p.notices(changed(t, c.line, c.now), "1m"))
		})
	}
}

func TestSlowTests(t *testing.T) {
	const out = `=== RUN   TestQuick
--- PASS: TestQuick (0.09s)
--- PASS: TestSlow (0.10s)
--- PASS: TestVerySlow (1.00s)
    --- PASS: TestVerySlow/part (0.50s)
--- SKIP: TestNone (0.20s)
--- PASS: FuzzSlow (0.99s)
--- PASS: ExampleError (0.00s)
PASS
`
	p := program{Slow: slowTests([]byte(out))}
	require.Equal(t, []string{"^(TestSlow|FuzzSlow)$", "^(TestVerySlow)$"}, p.Slow)
	require.Equal(t, [][]string{
		{"-test.failfast", "-test.skip", "^(TestSlow|FuzzSlow)$|^(TestVerySlow)$"},
		{"-test.failfast", "-test.run", "^(TestSlow|FuzzSlow)$"},
		{"-test.failfast", "-test.run", "^(TestVerySlow)$"},
	}, p.rounds())
	require.Equal(t, [][]string{{"-test.failfast"}}, new(program).rounds())
}

func TestProgramThatFails(t *testing.T) {
	const less = "package m\n\nfunc less(a, b int) bool { return a < b }\n"
	for name, c := range map[string]struct{ source, tests, err string }{
		"does not compile":      {strings.Replace(less, "< b", "< c", 1), "package m\n", "undefined: c"},
		"tests do not compile":  {less, "package m\n\nvar _ = nothing\n", "undefined: nothing"},
		"ends before its tests": {less, "package m\n\nfunc init() { panic(less(1, 2)) }\n", "panic: true"},
	} {
		t.Run(name, func(t *testing.T) {
			module := t.TempDir()
			for file, source := range map[string]string{"go.mod": "module m\n\ngo 1.23\n", "p.go": c.source, "p_test.go": c.tests} {
				require.NoError(t, os.WriteFile(filepath.Join(module, file), []byte(source), 0o666))
			}
			_, err := buildProgram(context.Background(), module, ".", t.TempDir())
			require.ErrorContains(t, err, c.err)
		})
	}
}

func TestProgramWithoutOperators(t *testing.T) {
	for name, source := range map[string]string{"p.go": "package m\n\nconst day = 24 * 60\n", "p_test.go": "package m\n"} {
		module := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(module, "go.mod"), []byte("module m\n\ngo 1.23\n"), 0o666))
		require.NoError(t, os.WriteFile(filepath.Join(module, name), []byte(source), 0o666))
		_, err := buildProgram(context.Background(), module, ".", t.TempDir())
		require.ErrorIs(t, err, errNoSites)
	}
}
