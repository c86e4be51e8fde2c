// Package laws holds what every mapping of this module must obey, as tests
// over whole tables. Each protocol package calls them from its laws_test.go;
// what is special to a protocol is tested there.
package laws
