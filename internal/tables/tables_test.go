package tables

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// packages are the directories that have tables.
var packages = []string{"core", "s7", "opcua", "fins", "enip", "knx", "focas", "nona11"}

func root(elem ...string) string { return filepath.Join(append([]string{"..", ".."}, elem...)...) }

func TestGeneratedFilesAreCurrent(t *testing.T) {
	cat, err := LoadCatalogue(root("core", "catalogue.tsv"))
	require.NoError(t, err)
	current := func(file string, generate func() ([]byte, error)) {
		want, err := generate()
		require.NoError(t, err)
		got, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.True(t, string(got) == string(want), "%s is not current: run go generate ./...", file)
	}
	current(root("core", "catalogue_gen.go"), cat.Go)
	for _, pkg := range packages {
		table, err := Load(root(pkg), cat)
		require.NoError(t, err)
		current(root(pkg, "tables_gen.go"), func() ([]byte, error) { return table.Go(cat) })
	}
}

// write makes a package directory with the given files beside a small catalogue.
func write(t *testing.T, layers, statuses string) (dir string, cat *Catalogue) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "toy")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "layers.tsv"), []byte(layers), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "statuses.tsv"), []byte(statuses), 0o644))
	cat, err := LoadCatalogue(root("core", "catalogue.tsv"))
	require.NoError(t, err)
	return dir, cat
}

var (
	layersHeader   = strings.Join(layerColumns, "\t") + "\n"
	statusesHeader = strings.Join(statusColumns, "\t") + "\n"
)

// tab turns a readable line into one of a table: cells are separated by |.
func tab(lines ...string) string {
	return strings.ReplaceAll(strings.Join(lines, "\n"), "|", "\t") + "\n"
}

const (
	byteLayer = "fault|type|Fault|8|-|item|3000 write=3001 fix|is a fault|a standard"
	good      = "fault|0x05|Address|no such address|10105||fix|item|bad|||it says so"
)

