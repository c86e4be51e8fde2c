package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket/layers"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
	"github.com/fieldstatus/fieldstatus/core"
)

var update = flag.Bool("update", false, "write the golden files anew")

// opaque is a protocol without frames.
var opaque = &protocol.Protocol{
	Name: "opaque", Title: "a protocol whose frames are not public",
	Rows: fake.Protocol.Rows, Translate: fake.Protocol.Translate,
}

// A result is what a run of the command did.
type result struct {
	status   int
	out, err string
}

func run(t testing.TB, stdin string, args ...string) result {
	t.Helper()
	a, out, err := newApp(stdin)
	status := a.run(args)
	return result{status, out.String(), err.String()}
}

func newApp(stdin string) (a *app, out, err *bytes.Buffer) {
	out, err = new(bytes.Buffer), new(bytes.Buffer)
	return &app{
		in: strings.NewReader(stdin), out: out, err: err, getenv: func(string) string { return "" },
		protocols: []*protocol.Protocol{fake.Protocol, opaque}, location: time.UTC,
	}, out, err
}

// golden compares with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(got), 0o644))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err, "run the test with -update")
	assert.Equal(t, string(want), got)
}

// sample is a capture with what the output has to show.
func sample() *traffic.Capture {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(fake.Frame('r', 1))
	conn.Reply(fake.Frame('a', 1, 0, 5, 5))
	conn.Send(fake.Frame('w', 2))
	conn.Reply(fake.Frame('a', 2, 5))
	conn.Send(fake.Frame('r', 3))
	conn.Reply([]byte("?"))
	conn.Send(fake.Frame('r', 4))
	conn.ServerRST()
	six := netip.MustParseAddrPort("[2001:db8::10]:40001")
	c.UDP(six, netip.MustParseAddrPort("[2001:db8::20]:777"), fake.Frame('r', 1))
	return c
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{}, {"explain"}, {"decode"}, {"list"}} {
		r := run(t, "", append(args, "--help")...)
		assert.Equal(t, exitOK, r.status)
		assert.Empty(t, r.err)
		assert.Contains(t, r.out, "Examples:")
		golden(t, strings.Join(append([]string{"help"}, args...), "_")+".golden", r.out)
	}
	assert.Equal(t, run(t, "", "--help"), run(t, ""))
}

func TestExplain(t *testing.T) {
	for name, args := range map[string][]string{
		"number":          {"fake", "0x05"},
		"pair":            {"fake", "0x05/0x0102"},
		"symbol":          {"fake", "bad"},
		"event":           {"fake", "end"},
		"range":           {"fake", "0x90"},
		"unlisted":        {"fake", "0x33"},
		"hexadecimal":     {"fake", "1f"},
		"code":            {"10508"},
		"code_by_name":    {"PluginReadFailed"},
		"code_unused":     {"10001"},
		"code_of_one":     {"fake", "3001"},
		"client_text":     {"fake: it failed"},
		"client_text_one": {"fake", "fake: it failed"},
		"network_text":    {"dial tcp 192.0.2.1:102: connect: connection refused"},
		"json":            {"--json", "fake", "0x05"},
		"json_code":       {"--json", "3002"},
		"json_text":       {"--json", "read tcp 192.0.2.1:102: i/o timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, "", append([]string{"explain"}, args...)...)
			assert.Equal(t, exitOK, r.status)
			assert.Empty(t, r.err)
			golden(t, "explain_"+name+".golden", r.out)
		})
	}
}

