// Package pages makes the reference pages in docs from the tables: one for the
// documented codes, one for each protocol, and a page to search in that works
// from the file system. Nothing in them is typed a second time.
package pages

//go:generate go run ./generate
