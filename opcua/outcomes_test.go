package opcua_test

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/internal/laws"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

// What the package decides on by itself obeys the laws of the table.
func TestOutcomes(t *testing.T) { laws.Table(t, "opcua", opcuastatus.Outcomes()) }