// Every network error that Go prints is told apart.
func TestExplainNetworkTexts(t *testing.T) {
	for text, symbol := range map[string]string{
		"EOF": "EOF", "read: unexpected EOF": "UnexpectedEOF",
		"read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer":                "Reset",
		"write tcp 127.0.0.1:1->127.0.0.1:2: write: broken pipe":                           "BrokenPipe",
		"read udp 127.0.0.1:1->127.0.0.1:2: read: connection refused":                      "PortUnreachable",
		"dial tcp 127.0.0.1:1: connect: connection refused":                                "DialRefused",
		"dial tcp 127.0.0.1:1: i/o timeout":                                                "DialTimeout",
		"dial tcp 127.0.0.1:1: connect: no route to host":                                  "DialUnreachable",
		"dial tcp: lookup plc.invalid: no such host":                                       "NameNotFound",
		"read tcp 127.0.0.1:1->127.0.0.1:2: use of closed network connection":              "Closed",
		"tls: failed to verify certificate: x509: certificate signed by unknown authority": "TLS",
		"context deadline exceeded":                                                        "Deadline",
	} {
		r := run(t, "", "explain", text)
		assert.Equal(t, exitOK, r.status, text)
		assert.Truef(t, strings.HasPrefix(r.out, "net network "+symbol+"\n"), "%s: %s", text, r.out)
	}
}

func TestList(t *testing.T) {
	for name, args := range map[string][]string{"protocols": nil, "rows": {"fake"}} {
		for format, flag := range map[string][]string{"text": nil, "json": {"--json"}, "markdown": {"--markdown"}} {
			r := run(t, "", append(append([]string{"list"}, args...), flag...)...)
			assert.Equal(t, exitOK, r.status)
			assert.Empty(t, r.err)
			golden(t, "list_"+name+"_"+format+".golden", r.out)
		}
	}
}

func TestListCodes(t *testing.T) {
	text := run(t, "", "list", "codes")
	asJSON := run(t, "", "list", "codes", "--json")
	markdown := run(t, "", "list", "codes", "--markdown")
	lines := strings.Split(strings.TrimSpace(asJSON.out), "\n")
	assert.Len(t, strings.Split(strings.TrimSpace(text.out), "\n"), len(lines)+1)
	assert.Len(t, strings.Split(strings.TrimSpace(markdown.out), "\n"), len(lines)+2)
	codes := make(map[float64]map[string]any)
	for _, line := range lines {
		var object map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &object))
		codes[object["code"].(float64)] = object
	}
	for code := 10701; code <= 10744; code++ {
		assert.Contains(t, codes, float64(code))
	}
	assert.Equal(t, map[string]any{
		"section": "plugin", "code": 3000.0, "name": "PluginReadFailed", "message": "Plugin read failed", "message_zh": "插件读失败",
		"http_status": codes[3000]["http_status"], "remedy": "retry", "scope": "request",
	}, codes[3000])
	assert.NotContains(t, codes[1000], "http_status")
	assert.Regexp(t, `(?m)^api +1000  APIError +-  `, text.out)
	assert.Regexp(t, `(?m)^api +1001  APIInternalError +500  `, text.out)
	assert.NotContains(t, text.out, "CHINESE", "too wide for a terminal")
	assert.True(t, strings.HasPrefix(markdown.out, "| Section | Code | Name | HTTP | Remedy | Scope | Message | Chinese |\n| --- | ---: |"), markdown.out)
}

func TestDecode(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sample.pcap")
	require.NoError(t, os.WriteFile(file, sample().Pcap(), 0o644))
	for name, args := range map[string][]string{"text": nil, "text_all": {"--all"}, "json": {"--json"}, "json_all": {"--json", "--all"}} {
		r := run(t, "", append([]string{"decode", file}, args...)...)
		assert.Equal(t, exitOK, r.status)
		assert.Empty(t, r.err)
		golden(t, "decode_"+name+".golden", r.out)
		for _, stdin := range [][]string{{"decode", "-"}, {"decode"}} {
			piped := run(t, string(sample().Pcapng()), append(stdin, args...)...)
			assert.Equal(t, r, piped)
		}
	}
	assert.Equal(t, exitFailed, run(t, "", "decode", file, "--exit-code").status)
	assert.Empty(t, run(t, "", "decode", file, "--exit-code").err)

	quiet := traffic.New()
	conn := quiet.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(fake.Frame('r', 1))
	conn.Reply(fake.Frame('a', 1, 0))
	r := run(t, string(quiet.Pcap()), "decode", "--exit-code")
	assert.Equal(t, result{out: "No failures, 1 success in 5 packets.\n"}, r)
	r = run(t, string(quiet.Pcap()), "decode", "--json")
	assert.Equal(t, result{}, r)
}

