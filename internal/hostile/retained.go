package hostile

import "reflect"

// Retained returns how many bytes a conversation keeps: its own size, and the
// room of all slices, strings and maps that it reaches. Pointers are not followed:
// those to rows of a table lead to what is never freed.
func Retained(c Conversation) int {
	v := reflect.ValueOf(c)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	return int(v.Type().Size()) + beyond(v)
}

// beyond returns the bytes that a value keeps outside of itself.
func beyond(v reflect.Value) (n int) {
	if inside(v.Type()) {
		return 0
	}
	switch v.Kind() {
	case reflect.String:
		return v.Len()
	case reflect.Slice:
		n = v.Cap() * int(v.Type().Elem().Size())
		v = v.Slice(0, v.Cap()) // what was cut off is kept, too
		fallthrough
	case reflect.Array:
		if inside(v.Type().Elem()) {
			return n
		}
		for i := range v.Len() {
			n += beyond(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			n += beyond(v.Field(i))
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			n += int(it.Key().Type().Size()+it.Value().Type().Size()) + beyond(it.Key()) + beyond(it.Value())
		}
	case reflect.Interface:
		if !v.IsNil() {
			n = int(v.Elem().Type().Size()) + beyond(v.Elem())
		}
	}
	return n
}

// inside reports whether values of a type keep nothing outside of themselves.
func inside(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Slice, reflect.Map, reflect.Interface:
		return false
	case reflect.Array:
		return inside(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !inside(t.Field(i).Type) {
				return false
			}
		}
	}
	return true
}
