package focas

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/internal/laws"
)

// What the package decides on by itself obeys the laws of the table.
func TestOutcomes(t *testing.T) { laws.Table(t, "focas", Outcomes()) }
