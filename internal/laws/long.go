package laws

import "os"

// Long reports whether the checks that take minutes were asked for, with
// FIELDSTATUS_LONG=1 in the environment.
func Long() bool { return os.Getenv("FIELDSTATUS_LONG") != "" }
