package opcua

// TableRows are the rows that lookups answer with, for the test that changes them.
var TableRows = rows[:]
