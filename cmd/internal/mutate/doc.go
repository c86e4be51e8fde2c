// Package mutate holds no code but a test: a loop that damages recorded frames the
// way faulty devices, noisy lines and attackers do, very fast and reproducibly, and
// asks package hostile about every decoder of every protocol. With
// FIELDSTATUS_LONG=1 it makes a billion of them.
//
// Frames are what is changed here; for answers of the tables see package mutation,
// for the code package gremlins.
package mutate
