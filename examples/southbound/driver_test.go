package southbound

import (
	"testing"

	"github.com/gopcua/opcua/ua"
	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/opcua"
)

func TestQuality(t *testing.T) {
	for name, c := range map[string]struct {
		result Result
		want   core.Quality
	}{
		"a value":                 {Result{Value: 1}, core.Good},
		"a value and its success": {Result{Value: 1, Status: opcua.Status(ua.StatusOK)}, core.Good},
		"a doubtful value":        {Result{Value: 1, Status: opcua.Status(ua.StatusUncertainLastUsableValue)}, core.Uncertain},
		"a failure":               {Result{Err: status(ua.StatusBadNodeIDUnknown)}, core.Bad},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, c.result.Quality()) })
	}
}
