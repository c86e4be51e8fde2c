package gateway

import (
	"encoding/json"
	"errors"
	"reflect"
)

// notANumber reports whether err is encoding/json's complaint about a float
// that JSON cannot express, at any depth of the value. The same error type is
// used for values that contain themselves; these are no floats.
func notANumber(err error) bool {
	var unsupported *json.UnsupportedValueError
	if !errors.As(err, &unsupported) {
		return false
	}
	kind := unsupported.Value.Kind()
	return kind == reflect.Float32 || kind == reflect.Float64
}