func TestLoadComplains(t *testing.T) {
	for name, c := range map[string]struct{ layers, statuses, want string }{
		"header":            {tab(byteLayer), "layer\tvalue\n", "statuses.tsv:1: header line must be"},
		"cells":             {tab(byteLayer), statusesHeader + tab("fault|0x05"), "statuses.tsv:2: 2 cells, want 12"},
		"white space":       {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "no such", " no such", 1)), `statuses.tsv:2: column meaning: white space`},
		"layer":             {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "fault", "default", 1)), `statuses.tsv:2: layer "default" is not in layers.tsv`},
		"number":            {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "0x05", "five", 1)), `statuses.tsv:2: value "five" is no number`},
		"empty range":       {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "0x05", "0x05..0x05", 1)), "range 0x05..0x05 is empty"},
		"width":             {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "0x05", "0x100", 1)), "statuses.tsv:2: value 0x100 does not fit into 8 bits"},
		"event in a field":  {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "0x05", "-", 1)), "value -: layer fault has 8-bit numbers"},
		"order":             {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "0x05|Address", "0x07|Type", 1), good), "statuses.tsv:3: value 0x05 stands behind 0x07"},
		"twice":             {tab(byteLayer), statusesHeader + tab(good, strings.Replace(good, "Address", "Other", 1)), "statuses.tsv:3: fault 0x05 is already answered in line 2"},
		"undocumented":      {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "10105", "10104", 1)), `statuses.tsv:2: code "10104" is not documented`},
		"op":                {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "10105||", "10105|eat=3001|", 1)), `by-op "eat=3001" must read op=CODE`},
		"op repeated":       {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "10105||", "10105|write=10105|", 1)), "repeats the code of the row"},
		"remedy":            {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "|fix|", "|pray|", 1)), `column remedy: "pray" is none of none, retry, reconnect, fix`},
		"reconnect an item": {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "|fix|", "|reconnect|", 1)), "remedy reconnect needs scope session or connection"},
		"quality":           {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "|bad|", "|so-so|", 1)), `column quality: "so-so"`},
		"bad success":       {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "10105", "0", 1)), "code 0 with quality bad"},
		"unsure":            {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "bad||", "bad|maybe|", 1)), `column unsure: "maybe"`},
		"no reason":         {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "it says so", "", 1)), "a mapping without a reason cannot be reviewed"},
		"no rows":           {tab(byteLayer), statusesHeader, "layer fault of layers.tsv has no row"},
		"symbol":            {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "|Address|", "|an address|", 1)), `symbol "an address" gives no Go name`},
		"constant twice": {tab(byteLayer, strings.Replace(byteLayer, "fault|type|Fault", "other|type|Other", 1)),
			statusesHeader + tab(good, strings.Replace(good, "fault|", "other|", 1)), "constant Address is already made in line 2"},
		"layer order": {tab(byteLayer, strings.Replace(byteLayer, "fault|type|Fault|8|-", "other|type|Other|8|O", 1)),
			statusesHeader + tab(strings.Replace(good, "fault|", "other|", 1), good), "statuses.tsv:3: layer fault stands behind other"},
		"overlap":                   {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "0x05", "0x05..0x09", 1), strings.Replace(good, "0x05", "0x09..0x0B", 1)), "statuses.tsv:3: range 0x09..0x0B overlaps 0x05..0x09"},
		"twice, spelled otherwise":  {tab(byteLayer), statusesHeader + tab(good, strings.Replace(good, "0x05|Address", "5|Other", 1)), "statuses.tsv:3: fault 5 is already answered in line 2"},
		"octal":                     {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "0x05", "010", 1), strings.Replace(good, "0x05|Address", "10|Other", 1)), "is already answered in line 2"},
		"success to fix":            {tab(byteLayer), statusesHeader + tab(strings.Replace(strings.Replace(good, "10105", "0", 1), "bad", "good", 1)), "code 0 with remedy fix"},
		"good failure":              {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "bad", "good", 1)), "code 10105 with quality good"},
		"constant of a type":        {tab(byteLayer), statusesHeader + tab(strings.Replace(good, "Address", "Fault", 1)), "constant Fault is already made in line 0"},
		"layer name":                {tab(strings.Replace(byteLayer, "fault|", "a b|", 1)), statusesHeader + tab(good), `layers.tsv:2: layer "a b" must be words`},
		"event with unknown":        {tab("fault|event|-|-|-|item|3000 fix|is|a standard"), statusesHeader + tab(strings.Replace(good, "0x05", "-", 1)), "unknown must be - in a layer without numbers"},
		"open tuples":               {tab("fault|tuple|-|s16|-|item|-|is|a standard"), statusesHeader + tab(strings.Replace(good, "0x05", "1/2/3", 1)), "does not answer every tuple"},
		"tuple without a first":     {tab("fault|tuple|-|s16|-|item|3000 fix|is|a standard"), statusesHeader + tab(strings.Replace(good, "0x05", "*/2/3", 1)), "only */*/* leaves the first number open"},
		"open inside a tuple":       {tab("fault|tuple|-|s16|-|item|3000 fix|is|a standard"), statusesHeader + tab(strings.Replace(good, "0x05", "1/*/3", 1)), "a number behind an open one is open too"},
		"two fallbacks":             {tab(byteLayer), statusesHeader + tab(good, strings.Replace(good, "0x05", "*", 1)), "has a * row and an unknown column"},
		"holes":                     {tab(strings.Replace(byteLayer, "3000 write=3001 fix", "-", 1)), statusesHeader + tab(good), "layer fault answers 1 of 256 values"},
		"kind":                      {tab(strings.Replace(byteLayer, "|type|", "|kind|", 1)), statusesHeader + tab(good), `layers.tsv:2: column kind: "kind" is none of type`},
		"bits":                      {tab(strings.Replace(byteLayer, "|8|", "|7|", 1)), statusesHeader + tab(good), `layers.tsv:2: bits "7" is none of`},
		"bits of a first value":     {tab(strings.Replace(byteLayer, "|8|", "|7/16|", 1)), statusesHeader + tab(good), `layers.tsv:2: bits "7/16": the width of the first value is none of`},
		"no type":                   {tab(strings.Replace(byteLayer, "|Fault|", "|-|", 1)), statusesHeader + tab(good), "kind type needs a type"},
		"type of two words":         {tab(strings.Replace(byteLayer, "|Fault|", "|Big Fault|", 1)), statusesHeader + tab(good), `type "Big Fault" is no exported Go type`},
		"type that is not exported": {tab(strings.Replace(byteLayer, "|Fault|", "|fault|", 1)), statusesHeader + tab(good), `type "fault" is no exported Go type`},
		"type of another package":   {tab(strings.Replace(byteLayer, "|Fault|", "|core.Fault|", 1)), statusesHeader + tab(good), `type "core.Fault" is no exported Go type that a layer of kind type can have`},
		"no title":                  {tab(strings.Replace(byteLayer, "is a fault", "", 1)), statusesHeader + tab(good), "they are the documentation of the layer"},
		"unknown":                   {tab(strings.Replace(byteLayer, "3000 write=3001 fix", "3000", 1)), statusesHeader + tab(good), "must read CODE [op=CODE] REMEDY"},
		"unknown layer":             {tab(strings.Replace(byteLayer, "3000 write=3001 fix", "layer other", 1)), statusesHeader + tab(good), `unknown "layer other": only a layer that stands before this one`},
		"layer of other numbers":    {tab(byteLayer, "wide|rows|-|16|-|item|layer fault|is|a standard"), statusesHeader + tab(good, strings.Replace(good, "fault|", "wide|", 1)), `unknown "layer fault": only a layer`},
		"layer without an index":    {tab("low|rows|-|32|-|item|3000 fix|is|a standard", "high|rows|-|32|-|item|layer low|is|a standard"), statusesHeader + tab(strings.Replace(good, "fault|", "low|", 1), strings.Replace(good, "fault|0x05", "high|0x50000", 1)), "layer high has no index"},
		"layer and *":               {tab(byteLayer, "other|rows|-|8|-|item|layer fault|is|a standard"), statusesHeader + tab(good, strings.Replace(good, "fault|0x05", "other|*", 1)), "layer other has a * row and an unknown column"},
		"layer twice":               {tab(byteLayer, byteLayer), statusesHeader + tab(good), "layers.tsv:3: layer fault stands here twice"},
		"event bits":                {tab("fault|event|-|8|-|item|-|is|a standard"), statusesHeader + tab(strings.Replace(good, "0x05", "-", 1)), "bits must be - in a layer of kind event"},
		"event value":               {tab("fault|event|-|-|-|item|-|is|a standard"), statusesHeader + tab(good), "rows of kind event have the value -"},
		"nameless event":            {tab("fault|text|-|-|-|item|-|is|a standard"), statusesHeader + tab(strings.Replace(good, "0x05|Address", "-|", 1)), "a row without a value needs a symbol"},
		"tuple":                     {tab("fault|tuple|-|s16|-|item|3000 fix|is|a standard"), statusesHeader + tab(good), "rows of kind tuple have the form a/b/c"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, cat := write(t, layersHeader+c.layers, c.statuses)
			_, err := Load(dir, cat)
			assert.ErrorContains(t, err, c.want)
			assert.IsType(t, Complaints{}, err)
		})
	}
}

