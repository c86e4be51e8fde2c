package mutation

import (
	"path/filepath"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/tables"
)

// Layers returns the scopes that layers.tsv of the package under test gives.
func Layers(t *testing.T) map[string]core.Scope {
	t.Helper()
	cat, err := tables.LoadCatalogue(filepath.Join("..", "core", "catalogue.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	table, err := tables.Load(".", cat)
	if err != nil {
		t.Fatal(err)
	}
	scopes := map[string]core.Scope{}
	for _, layer := range table.Layers {
		var scope core.Scope
		if err := scope.UnmarshalText([]byte(layer.Scope)); err != nil {
			t.Fatal(err)
		}
		scopes[layer.Name] = scope
	}
	return scopes
}