func TestDecodeHex(t *testing.T) {
	for name, test := range map[string]struct {
		stdin string
		args  []string
	}{
		"one":        {"", []string{"46210008610105 00"}},
		"words":      {"", []string{"46", "21", "00", "07", "61", "01", "05"}},
		"exchange":   {"", []string{"4621000677 07", "462100076107 05"}},
		"wireshark":  {"46:21:00:07:61:01:05\n", []string{"-"}},
		"array":      {"{0x46, 0x21, 0x00, 0x07, 0x61, 0x01, 0x05}", nil},
		"malformed":  {"", []string{"46220007610105"}},
		"json":       {"", []string{"4621000761010546210006 7202", "--json"}},
		"two_frames": {"", []string{"46210007610105", "462100066e01"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, test.stdin, append([]string{"decode", "fake"}, test.args...)...)
			assert.Equal(t, exitOK, r.status)
			golden(t, "hex_"+name+".golden", r.out+r.err)
		})
	}
	assert.Equal(t, exitFailed, run(t, "", "decode", "fake", "--exit-code", "46210007610105").status)
	assert.Equal(t, exitOK, run(t, "", "decode", "fake", "--exit-code", "46210007610100").status)
}

func TestPorts(t *testing.T) {
	c := traffic.New()
	for _, port := range []uint16{1777, 1779} {
		conn := c.Conn(traffic.Client, netip.AddrPortFrom(traffic.Server.Addr(), port)).Open()
		conn.Send(fake.Frame('r', 1))
		conn.Reply(fake.Frame('a', 1, 5))
	}
	for flags, want := range map[string]string{
		"": "No failures", "--port=fake=1777": "1 failure,", "--port=fake=1777 --port=fake=1779": "2 failures,", "--port=fake=1000-2000": "2 failures,",
	} {
		r := run(t, string(c.Pcap()), append([]string{"decode"}, strings.Fields(flags)...)...)
		assert.Equal(t, exitOK, r.status)
		assert.Contains(t, r.out, want, flags)
		if flags == "" {
			assert.Equal(t, "note: no packet is on a port of a known protocol; most others (5) use TCP port 1777: try --port PROTOCOL=1777\n", r.err)
		}
	}
}

func TestNotes(t *testing.T) {
	cut := sample()
	conn := cut.Conn(netip.MustParseAddrPort("192.0.2.11:5"), traffic.Server)
	conn.Reply([]byte("mid-stream"))
	conn.Reply(fake.Frame('n', 1))
	conn.Reply(fake.Long(100, 'a', 1, 5))
	cut.Truncate(14 + 40 + 50)
	conn.Reply(fake.Frame('n', 1))
	cut.Lose()
	conn.Reply(fake.Frame('n', 1))
	fragment := traffic.New()
	fragment.UDP(traffic.Client, traffic.Server, fake.Frame('r', 1))
	fragment.Packets[0].Data[14+6] = 0x20
	cut.Packets = append(cut.Packets, fragment.Packets...)
	r := run(t, string(cut.Pcap()), "decode")
	assert.Equal(t, exitOK, r.status)
	golden(t, "notes.golden", r.err)

	wifi := traffic.New()
	wifi.Link = layers.LinkTypeIEEE802_11
	wifi.Raw(make([]byte, 20), true)
	r = run(t, string(wifi.Pcap()), "decode")
	assert.Equal(t, "note: no packet is on a port of a known protocol\n"+
		"note: packets skipped: 1 of link type 105 (802.11); known are Ethernet, loopback, raw IP and Linux cooked captures\n", r.err)

	nothing := run(t, string(traffic.New().Pcap()), "decode")
	assert.Equal(t, result{out: "No failures, 0 successes in 0 packets.\n"}, nothing)
}

