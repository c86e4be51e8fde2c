package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/fins"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// browse opens the page in Chromium. Screenshots go to the directory that the
// environment variable SCREENSHOTS names, when it is set.
func browse(t *testing.T, g *running, fragment string, width, height int) context.Context {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is missing: install Debian's package chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox,
		chromedp.Flag("lang", "en"), chromedp.Flag("disable-quic", true))
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(stop)
	ctx, end := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(end)
	ctx, leave := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until Chromium has ended
		leave()
	})
	require.NoError(t, chromedp.Run(ctx, chromedp.EmulateViewport(int64(width), int64(height)), chromedp.Navigate(g.url+"/"+fragment)))
	return ctx
}

func screenshot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	var png []byte
	require.NoError(t, chromedp.Run(ctx, chromedp.FullScreenshot(&png, 100)))
	require.NoError(t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
}

// shows waits until the page holds a text inside the element that a selector
// names.
func shows(t *testing.T, ctx context.Context, selector, text string) {
	t.Helper()
	var last string
	for range 200 {
		script := `(document.querySelector(` + quote(selector) + `)?.innerText ?? "")`
		require.NoError(t, chromedp.Run(ctx, chromedp.Evaluate(script, &last)))
		if strings.Contains(last, text) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	require.Contains(t, last, text, selector)
}

func quote(s string) string {
	b, _ := json.Marshal(s) // a string always can
	return string(b)
}

func click(t *testing.T, ctx context.Context, selector string) {
	t.Helper()
	require.NoError(t, chromedp.Run(ctx, chromedp.Click(selector, chromedp.ByQuery)))
}

const (
	torque = `[data-node=plc] [data-tag=torque]`
	speed  = `[data-node=plc] [data-tag=speed]`
	makeIt = `[data-node=plc] [data-trouble=`
)

func TestPage(t *testing.T) {
	g := start(t, lab)
	ctx := browse(t, g, "#en", 1280, 800)
	shows(t, ctx, speed, "1480")
	shows(t, ctx, "[data-node=plc] .link", "connected")

	click(t, ctx, makeIt+`"address"]`)
	shows(t, ctx, torque, "10105 Invalid address")
	shows(t, ctx, torque, "s7 item-return 0x05 AddressOutOfRange")
	shows(t, ctx, torque, "change something · this tag")
	shows(t, ctx, torque, "bad")
	shows(t, ctx, speed, "1480")
	screenshot(t, ctx, "address")

	click(t, ctx, "#language")
	shows(t, ctx, torque, "无效地址")
	shows(t, ctx, "h1", "点位")
	click(t, ctx, "#language")
	shows(t, ctx, torque, "Invalid address")

	click(t, ctx, makeIt+`"off"]`)
	shows(t, ctx, speed, "3002")
	shows(t, ctx, "[data-node=plc] .link", "disconnected")
	click(t, ctx, makeIt+`""]`)
	shows(t, ctx, torque, "good")
	shows(t, ctx, "[data-node=plc] .link", "connected")
}

func TestPageWrites(t *testing.T) {
	g := start(t, lab)
	ctx := browse(t, g, "#en", 1280, 800)
	shows(t, ctx, speed, "1480")
	require.NoError(t, chromedp.Run(ctx, chromedp.SendKeys("#write-value", "7"+kb.Enter, chromedp.ByQuery)))
	shows(t, ctx, "#write-result", `{"error":0} success`)
	shows(t, ctx, speed, "7")
	require.NoError(t, chromedp.Run(ctx,
		chromedp.SetValue("#write-tag", `["plc","g","fixed"]`, chromedp.ByQuery),
		chromedp.Click("#write button", chromedp.ByQuery)))
	shows(t, ctx, "#write-result", `{"error":3004} `+core.PluginTagNotWritable.Message())
	click(t, ctx, "#language")
	shows(t, ctx, "#write-result", `{"error":3004} `+chinese(core.PluginTagNotWritable))
}

// TestPageOffersWritableTags: the first that can be written is chosen.
func TestPageOffersWritableTags(t *testing.T) {
	g := start(t, strings.Replace(lab, `"type": "INT16"`, `"type": "INT16", "readonly": true`, 1))
	ctx := browse(t, g, "#en", 1280, 800)
	shows(t, ctx, speed, "1480")
	var chosen string
	require.NoError(t, chromedp.Run(ctx, chromedp.Value("#write-tag", &chosen, chromedp.ByQuery)))
	assert.Equal(t, `["plc","g","torque"]`, chosen)
	require.NoError(t, chromedp.Run(ctx, chromedp.SetValue("#write-tag", `["plc","g","fixed"]`, chromedp.ByQuery)))
	click(t, ctx, "#language")
	shows(t, ctx, "h1", "点位")
	require.NoError(t, chromedp.Run(ctx, chromedp.Value("#write-tag", &chosen, chromedp.ByQuery)))
	assert.Equal(t, `["plc","g","fixed"]`, chosen, "what a person chooses stays")
}

// TestPageByKeyboard reaches everything with the tabulator key, in the order of
// the page.
func TestPageByKeyboard(t *testing.T) {
	g := start(t, lab)
	ctx := browse(t, g, "#en", 1280, 800)
	shows(t, ctx, speed, "1480")
	var reached []string
	focused := func() (name string) {
		require.NoError(t, chromedp.Run(ctx, chromedp.KeyEvent(kb.Tab),
			chromedp.Evaluate(`document.activeElement.id || document.activeElement.dataset.trouble || document.activeElement.innerText || ""`, &name)))
		return name
	}
	for range 20 {
		name := focused()
		reached = append(reached, name)
		if name == "address" {
			require.NoError(t, chromedp.Run(ctx, chromedp.KeyEvent(" ")))
		}
		if name == "Write" {
			break
		}
	}
	want := []string{"language"}
	for _, x := range g.nodes[0].protocol.troubles {
		want = append(want, x.ID)
	}
	assert.Equal(t, append(want, "Recover", "write-tag", "write-value", "Write"), reached)
	shows(t, ctx, torque, "10105")
}

// TestPageOnAPhone: nothing sticks out to the side, in either language.
func TestPageOnAPhone(t *testing.T) {
	g := start(t, string(defaultConfig))
	for _, language := range []string{"en", "zh"} {
		ctx := browse(t, g, "#"+language, 360, 740)
		shows(t, ctx, "[data-node=press] [data-tag=setpoint]", "1500")
		require.True(t, g.node("press").afflict("address"))
		shows(t, ctx, "[data-node=press] [data-tag=setpoint]", "10105")
		var width int
		require.NoError(t, chromedp.Run(ctx, chromedp.Evaluate(`document.documentElement.scrollWidth`, &width)))
		assert.LessOrEqual(t, width, 360)
		screenshot(t, ctx, "phone-"+language)
		require.True(t, g.node("press").afflict(""))
		g.eventually("everything is back", g.good)
	}
}

func chinese(code core.Code) string {
	text, _ := code.MessageIn("zh")
	return text
}

// TestViewOf: what the page shows beside an item of the API.
func TestViewOf(t *testing.T) {
	tag := southbound.Tag{Name: "speed", Address: "DB1.DBW4"}
	for name, c := range map[string]struct {
		result southbound.Result
		want   tagView
	}{
		"a value": {
			southbound.Result{Value: int16(7)},
			tagView{Item: json.RawMessage(`{"name":"speed","value":7}`), Quality: core.Good},
		},
		"a value and its success": {
			southbound.Result{Value: int16(7), Status: fins.EndCode(0).Status()},
			tagView{Item: json.RawMessage(`{"name":"speed","value":7}`), Quality: core.Good},
		},
		"a value and a flag": {
			southbound.Result{Value: int16(7), Status: fins.EndCode(0x40).Status()},
			tagView{Item: json.RawMessage(`{"name":"speed","value":7}`), Quality: core.Good, Native: fins.EndCode(0x40).Status().String(), Hint: fins.EndCode(0x40).Status().Hint()},
		},
		"a failure of the device": {
			southbound.Result{Err: fins.EndCode(0x2002).Status().Err(core.Read)},
			tagView{
				Item: json.RawMessage(`{"name":"speed","error":10509}`), Quality: core.Bad,
				Name: "FINSReadNotPossible", English: core.FINSReadNotPossible.Message(), Chinese: "无法读取", Remedy: "fix", Scope: "request",
				Native: fins.EndCode(0x2002).Status().String(), Hint: fins.EndCode(0x2002).Status().Hint(),
			},
		},
		"a value that JSON has no number for": {
			southbound.Result{Value: math.NaN()},
			tagView{
				Item: json.RawMessage(`{"name":"speed","error":3008}`), Quality: core.Bad,
				Name: "PluginTagValueInvalid", English: core.PluginTagValueInvalid.Message(), Chinese: chinese(core.PluginTagValueInvalid), Remedy: "retry", Scope: "item",
			},
		},
		"a failure with a cause": {
			southbound.Result{Err: &core.Error{Code: core.TagAddressFormatInvalid, Op: core.Read, Err: errors.New("address \"7\": give DB1.DBW4")}},
			tagView{
				Item: json.RawMessage(`{"name":"speed","error":2205}`), Quality: core.Bad,
				Name: "TagAddressFormatInvalid", English: core.TagAddressFormatInvalid.Message(), Chinese: chinese(core.TagAddressFormatInvalid), Remedy: "fix", Scope: "item",
				Cause: "address \"7\": give DB1.DBW4",
			},
		},
		"a failure of the driver": {
			southbound.Result{Err: core.PluginTagNotReady.Err()},
			tagView{
				Item: json.RawMessage(`{"name":"speed","error":3011}`), Quality: core.Bad,
				Name: "PluginTagNotReady", English: core.PluginTagNotReady.Message(), Chinese: "插件 tag 未就绪", Remedy: "retry", Scope: "item",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.want.Address, c.want.Cycles, c.want.Asked = "DB1.DBW4", 5, 3
			assert.Equal(t, c.want, viewOf(southbound.Reading{Tag: tag, Result: c.result, Cycles: 5, Asked: 3}))
		})
	}
}

// TestEvents reads the stream as a program would.
func TestEvents(t *testing.T) {
	g := start(t, lab)
	require.True(t, g.node("plc").afflict("address"))
	g.eventually("the tag fails", func() bool { return !g.good() })
	answer, err := http.Get(g.url + "/events")
	require.NoError(t, err)
	defer answer.Body.Close()
	assert.Equal(t, "text/event-stream", answer.Header.Get("Content-Type"))
	events := bufio.NewReader(answer.Body)
	line, err := events.ReadString('\n')
	require.NoError(t, err)
	var views []map[string]any
	require.NoError(t, json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &views))
	require.Len(t, views, 1)
	view := views[0]["tags"].([]any)[1].(map[string]any)
	delete(view, "cycles")
	delete(view, "asked")
	assert.Equal(t, map[string]any{
		"item": map[string]any{"name": "torque", "error": 10105.0}, "address": "DB1.DBW6", "readonly": false, "quality": "bad",
		"code": "S7AddressInvalid", "en": "Invalid address", "zh": "无效地址", "native": "s7 item-return 0x05 AddressOutOfRange",
		"remedy": "fix", "scope": "item", "hint": view["hint"],
	}, view)
	assert.NotEmpty(t, view["hint"])

	line, err = events.ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "\n", line, "an empty line ends an event")
	line, err = events.ReadString('\n')
	require.NoError(t, err, "the next event comes on the same connection")
	assert.True(t, strings.HasPrefix(line, "data: ["), line)
}
