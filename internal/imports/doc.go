// Package imports holds what the packages of this repository may import, and the
// test that they import that and nothing else. It has no code.
//
// The floors of the house, from the ground: internal/wire, core, the protocols,
// their test devices, cmd and examples. No arrow runs up, and none from one
// protocol to another. allowed.txt says it package by package.
package imports