// TestLoadEdges: what stands at the edges of a field, of a range or of a table
// is right.
func TestLoadEdges(t *testing.T) {
	signedLayer := strings.Replace(byteLayer, "|8|", "|s16|", 1)
	at := func(value, symbol string) string {
		return strings.Replace(good, "0x05|Address", value+"|"+symbol, 1)
	}
	for name, c := range map[string]struct{ layers, statuses string }{
		"the largest byte":        {tab(byteLayer), tab(at("0xFF", "Address"))},
		"the ends of a signed":    {tab(signedLayer), tab(at("-32768", "Low"), at("32767", "High"))},
		"two values in a status":  {tab(strings.Replace(byteLayer, "|8|", "|16/8|", 1)), tab(good)},
		"a first value of 32":     {tab(strings.Replace(byteLayer, "|8|", "|32/8|", 1)), tab(good)},
		"ranges side by side":     {tab(byteLayer), tab(at("0x05..0x09", "Address"), at("0x0A..0x0B", "Other"))},
		"exact at a range's ends": {tab(strings.Replace(byteLayer, "3000 write=3001 fix", "-", 1)), tab(at("0x00", "First"), at("0x00..0x04", "Range"), at("0x04", "Last"), at("0x05..0xFF", "Rest"))},
	} {
		t.Run(name, func(t *testing.T) {
			dir, cat := write(t, layersHeader+c.layers, statusesHeader+c.statuses)
			table, err := Load(dir, cat)
			require.NoError(t, err)
			_, err = table.Go(cat)
			assert.NoError(t, err)
		})
	}
	for value, want := range map[string]string{
		"65536": "does not fit into 16 bits", "-32769": "does not fit into 16 bits", "-32769..0": "does not fit into 16 bits",
		"0x7FFF..0x8000": "range 0x7FFF..0x8000 ascends as bits but not as signed numbers",
	} {
		dir, cat := write(t, layersHeader+tab(signedLayer), statusesHeader+tab(at(value, "Address")))
		_, err := Load(dir, cat)
		assert.ErrorContains(t, err, want)
	}
}

