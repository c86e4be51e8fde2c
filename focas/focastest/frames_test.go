package focastest

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/focas"
)

func TestSpoil(t *testing.T) {
	answer := frame(focas.FuncClose, focas.DirAnswer, nil)
	s := new(session)
	for _, fault := range []Fault{Truncated, WrongLength, WrongID} {
		assert.Equal(t, answer, s.Spoil(answer, fault), "nothing that could be wrong")
	}
	answer = frame(focas.FuncClose, focas.DirReceipt, make([]byte, 8))
	for _, fault := range []Fault{Garbage, Truncated, WrongLength} {
		_, err := focas.ParseResponse(s.Spoil(answer, fault))
		assert.Equal(t, core.PluginProtocolParseFailed, core.CodeOf(err), "fault %d", fault)
	}
	_, err := focas.ParseResponse(s.Spoil(answer, WrongID))
	assert.Equal(t, core.ErrNotResponse, err)
	_, err = focas.ParseResponse(answer)
	assert.NoError(t, err, "it is a copy")
}
