package tables

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// layerNames are the names that become Go names.
var layerNames = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// typeNames are the exported Go types, of this package or of an imported one.
var typeNames = regexp.MustCompile(`^([a-z][a-z0-9]*\.)?[A-Z][A-Za-z0-9]*$`)

func (t *Table) readLayers(file string, data []byte, cat *Catalogue) Complaints {
	records, bad := readTSV(file, data, layerColumns...)
	for _, r := range records {
		l := Layer{Name: r.get("layer"), Kind: r.get("kind"), Type: dashEmpty(r.get("type")), Prefix: dashEmpty(r.get("prefix")), Scope: r.get("scope"), Title: r.get("title"), Source: r.get("source")}
		if !layerNames.MatchString(l.Name) {
			bad.addf(r, "layer %q must be words of a-z and 0-9 joined by -", l.Name)
			continue
		}
		if t.layer(l.Name) != nil {
			bad.addf(r, "layer %s stands here twice", l.Name)
		}
		oneOf(&bad, r, "kind", l.Kind, kinds)
		oneOf(&bad, r, "scope", l.Scope, scopes)
		bits, signed := strings.CutPrefix(r.get("bits"), "s")
		bits, l.Pair = strings.CutSuffix(bits, "+pair")
		l.Signed, l.Pair = signed, l.Pair || l.Kind == "tuple"
		if first, second, pair := strings.Cut(bits, "/"); pair {
			bits = second
			if l.ValueBits, _ = strconv.Atoi(first); !slices.Contains(widths, l.ValueBits) {
				bad.addf(r, "bits %q: the width of the first value is none of 8, 16, 32", r.get("bits"))
			}
		}
		switch {
		case l.Kind == "event", l.Kind == "text":
			if r.get("bits") != "-" {
				bad.addf(r, "bits must be - in a layer of kind %s", l.Kind)
			}
		case l.Kind == "own" && bits == "-":
		default:
			if l.Bits, _ = strconv.Atoi(bits); !slices.Contains(widths, l.Bits) {
				bad.addf(r, "bits %q is none of 8, 16, 32, s16, s16+pair, 8/16 ...", r.get("bits"))
			}
		}
		if l.Type == "" {
			if l.Kind == "type" || l.Kind == "lookup" {
				bad.addf(r, "kind %s needs a type", l.Kind)
			}
		} else if imported, _, _ := strings.Cut(l.Type, "."); !typeNames.MatchString(l.Type) || l.Kind == "type" && imported != l.Type {
			bad.addf(r, "type %q is no exported Go type that a layer of kind %s can have", l.Type, l.Kind)
		}
		if l.Title == "" || l.Source == "" {
			bad.addf(r, "title and source must not be empty: they are the documentation of the layer")
		}
		unknown := dashEmpty(r.get("unknown"))
		if unknown != "" && l.Bits == 0 {
			bad.addf(r, "unknown must be - in a layer without numbers")
		} else if other, ok := strings.CutPrefix(unknown, "layer "); ok {
			l.Else = other
			if o := t.layer(other); o == nil || o.Bits != l.Bits || o.Signed != l.Signed || o.Else != "" || o.Kind == "tuple" || l.Kind == "tuple" {
				bad.addf(r, "unknown %q: only a layer that stands before this one, with numbers like these, can answer for it", unknown)
			}
		} else if unknown != "" {
			l.Unknown = parseUnknown(&bad, r, l, unknown, cat)
		}
		t.Layers = append(t.Layers, l)
	}
	return bad
}

// parseUnknown reads the unknown column: CODE [op=CODE ...] REMEDY.
func parseUnknown(bad *Complaints, r record, l Layer, s string, cat *Catalogue) *Row {
	row := &Row{Layer: l.Name, Value: "*", Meaning: "value that is not listed", Scope: l.Scope, Quality: "bad", Why: "no row of the table names this value", value: value{kind: anyValue}}
	words := strings.Fields(s)
	if len(words) < 2 {
		bad.addf(r, "unknown %q must read CODE [op=CODE] REMEDY, for example 3000 write=3001 fix", s)
		return nil
	}
	row.Code = parseCode(bad, r, words[0], cat)
	row.ByOp = parseByOp(bad, r, strings.Join(words[1:len(words)-1], " "), row.Code, cat)
	row.Remedy = words[len(words)-1]
	checkAnswer(bad, r, row.Remedy, row.Scope)
	return row
}
