package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/gateway"
)

// maxBody is how long a request may be, in bytes.
const maxBody = 1 << 20

// handler returns the API, version 2, and the page.
func (g *Gateway) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v2/read", g.serveRead)
	mux.HandleFunc("POST /api/v2/write", g.serveWrite)
	mux.HandleFunc("POST /api/v2/write/tags", g.serveWriteTags)
	mux.HandleFunc("GET /api/v2/node/state", g.serveState)
	mux.HandleFunc("GET /{$}", servePage)
	mux.HandleFunc("GET /codes", serveCodes)
	mux.HandleFunc("GET /events", g.serveEvents)
	mux.HandleFunc("POST /trouble", g.serveTrouble)
	return http.NewCrossOriginProtection().Handler(mux) // other pages in the same browser must not write
}

// serveRead answers with a value or an error for each tag of a group. Its status
// is 200 even when all of them failed.
func (g *Gateway) serveRead(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Node  string `json:"node"`
		Group string `json:"group"`
		Sync  bool   `json:"sync"` // ask the device now
		Query struct {
			Name string `json:"name"` // a part of it
		} `json:"query"`
	}
	if !decode(w, r, &q) {
		return
	}
	n, code := g.group(q.Node, q.Group)
	if code != core.OK {
		answerCode(w, code)
		return
	}
	readings := n.Readings()
	if q.Sync {
		readings = n.Poll(r.Context())
	}
	reply := gateway.ReadReply{Tags: []gateway.Item{}}
	for _, item := range items(readings) {
		if strings.Contains(item.Name, q.Query.Name) {
			reply.Tags = append(reply.Tags, item)
		}
	}
	answer(w, http.StatusOK, reply)
}

// serveWrite writes one tag and answers with a code, with 0 too.
func (g *Gateway) serveWrite(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Node  string `json:"node"`
		Group string `json:"group"`
		Tag   string `json:"tag"`
		Value any    `json:"value"`
	}
	if !decode(w, r, &q) {
		return
	}
	n, code := g.group(q.Node, q.Group)
	switch {
	case code != core.OK:
		answerCode(w, code)
	case q.Tag == "":
		answerCode(w, core.APIRequestParamInvalid)
	default:
		answerCode(w, gateway.WriteReply(n.Write(r.Context(), q.Tag, q.Value)).Error)
	}
}

// serveWriteTags writes several tags of a group and answers for each of them.
func (g *Gateway) serveWriteTags(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Node  string `json:"node"`
		Group string `json:"group"`
		Tags  []struct {
			Tag   string `json:"tag"`
			Value any    `json:"value"`
		} `json:"tags"`
	}
	if !decode(w, r, &q) {
		return
	}
	n, code := g.group(q.Node, q.Group)
	switch {
	case code != core.OK:
		answerCode(w, code)
		return
	case len(q.Tags) == 0:
		answerCode(w, core.APIRequestParamInvalid)
		return
	}
	var reply gateway.BatchReply
	for _, tag := range q.Tags {
		reply.Tags = append(reply.Tags, gateway.NewWriteResult(q.Group, tag.Tag, n.Write(r.Context(), tag.Tag, tag.Value)))
	}
	answer(w, http.StatusOK, reply)
}

// serveState answers with the state of one node, or of all.
func (g *Gateway) serveState(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("node")
	if name == "" {
		answer(w, http.StatusOK, g.report())
		return
	}
	n := g.node(name)
	if n == nil {
		answerCode(w, core.NodeNotExist)
		return
	}
	s := n.State()
	answer(w, http.StatusOK, map[string]any{"link": s.Link, "running": s.Running})
}

// group finds a node by the names of the node and of its group.
func (g *Gateway) group(name, group string) (*node, core.Code) {
	n := g.node(name)
	switch {
	case name == "" || group == "":
		return nil, core.APIRequestParamInvalid
	case n == nil:
		return nil, core.NodeNotExist
	case n.config.Group != group:
		return nil, core.GroupNotExist
	}
	return n, core.OK
}

// decode reads the body of a request, and refuses it when it is no such JSON, or
// when something stands behind that: half of it would be ignored.
func decode(w http.ResponseWriter, r *http.Request, to any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.UseNumber() // no digit of a value may be lost
	if d.Decode(to) == nil {
		if _, err := d.Token(); err == io.EOF {
			return true
		}
	}
	answerCode(w, core.APIRequestBodyInvalid)
	return false
}

// answerCode answers with a code, 0 for success, and with the HTTP status that
// belongs to it. A code that has none is no answer of the gateway.
func answerCode(w http.ResponseWriter, code core.Code) {
	status, ok := gateway.HTTPStatus(code)
	if !ok {
		status = http.StatusInternalServerError
	}
	answer(w, status, gateway.Reply{Error: code})
}

func answer(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil { // a value that a driver has made up
		status, text = http.StatusInternalServerError, []byte(`{"error":1001}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text) // the client may have left
}
