package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMarked(t *testing.T) {
	for _, c := range []struct {
		line   string
		column int
		want   string
	}{
		{"\tif a <= b {", 7, "if a «<=» b {"},
		{"\tif a <= b && b < c { // d", 17, "if a <= b && b «<» c { // d"},
		{"i++", 2, "i«++»"},
		{"x := -1", 6, "x := «-»1"},
		{"a\t+ b\t- c", 3, "a «+» b - c"},
	} {
		require.Equal(t, c.want, marked([]byte(c.line), c.column))
	}
}

func TestOutcome(t *testing.T) {
	const source = "package p\n\nvar less = 1 < 2\n"
	var r report
	require.NoError(t, json.Unmarshal([]byte(`{"go_module":"m","files":[{"file_name":"a.go","mutations":[
		{"type":"T1","status":"KILLED","line":3,"column":14},
		{"type":"T2","status":"KILLED","line":3,"column":14},
		{"type":"T3","status":"KILLED","line":3,"column":14},
		{"type":"T4","status":"LIVED","line":3,"column":14},
		{"type":"T5","status":"TIMED OUT","line":3,"column":14},
		{"type":"T6","status":"NOT VIABLE","line":3,"column":14},
		{"type":"T7","status":"NOT COVERED","line":3,"column":14}]}]}`), &r))
	read := func(string) ([]byte, error) { return []byte(source), nil }
	o, err := r.outcome("p", read)
	require.NoError(t, err)
	require.Equal(t, "3\t1\t1\t1\t1\t75.0 %", o.String())
	require.Equal(t, []survivor{{
		survivorKey: survivorKey{"p", "a.go", "T4", "var less = 1 «<» 2"}, line: 3, column: 14,
	}}, o.lived)
	require.Equal(t, "T5", o.timedOut[0].mutator)

	r.Files[0].Mutations[0].Status = "RUNNABLE"
	_, err = r.outcome("p", read)
	require.ErrorContains(t, err, `a.go:3:14: gremlins says "RUNNABLE"`)
	r.Files[0].Mutations[0].Line = 9
	_, err = r.outcome("p", read)
	require.ErrorContains(t, err, "no position 9:14")
}

func TestNothingToChangeIsNoShortfall(t *testing.T) {
	require.Equal(t, 100.0, outcome{}.share())
}
