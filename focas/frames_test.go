package focas

import (
	"os"
	"testing"

	"github.com/fieldstatus/fieldstatus/core/coretest"
)

func TestFrames(t *testing.T) {
	coretest.RunFrames(t, os.DirFS("testdata"), "*.frames", func(coretest.Stanza) coretest.Conversation {
		return new(Conversation)
	})
}