// Frames whose end is missing, and packets of which not even the headers are
// there, are the same mistake of who captured.
func TestNoteOfCutPackets(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(fake.Frame('r', 1))
	conn.Reply(fake.Long(100, 'a', 1, 5))
	c.Truncate(14 + 40 + 50)
	conn.Send(fake.Frame('r', 2))
	c.Truncate(14 + 10)
	r := run(t, string(c.Pcap()), "decode")
	assert.Equal(t, "note: 2 frames cut off by the snapshot length; capture whole packets (tcpdump -s 0)\n", r.err)
}

// A file may have the name of a protocol.
func TestCaptureNamedAsProtocol(t *testing.T) {
	t.Chdir(t.TempDir())
	bytes := run(t, "46210007610105", "decode", "fake")
	assert.Contains(t, bytes.out, " in 1 frame.\n")
	require.NoError(t, os.WriteFile("fake", sample().Pcap(), 0o644))
	assert.Equal(t, run(t, string(sample().Pcap()), "decode"), run(t, "46210007610105", "decode", "fake"))
	assert.Equal(t, bytes, run(t, "", "decode", "fake", "46210007610105"))
}

// The frames before one that is not complete are shown.
func TestHexCutShort(t *testing.T) {
	one := run(t, "", "decode", "fake", "462100")
	assert.Equal(t, result{exitUsage, "", "fieldstatus: frame 1 is not complete: 3 bytes are not enough\n"}, one)
	two := run(t, "", "decode", "fake", "46210007610105", "462100")
	assert.Equal(t, exitUsage, two.status)
	assert.Contains(t, two.out, "fake status 0x05 Bad")
	assert.Equal(t, "fieldstatus: frame 2 is not complete: 3 bytes are not enough\n", two.err)
}

// An error text that clients of two protocols print is explained for both.
func TestExplainTextOfTwo(t *testing.T) {
	twinRow := core.Row{Protocol: "twin", Layer: "status", Value: "0x05", Symbol: "Bad", Meaning: "it failed as well", Codes: [4]core.Code{3000, 3000, 3000, 3001}, Native: core.Native{Bits: 8}}
	twin := tabled(twinRow)
	twin.Name = "twin"
	twin.Translate = func(op core.Op, err error) error {
		return core.TranslateFunc(op, err, func(_ core.Op, err error) (core.Status, bool) {
			return core.NewStatus(&twinRow, 5), err.Error() == "fake: it failed"
		})
	}
	a, out, _ := newApp("")
	a.protocols = []*protocol.Protocol{fake.Protocol, twin, fake.Protocol}
	assert.Equal(t, exitOK, a.run([]string{"explain", "fake: it failed"}))
	var titles []string
	for _, block := range strings.Split(out.String(), "\n\n") {
		title, _, _ := strings.Cut(block, "\n")
		titles = append(titles, title)
	}
	assert.Equal(t, []string{"fake status 0x05 Bad", "twin status 0x05 Bad", "fake status 0x05 Bad"}, titles)
}

// full is an output that takes nothing, such as a file on a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestOutputFails(t *testing.T) {
	for _, args := range [][]string{
		{"decode"}, {"decode", "--json"}, {"decode", "fake", "46210007610105"}, {"decode", "fake", "46210007610105", "--json"},
		{"list"}, {"list", "fake", "--json"}, {"list", "codes", "--markdown"},
		{"explain", "fake", "5"}, {"explain", "fake", "5", "--json"}, {"explain", "3000"}, {"explain", "3000", "--json"}, {"explain", "EOF", "--json"},
	} {
		a, _, err := newApp(string(sample().Pcap()))
		a.out = full{}
		assert.Equal(t, exitUsage, a.run(args), args)
		assert.Equal(t, "fieldstatus: no space left on device\n", err.String(), args)
	}
}

