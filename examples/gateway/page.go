package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/gateway"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

//go:embed page.html
var page []byte

// refresh is how often the page gets news.
const refresh = 400 * time.Millisecond

func servePage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:")
	_, _ = w.Write(page)
}

// serveCodes sends the text of every documented code, for what the page writes: the
// API answers with the number alone.
func serveCodes(w http.ResponseWriter, _ *http.Request) {
	type text struct {
		English string `json:"en"`
		Chinese string `json:"zh"`
	}
	texts := map[core.Code]text{}
	for code := range core.Codes() {
		chinese, _ := code.MessageIn("zh")
		texts[code] = text{code.Message(), chinese}
	}
	answer(w, http.StatusOK, texts)
}

// A nodeView is a node as the page shows it.
type nodeView struct {
	Node     string       `json:"node"`
	Group    string       `json:"group"`
	Protocol string       `json:"protocol"`
	Link     gateway.Link `json:"link"`
	Troubles []trouble    `json:"troubles"` // that its device can have; none when it is a real one
	Trouble  string       `json:"trouble"`  // that it has
	Tags     []tagView    `json:"tags"`
}

// A tagView is a tag as the page shows it: an item of the API, and what the API
// cannot say.
type tagView struct {
	Item     json.RawMessage `json:"item"`
	Address  string          `json:"address"`
	ReadOnly bool            `json:"readonly"`
	Quality  core.Quality    `json:"quality"`
	Name     string          `json:"code,omitempty"` // "S7AddressInvalid"
	English  string          `json:"en,omitempty"`   // text of the code
	Chinese  string          `json:"zh,omitempty"`
	Native   string          `json:"native,omitempty"` // "s7 item-return 0x05 AddressOutOfRange"
	Cause    string          `json:"cause,omitempty"`  // what the driver or the network adds to that
	Remedy   string          `json:"remedy,omitempty"`
	Scope    string          `json:"scope,omitempty"`
	Hint     string          `json:"hint,omitempty"`
	Cycles   uint64          `json:"cycles"`
	Asked    uint64          `json:"asked"`
}

func (g *Gateway) view() []nodeView {
	views := []nodeView{}
	for _, n := range g.nodes {
		v := nodeView{
			Node: n.Name(), Group: n.config.Group, Protocol: n.config.Protocol, Link: n.State().Link,
			Troubles: []trouble{}, Trouble: n.afflicted(),
		}
		if n.device != nil {
			v.Troubles = n.protocol.troubles
		}
		for _, r := range n.Readings() {
			v.Tags = append(v.Tags, viewOf(r))
		}
		views = append(views, v)
	}
	return views
}

func viewOf(r southbound.Reading) tagView {
	v := tagView{Address: r.Tag.Address, ReadOnly: r.Tag.ReadOnly, Quality: r.Quality(), Cycles: r.Cycles, Asked: r.Asked}
	item := gateway.NewItem(r.Tag.Name, r.Value, r.Err)
	// What JSON has no number for becomes an error on its way. All else that a
	// southbound.Type can be goes through.
	v.Item, _ = json.Marshal(item)
	_ = json.Unmarshal(v.Item, &item)
	status, failure := r.Status, r.Err
	if item.Error != core.OK {
		if failure == nil {
			failure, v.Quality = item.Error, core.Bad
		}
		status = core.StatusOf(failure)
		v.Name, v.English = item.Error.Name(), item.Error.Message()
		v.Chinese, _ = item.Error.MessageIn("zh")
		v.Remedy, v.Scope = core.RemedyOf(failure).String(), core.ScopeOf(failure).String()
		var e *core.Error
		if errors.As(failure, &e) && e.Err != nil {
			v.Cause = e.Err.Error()
		}
	}
	if status != (core.Status{}) && (item.Error != core.OK || status.Value() != 0) { // success without information says nothing
		v.Native, v.Hint = status.String(), status.Hint()
	}
	return v
}

// serveEvents sends what the page shows, as server-sent events, until the client
// leaves.
func (g *Gateway) serveEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	stream := http.NewResponseController(w)
	tick := time.NewTicker(refresh)
	defer tick.Stop()
	for {
		data, err := json.Marshal(g.view())
		if err != nil {
			return
		}
		_ = stream.SetWriteDeadline(time.Now().Add(5 * time.Second)) // for a client that sleeps
		if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil {
			return
		}
		if stream.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
	}
}

// serveTrouble makes the device of a node fail, or recover when no trouble is
// named.
func (g *Gateway) serveTrouble(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Node    string `json:"node"`
		Trouble string `json:"trouble"`
	}
	if !decode(w, r, &q) {
		return
	}
	n := g.node(q.Node)
	switch {
	case n == nil:
		answerCode(w, core.NodeNotExist)
	case !n.afflict(q.Trouble):
		answerCode(w, core.APIRequestParamInvalid)
	default:
		answerCode(w, core.OK)
	}
}
