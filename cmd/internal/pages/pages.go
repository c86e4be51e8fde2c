package pages

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// Make returns the pages by their file name in docs, from the tables of the
// module in root.
func Make(root string) (map[string][]byte, error) {
	d, err := load(root)
	if err != nil {
		return nil, err
	}
	pages := map[string][]byte{"codes.md": codesPage(d)}
	for _, p := range d.Protocols {
		pages[p.Name+".md"] = protocolPage(p)
	}
	if pages["index.html"], err = searchPage(d); err != nil {
		return nil, err
	}
	return pages, nil
}

// Write writes the pages that are not current.
func Write(root string) error {
	pages, err := Make(root)
	if err != nil {
		return err
	}
	return write(filepath.Join(root, "docs"), pages)
}

func write(dir string, pages map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, page := range pages {
		file := filepath.Join(dir, name)
		if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, page) {
			continue
		}
		if err := os.WriteFile(file, page, 0o644); err != nil {
			return fmt.Errorf("pages: %w", err)
		}
	}
	return nil
}
