package gateway

import (
	"encoding/json"
	"maps"

	"github.com/fieldstatus/fieldstatus/core"
)

// Tags is one upload of a group in the format "tags", an array of items:
//
//	{"timestamp":1750000000000,"node":"plc","group":"g","tags":[{"name":"speed","value":1480}]}
type Tags struct {
	Timestamp int64  `json:"timestamp"` // Unix time in milliseconds
	Node      string `json:"node"`      // the name of the driver's node
	Group     string `json:"group"`     // the name of the group of tags
	Items     []Item `json:"tags"`      // one for each tag
}

// Values returns the same upload in the other format. Of several items with
// one name a failed one counts, else the last.
func (t Tags) Values() Values {
	v := Values{Timestamp: t.Timestamp, Node: t.Node, Group: t.Group, Values: map[string]any{}, Errors: map[string]core.Code{}}
	for _, item := range t.Items {
		if item.Error != core.OK {
			v.Errors[item.Name] = item.Error
			delete(v.Values, item.Name)
		} else if v.Errors[item.Name] == core.OK {
			v.Values[item.Name] = item.Value
		}
	}
	return v
}

// Values is one upload of a group in the format "values", which the data
// processing engine gets too: good tags and failed tags in an object each.
//
//	{"timestamp":1750000000000,"node":"plc","group":"g","values":{"speed":1480},"errors":{"torque":10105},"metas":{}}
//
// The rules are those of an [Item]: a tag stands in one of the two, an error
// wins, a value that JSON cannot express is the error 3008, and numbers are
// json.Number after Unmarshal.
type Values struct {
	Timestamp int64                // Unix time in milliseconds
	Node      string               // the name of the driver's node
	Group     string               // the name of the group of tags
	Values    map[string]any       // good tags, by name
	Errors    map[string]core.Code // failed tags, by name
	Metas     map[string]any       // what the driver says about a tag beside its value
}

// values is a Values as it stands in JSON.
type values struct {
	Timestamp int64                      `json:"timestamp"`
	Node      string                     `json:"node"`
	Group     string                     `json:"group"`
	Values    map[string]json.RawMessage `json:"values"`
	Errors    map[string]core.Code       `json:"errors"`
	Metas     map[string]json.RawMessage `json:"metas"`
}

// MarshalJSON writes all three objects, the empty ones too.
func (v Values) MarshalJSON() ([]byte, error) {
	out := values{
		Timestamp: v.Timestamp, Node: v.Node, Group: v.Group,
		Values: make(map[string]json.RawMessage, len(v.Values)),
		Errors: make(map[string]core.Code, len(v.Errors)),
		Metas:  make(map[string]json.RawMessage, len(v.Metas)),
	}
	maps.Copy(out.Errors, v.Errors)
	maps.DeleteFunc(out.Errors, isOK)
	for name, value := range v.Values {
		if out.Errors[name] != core.OK {
			continue
		}
		raw, code, err := encode(value)
		if err != nil {
			return nil, err
		}
		if code != core.OK {
			out.Errors[name] = code
			continue
		}
		out.Values[name] = raw
	}
	for name, meta := range v.Metas {
		raw, err := json.Marshal(meta)
		if notANumber(err) {
			continue // a remark without a value is no remark
		}
		if err != nil {
			return nil, err
		}
		out.Metas[name] = raw
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads an upload. The three maps are never nil afterwards. Errors
// are those of encoding/json.
func (v *Values) UnmarshalJSON(data []byte) error {
	var in values
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	out := Values{
		Timestamp: in.Timestamp, Node: in.Node, Group: in.Group,
		Values: make(map[string]any, len(in.Values)),
		Errors: make(map[string]core.Code, len(in.Errors)),
		Metas:  make(map[string]any, len(in.Metas)),
	}
	maps.Copy(out.Errors, in.Errors)
	maps.DeleteFunc(out.Errors, isOK)
	for name, raw := range in.Values {
		if out.Errors[name] != core.OK {
			continue
		}
		value, code, err := decode(raw)
		if err != nil {
			return err
		}
		if code != core.OK {
			out.Errors[name] = code
			continue
		}
		out.Values[name] = value
	}
	for name, raw := range in.Metas {
		meta, _, err := decode(raw)
		if err != nil {
			return err
		}
		if meta != nil {
			out.Metas[name] = meta
		}
	}
	*v = out
	return nil
}

func isOK(_ string, code core.Code) bool { return code == core.OK }
