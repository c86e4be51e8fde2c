// Package laws holds what every mapping of this module must obey, as tests
// over whole tables. Each protocol package calls them from its laws_test.go;
// what is special to a protocol is tested there.
//
//   - [Table]: every row has a documented code, a meaning and a reason, and answers
//     that do not contradict each other.
//   - [Every], [Sampled], [Events]: every value of every native field has an answer,
//     unlisted ones too, and errors compare and hand out values as they should.
//     [Cover] sees that no row is left out.
//   - [Translate]: it is idempotent, keeps causes, and no foreign error harms it.
//   - [Stanzas]: no two recorded frames test the same.
package laws
