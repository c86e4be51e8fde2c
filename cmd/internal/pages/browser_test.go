package pages

import (
	"context"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A browser is Chromium with the search page as it lies in the file system.
type browser struct {
	t    *testing.T
	page string
	ctx  context.Context
}

func open(t *testing.T, width, height int64) browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is missing: install Debian's package chromium")
	}
	page, err := filepath.Abs(filepath.Join(root, "docs", "index.html"))
	require.NoError(t, err)
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
	b := browser{t, "file://" + page, ctx}
	b.do(chromedp.EmulateViewport(width, height), chromedp.Navigate(b.page))
	return b
}

func (b browser) do(actions ...chromedp.Action) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Run(b.ctx, actions...))
}

// look moves to a fragment of the address.
func (b browser) look(fragment string) {
	b.t.Helper()
	b.do(chromedp.Navigate("about:blank"), chromedp.Navigate(b.page+"#"+fragment))
}

// says evaluates JavaScript that gives a text.
func (b browser) says(script string) (text string) {
	b.t.Helper()
	b.do(chromedp.Evaluate(script, &text))
	return text
}

const list = `document.getElementById("list").innerText`

func TestSearchInChromium(t *testing.T) {
	b := open(t, 1280, 800)
	for fragment, want := range map[string][]string{
		"10105":                {"10105", "Invalid address · 无效地址", "item-return 0x05 AddressOutOfRange"},
		"0x8104":               {"10103", "s7 header-error"},
		"BadNodeIdUnknown":     {"10015", "opcua status"},
		"fins%200x1103":        {"AddressRangeError", "10508"},
		"-17":                  {"EW_PROTOCOL"},
		"0x80340400":           {"BadNodeIdUnknown"},  // with information bits
		"0x1143":               {"AddressRangeError"}, // with a CPU flag
		"8104":                 {"10103", "s7 header-error"},
		"enip%200x01%2F0x0204": {"UnconnectedRequestTimedOut"},
		"read%20a%3A%2010105%20Invalid%20address%20(s7%20item-return%200x05%20AddressOutOfRange)": {"AddressOutOfRange", "10105"},
		"%E6%97%A0%E6%95%88%E5%9C%B0%E5%9D%80":                                                    {"10105", "10400"}, // 无效地址
	} {
		b.look(fragment)
		for _, text := range want {
			assert.Contains(t, b.says(list), text, fragment)
		}
	}
	b.look("nothing-has-this")
	assert.Contains(t, b.says(`document.getElementById("count").innerText`), "Nothing found")
	b.look("lang=zh")
	assert.Contains(t, b.says(`document.title + document.getElementById("title").innerText`), "这个数字是什么意思")
	assert.Equal(t, "zh", b.says(`document.documentElement.lang`))
}

// TestKeyboard finds a row and reads it without a mouse.
func TestKeyboard(t *testing.T) {
	const focused = `document.activeElement.id || document.activeElement.innerText`
	b := open(t, 1280, 800)
	assert.Equal(t, "q", b.says(focused), "the page begins in the search field")
	b.do(chromedp.KeyEvent("0x1103"))
	assert.Contains(t, b.says(list), "AddressRangeError")
	assert.Contains(t, b.says(`location.hash`), "0x1103", "the address can be passed on")

	b.do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown))
	second := b.says(focused)
	assert.Equal(t, b.says(`document.querySelectorAll("summary")[1].innerText`), second)
	const opened = `String(document.activeElement.parentElement.open)`
	assert.Equal(t, "false", b.says(opened))
	b.do(chromedp.KeyEvent(kb.Enter))
	assert.Equal(t, "true", b.says(opened))
	b.do(chromedp.KeyEvent(kb.ArrowUp), chromedp.KeyEvent(kb.ArrowUp))
	assert.Equal(t, "q", b.says(focused))

	b.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab))
	assert.Equal(t, "lang", b.says(focused))
	b.do(chromedp.KeyEvent(kb.Enter))
	assert.Equal(t, "zh", b.says(`document.documentElement.lang`))
	b.do(chromedp.KeyEvent("/"))
	assert.Equal(t, "q", b.says(focused))
	b.do(chromedp.KeyEvent(kb.Escape))
	assert.Empty(t, b.says(list))
}

// TestOnAPhone: nothing sticks out to the side.
func TestOnAPhone(t *testing.T) {
	b := open(t, 360, 740)
	for _, fragment := range []string{"", "10105", "fins", "lang=zh"} {
		b.look(fragment)
		assert.Equal(t, "360", b.says(`String(document.documentElement.scrollWidth)`), fragment)
	}
}
