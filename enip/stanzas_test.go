package enip

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/internal/laws"
)

func TestStanzasDiffer(t *testing.T) { laws.Stanzas(t) }
