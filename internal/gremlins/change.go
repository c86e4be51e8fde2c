package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
)

// change is an operator that gremlins replaced.
type change struct {
	site
	operator token.Token // the new one
}

var errNoChange = errors.New("no file is changed")

// findChange compares the Go files of a package with their changed copy. Gremlins
// prints the file in which it changes something anew, so that only the tokens tell what.
func findChange(original, changed string) (change, error) {
	names, err := filepath.Glob(filepath.Join(original, "*.go"))
	if err != nil {
		return change{}, err
	}
	for _, name := range names {
		before, err := os.ReadFile(name)
		if err != nil {
			return change{}, err
		}
		file := filepath.Base(name)
		after, err := os.ReadFile(filepath.Join(changed, file))
		if err != nil {
			return change{}, err
		}
		if bytes.Equal(before, after) {
			continue
		}
		offset, operator, err := changedToken(before, after)
		if err != nil {
			return change{}, fmt.Errorf("%s: %w", file, err)
		}
		return change{site{file, offset}, operator}, nil
	}
	return change{}, errNoChange
}

// changedToken gives the offset of the only token that differs, in before, and what it became.
func changedToken(before, after []byte) (offset int, now token.Token, err error) {
	a, b := tokens(before), tokens(after)
	if len(a) != len(b) {
		return 0, 0, fmt.Errorf("%d tokens became %d", len(a), len(b))
	}
	differ := -1
	for i := range a {
		if a[i].token == b[i].token && a[i].literal == b[i].literal {
			continue
		}
		if differ >= 0 {
			return 0, 0, errors.New("more than one token is changed")
		}
		differ = i
	}
	if differ < 0 {
		return 0, 0, errors.New("no token is changed")
	}
	return a[differ].offset, b[differ].token, nil
}

type lexeme struct {
	offset  int
	token   token.Token
	literal string
}

func tokens(source []byte) []lexeme {
	set := token.NewFileSet()
	file := set.AddFile("", -1, len(source))
	var s scanner.Scanner
	s.Init(file, source, func(token.Position, string) {}, 0)
	var all []lexeme
	for {
		p, t, literal := s.Scan()
		if t == token.EOF {
			return all
		}
		if t == token.SEMICOLON {
			continue // whether it was written depends on the printer
		}
		all = append(all, lexeme{file.Offset(p), t, literal})
	}
}
