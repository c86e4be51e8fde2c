package core

// errnoEvent returns 0: errors of Plan 9 have no numbers.
func errnoEvent(error) Event { return 0 }
