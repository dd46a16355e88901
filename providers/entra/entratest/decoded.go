package entratest

import (
	"encoding/json"
	"reflect"
	"testing"

	"adbadge/providers/entra"
)

// Decoded decodes an answer as it is decoded in use, which must be as encoding/json does it. What fits is filled in.
func Decoded[T any](t testing.TB, raw []byte) T {
	t.Helper()
	var got, want T
	gotErr, wantErr := entra.Decode(raw, &got), json.Unmarshal(raw, &want)
	if (gotErr == nil) != (wantErr == nil) || !reflect.DeepEqual(got, want) {
		t.Errorf("%q is read as\n%+v, %v, want\n%+v, %v", raw, got, gotErr, want, wantErr)
	}
	return got
}
