package opcuatest

import (
	"fmt"
	"strings"
	"time"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/server"
	"github.com/gopcua/opcua/server/attrs"
	"github.com/gopcua/opcua/ua"
)

// namespaces is how many there are besides that of the standard.
const namespaces = 9

// A node is a variable.
type node struct {
	value  *ua.DataValue
	access ua.AccessLevelType
}

const readWrite = ua.AccessLevelTypeCurrentRead | ua.AccessLevelTypeCurrentWrite

// variable reads the name of a node that can be set.
func variable(nodeID string) *ua.NodeID {
	n, err := ua.ParseNodeID(nodeID)
	if err != nil {
		panic("opcuatest: " + err.Error())
	}
	if n.Namespace() == 0 || n.Namespace() > namespaces {
		panic(fmt.Sprintf("opcuatest: %s is not in the namespaces 1 to %d", nodeID, namespaces))
	}
	return n
}

// match reports whether the rule for a node is for this item.
func match(rule, item string) bool {
	if rule == item {
		return true
	}
	n, err := ua.ParseNodeID(rule)
	return err == nil && n.String() == item
}

// itemName is how an attribute of a node stands in rules and requests.
func itemName(n *ua.NodeID, a ua.AttributeID) string {
	if a == ua.AttributeIDValue {
		return n.String()
	}
	return n.String() + " " + strings.TrimPrefix(a.String(), "AttributeID")
}

func dataValue(value any) *ua.DataValue {
	switch v := value.(type) {
	case *ua.DataValue:
		c := *v
		if c.EncodingMask == 0 {
			c.UpdateMask()
		}
		return &c
	case int:
		value = int32(v)
	}
	v, err := ua.NewVariant(value)
	if err != nil {
		panic("opcuatest: " + err.Error())
	}
	now := time.Now()
	return &ua.DataValue{
		EncodingMask: ua.DataValueValue | ua.DataValueSourceTimestamp | ua.DataValueServerTimestamp,
		Value:        v, SourceTimestamp: now, ServerTimestamp: now,
	}
}

func (b *backend) set(n *ua.NodeID, v *ua.DataValue) {
	b.mu.Lock()
	if old := b.nodes[n.String()]; old != nil {
		old.value = v
	} else {
		b.nodes[n.String()] = &node{value: v, access: readWrite}
	}
	b.mu.Unlock()
	b.server.ChangeNotification(n)
}

func (b *backend) setAccess(n *ua.NodeID, level ua.AccessLevelType) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v := b.nodes[n.String()]
	if v == nil {
		panic("opcuatest: " + n.String() + " was not set")
	}
	v.access = level
}

func (b *backend) value(n *ua.NodeID) *ua.DataValue {
	b.mu.Lock()
	defer b.mu.Unlock()
	if v := b.nodes[n.String()]; v != nil {
		return v.value
	}
	return nil
}

// A space is a namespace of the server. It shows the nodes of its backend.
type space struct {
	backend *backend
	index   uint16
}

func (s *space) Name() string       { return fmt.Sprintf("urn:fieldstatus:opcuatest:%d", s.index) }
func (s *space) ID() uint16         { return s.index }
func (s *space) SetID(index uint16) { s.index = index }

// There are no nodes in the sense of gopcua: variables live in the backend.

func (s *space) AddNode(n *server.Node) *server.Node { return n }
func (s *space) Node(*ua.NodeID) *server.Node        { return nil }
func (s *space) Objects() *server.Node               { return nil }
func (s *space) Root() *server.Node                  { return nil }

// Browse knows variables, which lead nowhere.
func (s *space) Browse(d *ua.BrowseDescription) *ua.BrowseResult {
	s.backend.mu.Lock()
	defer s.backend.mu.Unlock()
	if s.backend.nodes[d.NodeID.String()] == nil {
		return &ua.BrowseResult{StatusCode: ua.StatusBadNodeIDUnknown}
	}
	return &ua.BrowseResult{References: []*ua.ReferenceDescription{}}
}

func failed(code ua.StatusCode) *ua.DataValue {
	return &ua.DataValue{EncodingMask: ua.DataValueStatusCode | ua.DataValueServerTimestamp, Status: code, ServerTimestamp: time.Now()}
}

// Attribute returns what a read of one attribute gives.
func (s *space) Attribute(n *ua.NodeID, a ua.AttributeID) *ua.DataValue {
	s.backend.mu.Lock()
	defer s.backend.mu.Unlock()
	v := s.backend.nodes[n.String()]
	if v == nil {
		return failed(ua.StatusBadNodeIDUnknown)
	}
	switch a {
	case ua.AttributeIDValue:
		if v.access&ua.AccessLevelTypeCurrentRead == 0 {
			return failed(ua.StatusBadNotReadable)
		}
		return v.value
	case ua.AttributeIDNodeID:
		return server.DataValueFromValue(n)
	case ua.AttributeIDNodeClass:
		return server.DataValueFromValue(int32(ua.NodeClassVariable))
	case ua.AttributeIDBrowseName:
		return server.DataValueFromValue(attrs.BrowseName(n.String()))
	case ua.AttributeIDDisplayName:
		return server.DataValueFromValue(attrs.DisplayName(n.String(), ""))
	case ua.AttributeIDDataType:
		typ := ua.TypeIDNull
		if v.value.Value != nil {
			typ = v.value.Value.Type()
		}
		if typ == ua.TypeIDNull {
			typ = ua.TypeID(id.BaseDataType)
		}
		return server.DataValueFromValue(ua.NewNumericNodeID(0, uint32(typ)))
	case ua.AttributeIDValueRank:
		return server.DataValueFromValue(int32(-2)) // any
	case ua.AttributeIDAccessLevel, ua.AttributeIDUserAccessLevel:
		return server.DataValueFromValue(byte(v.access))
	}
	return failed(ua.StatusBadAttributeIDInvalid)
}

// SetAttribute writes one attribute.
func (s *space) SetAttribute(n *ua.NodeID, a ua.AttributeID, value *ua.DataValue) ua.StatusCode {
	s.backend.mu.Lock()
	v := s.backend.nodes[n.String()]
	code := writable(v, a, value)
	if code == ua.StatusOK {
		v.value = value
	}
	s.backend.mu.Unlock()
	if code == ua.StatusOK {
		s.backend.server.ChangeNotification(n)
	}
	return code
}

func writable(v *node, a ua.AttributeID, value *ua.DataValue) ua.StatusCode {
	switch {
	case v == nil:
		return ua.StatusBadNodeIDUnknown
	case a != ua.AttributeIDValue, v.access&ua.AccessLevelTypeCurrentWrite == 0:
		return ua.StatusBadNotWritable
	case value == nil || value.Value == nil || v.value.Value != nil && value.Value.Type() != v.value.Value.Type():
		return ua.StatusBadTypeMismatch
	}
	return ua.StatusOK
}
