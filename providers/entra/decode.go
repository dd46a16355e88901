package entra

import (
	"encoding/json"
	"reflect"

	quick "github.com/go-json-experiment/json"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// asBefore lets the quick decoder read as encoding/json does. Only its errors are its own: to give those of encoding/json it
// would read everything twice.
var asBefore = quick.JoinOptions(jsonv1.DefaultOptionsV1(), jsonv1.ReportErrorsWithLegacySemantics(false))

// Decode reads JSON as encoding/json does, in less than half the time. The decoder that it asks first is to be that of the
// next Go; where that sees an error, encoding/json reads anew and decides. into is a pointer to what is empty but for the
// memory of lists, which is used again and must be clear: what an item does not say stays what it was.
func Decode(raw []byte, into any) error {
	if quick.Unmarshal(raw, into, asBefore) == nil {
		return nil
	}
	reflect.ValueOf(into).Elem().SetZero() // what was filled in so far
	return json.Unmarshal(raw, into)
}
