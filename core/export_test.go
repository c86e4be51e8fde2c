package core

// TableRows are the rows that events answer with, for the test that changes them.
var TableRows = rows[:]
