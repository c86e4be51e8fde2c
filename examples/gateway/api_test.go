package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

func TestRead(t *testing.T) {
	g := start(t, lab)
	const path, body = "/api/v2/read", `{"node":"plc","group":"g","sync":true}`
	g.requireCall("POST", path, body, 200, `{"tags":[{"name":"speed","value":1480},{"name":"torque","value":12},{"name":"fixed","value":1.5}]}`)
	g.requireCall("POST", path, `{"node":"plc","group":"g","query":{"name":"tor"}}`, 200, `{"tags":[{"name":"torque","value":12}]}`)
	g.requireCall("POST", path, `{"node":"plc","group":"g","query":{"name":"nobody"}}`, 200, `{"tags":[]}`)

	require.True(t, g.node("plc").afflict("address"))
	g.requireCall("POST", path, body, 200, `{"tags":[{"name":"speed","value":1480},{"name":"torque","error":10105},{"name":"fixed","value":1.5}]}`)

	require.True(t, g.node("plc").afflict("off"))
	g.eventually("everything is away", func() bool {
		status, text := g.call("POST", path, body)
		return status == 200 && strings.Count(text, `"error":3002`) == 3
	})
	require.True(t, g.node("plc").afflict(""))
	g.eventually("everything is back", g.good)
}

func TestRequestsThatAreRefused(t *testing.T) {
	g := start(t, lab)
	for _, path := range []string{"/api/v2/read", "/api/v2/write", "/api/v2/write/tags"} {
		g.requireCall("POST", path, `{"node":"nobody","group":"g","tag":"speed","tags":[{}]}`, 404, `{"error":2003}`)
		g.requireCall("POST", path, `{"node":"plc","group":"h","tag":"speed","tags":[{}]}`, 404, `{"error":2106}`)
		g.requireCall("POST", path, `{"node":"plc"}`, 400, `{"error":1003}`)
		g.requireCall("POST", path, `{"node":`, 400, `{"error":1002}`)
		for _, behind := range []string{`}`, `{}`, ` 7`, `x`} {
			g.requireCall("POST", path, `{"node":"plc","group":"g","tag":"speed","value":7,"tags":[{"tag":"speed","value":7}]}`+behind, 400, `{"error":1002}`)
		}
		g.requireCall("POST", path, `{"node":7}`, 400, `{"error":1002}`)
		g.requireCall("POST", path, `"`+strings.Repeat("x", maxBody)+`"`, 400, `{"error":1002}`)
		status, _ := g.call("GET", path, "")
		assert.Equal(t, http.StatusMethodNotAllowed, status)
	}
	g.requireCall("POST", "/api/v2/write", `{"node":"plc","group":"g"}`, 400, `{"error":1003}`)
	g.requireCall("POST", "/api/v2/write/tags", `{"node":"plc","group":"g"}`, 400, `{"error":1003}`)
	assert.Equal(t, int16(1480), g.node("plc").Poll(t.Context())[0].Value, "nothing was written")
	g.requireCall("POST", "/api/v2/write", `{"node":"plc","group":"g","tag":"speed","value":7}`+" \n", 200, `{"error":0}`)
	status, _ := g.call("GET", "/api/v2/nothing", "")
	assert.Equal(t, http.StatusNotFound, status)
}

// TestOtherPages: a page of somebody else in the same browser writes nothing.
func TestOtherPages(t *testing.T) {
	g := start(t, lab)
	q, err := http.NewRequest("POST", g.url+"/api/v2/write", strings.NewReader(`{"node":"plc","group":"g","tag":"speed","value":1}`))
	require.NoError(t, err)
	q.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err := http.DefaultClient.Do(q)
	require.NoError(t, err)
	answer.Body.Close()
	assert.Equal(t, http.StatusForbidden, answer.StatusCode)
}

