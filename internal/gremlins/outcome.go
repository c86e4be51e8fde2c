package main

import (
	"bytes"
	"fmt"
	"go/scanner"
	"go/token"
	"strings"
)

// report is what gremlins writes.
type report struct {
	Files []struct {
		Name      string     `json:"file_name"`
		Mutations []mutation `json:"mutations"`
	} `json:"files"`
}

type mutation struct {
	Type   string `json:"type"`
	Status string `json:"status"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// outcome is what became of the changes to one package.
type outcome struct {
	killed, notCovered, notViable int
	lived, timedOut               []survivor
}

// survivor is a change that no test noticed.
type survivor struct {
	survivorKey
	line, column int
	why          string // the reason why it lives
}

// survivorKey is what a survivor is known by while lines move.
type survivorKey struct {
	pkg, file, mutator string
	source             string // its line, without indentation, with the changed operator in «»
}

func (s survivor) position() string { return fmt.Sprintf("%s:%d:%d", s.file, s.line, s.column) }

// share gives the killed in per cent of killed and lived.
func (o outcome) share() float64 {
	if o.killed+len(o.lived) == 0 {
		return 100
	}
	return 100 * float64(o.killed) / float64(o.killed+len(o.lived))
}

func (o outcome) String() string {
	return fmt.Sprintf("%d\t%d\t%d\t%d\t%d\t%.1f %%", o.killed, len(o.lived), o.notCovered, len(o.timedOut), o.notViable, o.share())
}

// outcome sorts what a report says about a package whose files read gives.
func (r report) outcome(pkg string, read func(file string) ([]byte, error)) (outcome, error) {
	var o outcome
	for _, file := range r.Files {
		source, err := read(file.Name)
		if err != nil {
			return o, err
		}
		lines := bytes.Split(source, []byte("\n"))
		for _, m := range file.Mutations {
			if m.Line < 1 || m.Line > len(lines) || m.Column < 1 || m.Column > len(lines[m.Line-1]) {
				return o, fmt.Errorf("%s has no position %d:%d", file.Name, m.Line, m.Column)
			}
			s := survivor{
				survivorKey: survivorKey{pkg, file.Name, m.Type, marked(lines[m.Line-1], m.Column)},
				line:        m.Line, column: m.Column,
			}
			switch m.Status {
			case "KILLED":
				o.killed++
			case "LIVED":
				o.lived = append(o.lived, s)
			case "NOT COVERED":
				o.notCovered++
			case "TIMED OUT":
				o.timedOut = append(o.timedOut, s)
			case "NOT VIABLE":
				o.notViable++
			default:
				return o, fmt.Errorf("%s: gremlins says %q", s.position(), m.Status)
			}
		}
	}
	return o, nil
}

// marked gives a line with the operator at a column, counted from 1, in «».
func marked(line []byte, column int) string {
	before, rest := line[:column-1], line[column-1:]
	set := token.NewFileSet()
	var s scanner.Scanner
	s.Init(set.AddFile("", -1, len(rest)), rest, func(token.Position, string) {}, 0)
	_, operator, _ := s.Scan()
	width := len(operator.String())
	text := fmt.Sprintf("%s«%s»%s", before, rest[:width], rest[width:])
	return strings.Join(strings.Fields(text), " ") // no tabs
}