// Bad input gets one line that says what to do, and exit status 2.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		name = filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(name, content, 0o644))
		return name
	}
	capture := sample().Pcap()
	good := file("good.pcap", capture)
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"no such command":               {[]string{"frobnicate"}, `unknown command "frobnicate" for "fieldstatus"`},
		"no such flag":                  {[]string{"decode", "--frobnicate"}, "see fieldstatus decode --help"},
		"no such file":                  {[]string{"decode", filepath.Join(dir, "missing.pcap")}, "check the path"},
		"directory":                     {[]string{"decode", dir}, "is a directory; give a capture in it"},
		"text":                          {[]string{"decode", file("text", []byte("hello, world"))}, "save it as pcap or pcapng"},
		"empty":                         {[]string{"decode", file("empty", nil)}, "the input is empty"},
		"empty standard input":          {[]string{"decode"}, "the input is empty"},
		"half a header":                 {[]string{"decode", file("half", capture[:20])}, "cannot be read as a capture"},
		"cut short":                     {[]string{"decode", file("cut.pcap", capture[:len(capture)-3])}, "is damaged after packet 11"},
		"several captures":              {[]string{"decode", good, good}, "give one capture"},
		"port without number":           {[]string{"decode", "--port", "1102", good}, "write protocol=port, such as s7=1102"},
		"port of nobody":                {[]string{"decode", "--port", "modbus=502", good}, "choose one of fake, opaque"},
		"port too high":                 {[]string{"decode", "--port", "fake=70000", good}, "no port from 1 to 65535"},
		"range backwards":               {[]string{"decode", "--port", "fake=20-10", good}, "no port from 1 to 65535"},
		"port of opaque":                {[]string{"decode", "--port", "opaque=20", good}, "opaque has no frames that could be decoded"},
		"hex of opaque":                 {[]string{"decode", "opaque", "00"}, "opaque has no frames that could be decoded"},
		"no hex":                        {[]string{"decode", "fake", "hello"}, `"hello" is no hexadecimal number`},
		"odd hex":                       {[]string{"decode", "fake", "462"}, "odd number"},
		"nothing":                       {[]string{"decode", "fake", ""}, "no bytes"},
		"half a frame":                  {[]string{"decode", "fake", "462100"}, "frame 1 is not complete"},
		"port with hex":                 {[]string{"decode", "--port", "fake=1", "fake", "46"}, "bytes have no port"},
		"explain nothing":               {[]string{"explain"}, "give a protocol and a status"},
		"explain a protocol":            {[]string{"explain", "fake"}, `give a status of fake as well, such as "0x05"; or list all with: fieldstatus list fake`},
		"explain nonsense":              {[]string{"explain", "fake", "Bo"}, `fake has no status "Bo"; see fieldstatus list fake`},
		"explain almost":                {[]string{"explain", "fake", "ba"}, `did you mean Bad?`},
		"explain no text of a protocol": {[]string{"explain", "fake", "the dog ate it"}, `is no known error text of fake's clients or of the network`},
		"explain no number":             {[]string{"explain", "fake", "-5"}, "fake has no status -5; see fieldstatus list fake"},
		"explain without a protocol":    {[]string{"explain", "0x05"}, "0x05 is no documented code, and as a status it belongs to fake, opaque: give the protocol as well, such as: fieldstatus explain fake 0x05"},
		"explain no code":               {[]string{"explain", "4711"}, "4711 is no documented code; see fieldstatus list codes"},
		"explain no text":               {[]string{"explain", "the dog ate it"}, "is no known error text of any protocol's clients or of the network"},
		"explain whom":                  {[]string{"explain", "modbus", "2"}, `"modbus" is no protocol; choose one of fake, opaque`},
		"list whom":                     {[]string{"list", "modbus"}, `"modbus" is no protocol; choose one of fake, opaque, codes`},
		"list two":                      {[]string{"list", "fake", "fake"}, "give one protocol, or codes"},
		"list in two ways":              {[]string{"list", "--json", "--markdown"}, "choose one of --json and --markdown"},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, "", test.args...)
			assert.Equal(t, exitUsage, r.status)
			assert.Equal(t, 1, strings.Count(r.err, "\n"), r.err)
			assert.True(t, strings.HasPrefix(r.err, "fieldstatus: "), r.err)
			assert.Contains(t, r.err, test.want)
			if name != "cut short" && name != "half a frame" {
				assert.Empty(t, r.out)
			}
		})
	}
}

