package gateway

import (
	"bytes"
	"encoding/json"

	"github.com/fieldstatus/fieldstatus/core"
)

// Item is one tag in the answer to a read, or in an upload of the kind [Tags].
// It is written with a value or with an error, never with both:
//
//	{"name":"speed","value":1480}
//	{"name":"speed","error":10105}
//
// An Item without a name is the answer to a test read: {"value":1480}.
type Item struct {
	Name string

	// Value is used when Error is 0. It may be whatever encoding/json can
	// write; a []byte becomes base64, as everywhere in Go, so give the
	// gateway's type BYTES as a slice of another integer type.
	//
	// After Unmarshal it is a string, a bool, a json.Number, a []any or a
	// map[string]any. Numbers stay json.Number so that no digit of a 64-bit
	// integer is lost.
	Value any

	// Error is 0 for a good item.
	Error core.Code
}

// NewItem returns the item for a tag that was read: the code of err when there
// is one ([core.CodeOf]), else the value.
func NewItem(name string, value any, err error) Item {
	if code := core.CodeOf(err); code != core.OK {
		return Item{Name: name, Error: code}
	}
	return Item{Name: name, Value: value}
}

// item is an Item as it stands in JSON.
type item struct {
	Name  string          `json:"name,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
	Error core.Code       `json:"error,omitempty"`
}

// MarshalJSON writes the value, or the error when there is one. A value that
// is nil, or is or contains a number that JSON does not know (NaN, infinity),
// is written as 3008. The error is that of encoding/json for a value which
// cannot be written at all, such as a channel.
func (i Item) MarshalJSON() ([]byte, error) {
	out := item{Name: i.Name, Error: i.Error}
	if i.Error == core.OK {
		var err error
		if out.Value, out.Error, err = encode(i.Value); err != nil {
			return nil, err
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads an item. An error other than 0 wins over a value; an
// item with neither of them, or with the value null, is read as 3008. Members
// that are not part of the rule, such as transferPrecision, are skipped.
func (i *Item) UnmarshalJSON(data []byte) error {
	var in item
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	out := Item{Name: in.Name, Error: in.Error}
	if in.Error == core.OK {
		var err error
		if out.Value, out.Error, err = decode(in.Value); err != nil {
			return err
		}
	}
	*i = out
	return nil
}

// encode returns value as JSON, or the code to write in its place.
func encode(value any) (json.RawMessage, core.Code, error) {
	raw, err := json.Marshal(value)
	switch {
	case notANumber(err):
		return nil, core.PluginTagValueInvalid, nil
	case err != nil:
		return nil, core.OK, err
	case string(raw) == "null":
		return nil, core.PluginTagValueInvalid, nil
	}
	return raw, core.OK, nil
}

// decode is the reverse of encode. raw is empty when there was no value.
func decode(raw json.RawMessage) (any, core.Code, error) {
	if len(raw) == 0 {
		return nil, core.PluginTagValueInvalid, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return nil, core.OK, err
	}
	if value == nil {
		return nil, core.PluginTagValueInvalid, nil
	}
	return value, core.OK, nil
}
