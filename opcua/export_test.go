package opcua

// TableRows and OwnRows are the rows that lookups and the package itself answer
// with, for the tests that change them.
var (
	TableRows = rows[:]
	OwnRows   = outcomes[:]
)