func TestWrite(t *testing.T) {
	g := start(t, lab)
	write := func(tag, value string, status int, want string) {
		t.Helper()
		g.requireCall("POST", "/api/v2/write", `{"node":"plc","group":"g","tag":"`+tag+`","value":`+value+`}`, status, want)
	}
	write("speed", "7", 200, `{"error":0}`)
	g.requireCall("POST", "/api/v2/read", `{"node":"plc","group":"g","sync":true,"query":{"name":"speed"}}`, 200, `{"tags":[{"name":"speed","value":7}]}`)
	write("nobody", "7", 404, `{"error":2201}`)
	write("fixed", "7", 200, `{"error":3004}`)
	write("speed", `"seven"`, 400, `{"error":3007}`)
	write("speed", "70000", 200, `{"error":3001}`)

	n := g.node("plc")
	require.True(t, n.afflict("address"))
	write("torque", "7", 200, `{"error":10105}`)
	require.True(t, n.afflict("silence"))
	write("speed", "7", 200, `{"error":3001}`) // 3015 is no answer to a write: gateway.ForWrite
	require.True(t, n.afflict("off"))
	g.eventually("the link is lost", func() bool { return n.State().Link == 0 })
	write("speed", "7", 400, `{"error":3002}`)
	require.True(t, n.afflict(""))
	g.eventually("everything is back", g.good)
}

func TestWriteTags(t *testing.T) {
	g := start(t, lab)
	g.requireCall("POST", "/api/v2/write/tags", `{"node":"plc","group":"g","tags":[{"tag":"speed","value":8},{"tag":"fixed","value":1},{"tag":"nobody","value":1}]}`, 200,
		`{"tags":[{"group":"g","name":"speed","error":0},{"group":"g","name":"fixed","error":3004},{"group":"g","name":"nobody","error":2201}]}`)
}

func TestState(t *testing.T) {
	g := start(t, lab)
	g.requireCall("GET", "/api/v2/node/state?node=plc", "", 200, `{"link":1,"running":3}`)
	g.requireCall("GET", "/api/v2/node/state?node=nobody", "", 404, `{"error":2003}`)
	_, text := g.call("GET", "/api/v2/node/state", "")
	assert.Regexp(t, `^{"timestamp":\d{13},"states":\[{"node":"plc","link":1,"running":3}\]}$`, text)
	require.True(t, g.node("plc").afflict("off"))
	g.eventually("the link is lost", func() bool {
		_, text := g.call("GET", "/api/v2/node/state?node=plc", "")
		return text == `{"link":0,"running":3}`
	})
}

func TestTrouble(t *testing.T) {
	g := start(t, lab)
	g.requireCall("POST", "/trouble", `{"node":"nobody","trouble":"off"}`, 404, `{"error":2003}`)
	g.requireCall("POST", "/trouble", `{"node":"plc","trouble":"rain"}`, 400, `{"error":1003}`)
	g.requireCall("POST", "/trouble", `{"node":"plc","trouble":"address"}`, 200, `{"error":0}`)
	assert.Equal(t, "address", g.node("plc").afflicted())
	g.requireCall("POST", "/trouble", `{"node":"plc"}`, 200, `{"error":0}`)
	assert.Equal(t, "", g.node("plc").afflicted())
}

// TestCodes: the text of whatever number the API answers.
func TestCodes(t *testing.T) {
	g := start(t, lab)
	status, text := g.call("GET", "/codes", "")
	assert.Equal(t, http.StatusOK, status)
	var codes map[core.Code]struct{ En, Zh string }
	require.NoError(t, json.Unmarshal([]byte(text), &codes))
	for code := range core.Codes() {
		assert.NotEmpty(t, codes[code].En, code)
		assert.NotEmpty(t, codes[code].Zh, code)
	}
	assert.Equal(t, "Invalid address", codes[core.S7AddressInvalid].En)
	assert.Equal(t, "无效地址", codes[core.S7AddressInvalid].Zh)
}
