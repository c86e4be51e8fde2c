package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// inPackages are the lookups in the benchmarks of the packages themselves.
const inPackages = "Code/.*"

// many is no bound.
const many = 1e18

// A bound is something that the project promises. Its benchmarks are those of a
// package, or of all, whose names match.
type bound struct {
	what, promise string
	pkg, pattern  string
	unit          string
	limit         float64 // in the unit
	allocs        float64 // at most so many allocations
}

var bounds = []bound{
	{"a native value → `Status` → `Code(op)`", "twice a bare lookup in a table of the same shape, no allocation", "", inPackages, "times-bare", 2, 0},
	{"`core.CodeOf` through three wraps, and joined", "50 ns, no allocation", "bench", "Find/error=(wrapped|joined)/by=CodeOf", "sec/op", 50e-9, 0},
	{"`Code.Err`", "no allocation", "bench", "Make/by=Code.Err", "allocs/op", 0, 0},
	{"`Status.Err(op)`", "100 ns, one allocation", "bench", "Make/by=Status.Err", "sec/op", 100e-9, 1},
	{"parse and `AppendStatuses` of a response with 20 items", "four times one pass over its bytes, no allocation", "", "AppendStatuses20", "times-one-pass", 4, 0},
	{"the text of an error", "two allocations", "bench", "Text/by=Error", "allocs/op", 2, 2},
	{"`decode` of a capture whose connections go on", "half of the throughput of reading and reassembling it with gopacket", "decode", "LargeCapture/polls=20", "times-gopacket-clock", 2, many},
	{"the same with a connection for each exchange", "the same", "decode", "LargeCapture/polls=1", "times-gopacket-clock", 2, many},
}

// A column is a unit in a table of the page.
type column struct{ title, unit string }

var (
	lookups  = []column{{"× bare lookup", "times-bare"}, {"time", "sec/op"}, {"allocations", "allocs/op"}}
	frames   = []column{{"× one pass", "times-one-pass"}, {"time", "sec/op"}, {"allocations", "allocs/op"}}
	finding  = []column{{"× errors.As", "times-errors.As"}, {"time", "sec/op"}, {"allocations", "allocs/op"}}
	making   = []column{{"time", "sec/op"}, {"bytes", "B/op"}, {"allocations", "allocs/op"}}
	captures = []column{{"× gopacket, by the clock", "times-gopacket-clock"}, {"by the processors", "times-gopacket"}, {"MB/s", "B/s"}, {"MB/s of gopacket", "B/s-gopacket"}, {"MB of heap", "B-heap"}}
)