// TestReserved: a symbol that stands for many values is no constant.
func TestReserved(t *testing.T) {
	dir, cat := write(t, layersHeader+tab(byteLayer), statusesHeader+tab(strings.Replace(good, "Address", "Reserved", 1), strings.Replace(good, "0x05|Address", "0x06|Reserved", 1), strings.Replace(good, "0x05", "0x07", 1)))
	table, err := Load(dir, cat)
	require.NoError(t, err)
	src, err := table.Go(cat)
	require.NoError(t, err)
	assert.Contains(t, string(src), "Address Fault = 0x07")
	assert.NotContains(t, string(src), "Reserved Fault")
}

// TestAnotherLayerAnswers: what a layer does not list is what another layer says,
// be it listed there or not.
func TestAnotherLayerAnswers(t *testing.T) {
	dir, cat := write(t, layersHeader+tab(byteLayer, "special|rows|-|8|-|item|layer fault|is|a standard"),
		statusesHeader+tab(good, strings.Replace(good, "0x05|Address", "0x06|Type", 1), strings.Replace(good, "fault|0x05", "special|0x05", 1)))
	table, err := Load(dir, cat)
	require.NoError(t, err)
	src, err := table.Go(cat)
	require.NoError(t, err)
	assert.Contains(t, string(src), "var faultIndex = [256]uint16{\n\t3, 3, 3, 3, 3, 0, 1, 3,")
	assert.Contains(t, string(src), "var specialIndex = [256]uint16{\n\t3, 3, 3, 3, 3, 2, 1, 3,")
	assert.Equal(t, 1, strings.Count(string(src), "value that is not listed"))
}

// TestLookupsStayInTheTable: when the rows answer every value, nothing points
// behind the last one.
func TestLookupsStayInTheTable(t *testing.T) {
	layer := strings.Replace(strings.Replace(byteLayer, "|8|", "|32|", 1), "3000 write=3001 fix", "-", 1)
	dir, cat := write(t, layersHeader+tab(layer), statusesHeader+tab(strings.Replace(good, "0x05", "0x00", 1), strings.Replace(good, "0x05", "0x01..0xFFFFFFFF", 1)))
	table, err := Load(dir, cat)
	require.NoError(t, err)
	src, err := table.Go(cat)
	require.NoError(t, err)
	assert.Equal(t, 2, strings.Count(string(src), "return &rows[1]"), "the range, and what is left")
	assert.NotContains(t, string(src), "&rows[2]")
}