// What came before the damage is shown.
func TestCutCaptureShowsWhatItHas(t *testing.T) {
	whole := run(t, string(sample().Pcap()), "decode")
	cut := run(t, string(sample().Pcap()[:len(sample().Pcap())-3]), "decode")
	assert.Equal(t, exitUsage, cut.status)
	table, _, _ := strings.Cut(whole.out, "\n\n")
	assert.True(t, strings.HasPrefix(cut.out, table), cut.out)
}

func TestCompletion(t *testing.T) {
	for want, args := range map[string][]string{
		"fake":             {"list", ""},
		"codes":            {"list", ""},
		"opaque":           {"explain", "o"},
		"PluginReadFailed": {"explain", "plugin"},
		"Unlisted":         {"explain", "fake", ""},
		"Bad":              {"explain", "fake", "b"},
		"fake=":            {"decode", "--port", ""},
	} {
		r := run(t, "", append([]string{"__complete"}, args...)...)
		assert.Equal(t, exitOK, r.status)
		var words []string
		for line := range strings.Lines(r.out) {
			word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
			words = append(words, word)
		}
		assert.Contains(t, words, want, args)
	}
	assert.Equal(t, "fake\tthe protocol of the tests\nopaque\ta protocol whose frames are not public\n:0\n", run(t, "", "__complete", "decode", "").out)
	assert.Equal(t, ":4\n", run(t, "", "__complete", "decode", "a.pcap", "").out, "one capture is enough")
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		r := run(t, "", "completion", shell)
		assert.Equal(t, exitOK, r.status)
		assert.NotEmpty(t, r.out)
	}
}

// Words are completed in any case, and repetitions are dropped.
func TestStartingWith(t *testing.T) {
	words := func() []string { return []string{"Bad\tfirst", "BadNode\tsecond", "Good", "bad", "Bad\tthird"} }
	for typed, want := range map[string][]string{
		"":         {"Bad\tfirst", "BadNode\tsecond", "Good", "bad"},
		"b":        {"Bad\tfirst", "BadNode\tsecond", "bad"},
		"bad":      {"Bad\tfirst", "BadNode\tsecond", "bad"},
		"BADNODE":  {"BadNode\tsecond"},
		"badnodes": {},
	} {
		assert.Equal(t, want, startingWith(words(), typed), typed)
	}
}

func TestVersion(t *testing.T) {
	assert.NotEmpty(t, version())
	assert.Equal(t, "(devel)", versionIn(nil))
	assert.Equal(t, "(devel)", versionIn(&debug.BuildInfo{}))
	assert.Equal(t, "v1.2.3", versionIn(&debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}))
}

func TestWantArgs(t *testing.T) {
	for _, test := range []struct {
		least, most, n int
		ok             bool
	}{
		{0, 0, 0, true}, {0, 0, 1, false},
		{1, 2, 0, false}, {1, 2, 1, true}, {1, 2, 2, true}, {1, 2, 3, false},
		{1, -1, 0, false}, {1, -1, 99, true}, // any number
	} {
		err := wantArgs(test.least, test.most, "give it")(&cobra.Command{Use: "x"}, make([]string, test.n))
		if test.ok {
			assert.NoError(t, err, test)
		} else {
			assert.EqualError(t, err, "give it; see x --help", test)
		}
	}
}

// A fault of the program is told in one line as well.
func TestPanicIsOneLine(t *testing.T) {
	broken := *fake.Protocol
	broken.Rows = nil
	var out, err bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &err, getenv: os.Getenv, protocols: []*protocol.Protocol{&broken}, location: time.UTC}
	assert.Equal(t, exitUsage, a.run([]string{"list", "fake"}))
	assert.Equal(t, 1, strings.Count(err.String(), "\n"))
	assert.Contains(t, err.String(), "internal error")
}