// render writes the page. It fails when a benchmark that it is about is missing.
func render(set map[string]string, all results, ratios []byte) ([]byte, error) {
	var b bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	p("<!-- Made by go run ./examples/bench/report from performance.txt. Do not edit. -->\n\n")
	p("# What it costs\n\n")
	p("Measured on %s with %s cores, %s/%s, %s: each benchmark %s times for %s, medians by benchstat.\n\n", set["cpu"], set["procs"], set["goos"], set["goarch"], set["go"], set["count"], set["benchtime"])
	if load, ok := set["load"]; ok {
		p("The load of the machine, by whatever else it did, was %s.\n\n", load)
	}
	p("```sh\ngo run ./examples/bench/report -run        # this page anew\ngo run ./examples/bench/report -run -long  # with captures of a gigabyte\n```\n\n")
	p("Read the multiples. Subject and floor took turns, a thousand times in each run, so that a multiple says the same on another machine and on a busy one; a time does not. ")
	p("The floor of a lookup is a bare one: an index of the same steps into rows of the same size, and nothing but a code. The floor of a frame is one pass over its bytes.\n\n")

	p("## What is promised\n\n| what | promise | measured at worst | allocations | held |\n|---|---|---|---|---|\n")
	for _, bound := range bounds {
		matching := all.matching(bound.pkg, bound.pattern)
		worst, ok := matching.most(bound.unit)
		if !ok {
			return nil, fmt.Errorf("no benchmark %s in %q", bound.pattern, bound.pkg)
		}
		allocs, _ := matching.most("allocs/op")
		held := "yes"
		if worst.units[bound.unit].number > bound.limit || allocs.units["allocs/op"].number > bound.allocs {
			held = "**no**"
		}
		count := allocs.text("allocs/op")
		if bound.allocs == many {
			count = ""
		}
		p("| %s | %s | %s (%s) | %s | %s |\n", bound.what, bound.promise, worst.text(bound.unit), title(worst), count, held)
	}

	section := func(heading, text, pkg, pattern string, columns []column) error {
		matching := all.matching(pkg, pattern)
		if len(matching) == 0 {
			return fmt.Errorf("no benchmark %s in %q", pattern, pkg)
		}
		p("\n## %s\n\n%s\n\n| |", heading, text)
		for _, c := range columns {
			p(" %s |", c.title)
		}
		p("\n|---|%s\n", strings.Repeat("---|", len(columns)))
		for _, r := range matching {
			p("| %s |", title(r))
			for _, c := range columns {
				p(" %s |", r.text(c.unit))
			}
			p("\n")
		}
		return nil
	}
	for _, s := range []struct {
		heading, text, pkg, pattern string
		columns                     []column
	}{
		{"Lookups", "From a native value to the documented code, for values that are listed, flagged and unknown in turn.", "", inPackages, lookups},
		{"Lookups, side by side", "The same beside what a driver would do otherwise: a map with the listed values, a switch over the two dozen that its author has met, and the text of the client, which is all that gopcua offers. A map and a switch give the number alone: they do not know flags, ranges and classes.", "bench", "Code(OPCUA|S7|FINS|ENIP|KNX|FOCAS)/.*", lookups},
		{"Frames", "From the bytes of a response to its statuses. FINS has one status for twenty words, KNX one for a telegram; their frames are so short that what is not proportional to their length counts for most. Host Link is hexadecimal text with a checksum.", "", "AppendStatuses.*", frames},
		{"Conversations", "A request and its response, paired.", "", "Conversation.*", frames},
		{"Streams", "Cutting a stream into frames looks at headers alone.", "", "ScanFrames", append(frames[:2:2], column{"MB/s", "B/s"})},
		{"Errors, asked", "Which number is in an error? The floor is one `errors.As` for the client's own type, from where it is a lookup still. The chain is what a driver writes that asks for the events of the network too.", "bench", "Find/.*", finding},
		{"Errors, made", "The error of a failed read.", "bench", "Make/.*", making},
		{"Texts", "The whole line of an error, its parts, and what the clients have to say about the same status. The clients' texts are constants, where they are not formatted.", "bench", "Text/.*", making},
		{"Captures", "`decode` without the printing, on a capture with a connection for each stanza of all protocols, and gopacket alone, which reads and reassembles the same capture for nobody. With polls=20 a connection goes on, as those of drivers do. With polls=1 each is opened for one exchange and closed again: two of eight packets carry something, and much of the time goes into conversations that are begun and given up. The processor time is that of all threads. MB of heap is the most that was in use; it does not grow with the capture.", "decode", "LargeCapture/.*", captures},
	} {
		if err := section(s.heading, s.text, s.pkg, s.pattern, s.columns); err != nil {
			return nil, err
		}
	}
	p("\n## All multiples\n\n```\n%s```\n", tidy(ratios))
	return b.Bytes(), nil
}

// title names a benchmark for people: "s7 ReturnCode", "CodeOf, wrapped".
func title(r result) string {
	name := strings.NewReplacer("Code/", "", "/by=", ": ", "error=", "", "by=", "").Replace(r.name)
	if r.pkg == "bench" || r.pkg == "decode" {
		return name
	}
	return "`" + r.pkg + "` " + name
}

// fileLine is the line with the name of the file, which says nothing here.
var fileLine = regexp.MustCompile(`(?m)^ *│ [^\n]*performance\.txt[^\n]*\n`)

// tidy removes what is the same in all tables of benchstat.
func tidy(text []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(fileLine.ReplaceAll(text, nil)) {
		key, _, _ := bytes.Cut(line, []byte(": "))
		switch string(key) {
		case "goos", "goarch", "cpu", "go", "procs", "count", "benchtime", "load":
			continue
		}
		if bytes.HasPrefix(line, []byte("geomean")) {
			continue
		}
		b.Write(append(bytes.TrimRight(line, " \n"), '\n'))
	}
	return b.Bytes()
}