func TestLoadReportsEverythingAtOnce(t *testing.T) {
	dir, cat := write(t, layersHeader+tab(byteLayer), statusesHeader+tab(strings.Replace(good, "10105", "1", 1), strings.Replace(good, "0x05", "x", 1)))
	_, err := Load(dir, cat)
	assert.Len(t, err, 2)
	dir, cat = write(t, layersHeader+tab(byteLayer), "layer\tvalue\n")
	_, err = Load(dir, cat)
	assert.Len(t, err, 1, "without a header nothing else is said of the rows")
	_, err = Load(t.TempDir(), cat)
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestLoadCatalogueComplains(t *testing.T) {
	header := tab("section|code|name|message|message_zh|remedy|scope")
	for text, want := range map[string]string{
		tab("s7|x|A|a|甲|fix|item"):                        `code "x" is no number`,
		tab("s7|0|A|a|甲|fix|item"):                        `code "0" is no number above 0`,
		tab("s7|2-1|A|a|甲|fix|item"):                      "must ascend",
		tab("s7|2-2|A|a|甲|fix|item"):                      "must ascend",
		tab("s7|2|A|a|甲|fix|item", "s7|2|B|b|乙|fix|item"): "code 2 stands behind 2",
		tab("s7|2|A|a|甲|fix|item", "s7|1|B|b|乙|fix|item"): "code 1 stands behind 2",
		tab("s7|1|A|a|甲|fix|item", "s7|2|A|b|乙|fix|item"): "name A already belongs to 1",
		tab("s7|1|a|a|甲|fix|item"):                        `name "a" is no exported Go name`,
		tab("s7|1|A|a||fix|item"):                         "must not be empty",
		tab("s7|1|A|a|甲|reconnect|item"):                  "remedy reconnect needs scope",
	} {
		file := filepath.Join(t.TempDir(), "catalogue.tsv")
		require.NoError(t, os.WriteFile(file, []byte(header+text), 0o644))
		_, err := LoadCatalogue(file)
		assert.ErrorContains(t, err, want)
	}
}

func TestResolver(t *testing.T) {
	rows := []Row{}
	for _, s := range []string{"0x05", "0x08..0x0F", "0x0A", "*"} {
		v, err := parseValue(s)
		require.NoError(t, err)
		rows = append(rows, Row{Value: s, value: v})
	}
	r := newResolver(rows, 10, 99)
	for v, want := range map[int64]int{5: 10, 8: 11, 10: 12, 15: 11, 16: 13, 4: 13} {
		assert.Equal(t, want, r.at(v), v)
	}
	assert.Equal(t, 99, newResolver(rows[:3], 10, 99).at(4))
}

func TestValuesOfSignedFields(t *testing.T) {
	l := Layer{Bits: 16, Signed: true}
	for s, want := range map[string]int64{"0xFFEF": -17, "-17": -17, "0x7FFF": 32767, "0x8000": -32768, "0xFFF0..0xFFFF": -16} {
		v, err := parseValue(s)
		require.NoError(t, err)
		assert.Equal(t, want, v.inField(l).lo, s)
	}
	for s, want := range map[string]bool{"-16/3/104": false, "-16/3/*": false, "-16/*/*": true, "*/*/*": true, "1..2": true, "*": true, "1": false, "-": false} {
		v, err := parseValue(s)
		require.NoError(t, err)
		assert.Equal(t, want, v.open(), s)
	}
}

func TestGoName(t *testing.T) {
	for _, c := range []struct {
		prefix, symbol, want string
		ok                   bool
	}{
		{"", "AddressOutOfRange", "AddressOutOfRange", true}, {"Net", "EOF", "NetEOF", true}, {"", "E_CONNECTION_ID", "EConnectionID", true},
		{"", "EW_SOCKET", "EWSocket", true}, {"", "-", "", true}, {"", "", "", true}, {"", "two words", "two words", false}, {"", "lower", "lower", false},
	} {
		name, ok := goName(c.prefix, c.symbol)
		assert.Equal(t, c.want, name)
		assert.Equal(t, c.ok, ok, c.symbol)
	}
	assert.Equal(t, "ItemReturn", layerName("item-return"))
}

// FuzzLoad: tables that are read without a complaint can be generated, and a
// complaint names a line of its file.
func FuzzLoad(f *testing.F) {
	f.Add(layersHeader+tab(byteLayer), statusesHeader+tab(good), "")
	for _, pkg := range []string{"core", "nona11"} {
		f.Add(read(f, pkg, "layers.tsv"), read(f, pkg, "statuses.tsv"), "")
	}
	f.Add(layersHeader+tab("fault|lookup|Fault|16|-|item|3000 write=3001 fix|is a fault|a standard"), statusesHeader+tab(good), read(f, "fins", "steps.tsv"))
	cat, err := LoadCatalogue(root("core", "catalogue.tsv"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, layers, statuses, steps string) {
		table := &Table{Package: "toy", Protocol: "toy"}
		bad := table.readLayers("layers.tsv", []byte(layers), cat)
		bad = append(bad, table.readRows("statuses.tsv", []byte(statuses), cat)...)
		if steps != "" {
			bad = append(bad, table.readSteps("steps.tsv", []byte(steps))...)
		}
		checkComplaints(t, bad, map[string]string{"layers.tsv": layers, "statuses.tsv": statuses, "steps.tsv": steps})
		if len(bad) == 0 {
			if _, err := table.Go(cat); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// FuzzLoadCatalogue is FuzzLoad for the catalogue.
func FuzzLoadCatalogue(f *testing.F) {
	lines := strings.SplitAfterN(read(f, "core", "catalogue.tsv"), "\n", 8)
	f.Add(strings.Join(lines[:7], ""))
	f.Add(lines[0] + "enip\t10701-10744\tENIPErrorFirst\ta\tb\tfix\titem\n")
	f.Fuzz(func(t *testing.T, text string) {
		cat, bad := readCatalogue("catalogue.tsv", []byte(text))
		checkComplaints(t, bad, map[string]string{"catalogue.tsv": text})
		if len(bad) == 0 {
			if _, err := cat.Go(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func read(tb testing.TB, elem ...string) string {
	tb.Helper()
	data, err := os.ReadFile(root(elem...))
	require.NoError(tb, err)
	return string(data)
}

func checkComplaints(t *testing.T, bad Complaints, files map[string]string) {
	for _, c := range bad {
		text, ok := files[c.File]
		if !ok || c.Text == "" || c.Line < 1 || c.Line > 1+strings.Count(text, "\n") {
			t.Fatalf("%+v", c)
		}
	}
}
