package model

import "testing"

func TestToggleEffect(t *testing.T) {
	tests := []struct {
		on    bool
		other ToggleState
		want  string
	}{
		{true, ToggleOn, "Both sides will be on: the badges of all 650 entities show what Defender for Endpoint knows."},
		{true, ToggleOff, "Badges need both sides: all 650 stay unknown [off] until the identity side is on as well."},
		{false, ToggleOn, "The integration will be half on: the badges of all 650 entities become unknown [off] until both sides are on again."},
		{false, ToggleUnknown, "Both sides will be off: the badges of all 650 entities stay unknown [off]."},
	}
	for _, test := range tests {
		if got := (Toggle{Side: EndpointSide}).Effect(test.on, test.other, 650); got != test.want {
			t.Errorf("switching to %s while the other is %s: %q, want %q", StateOf(test.on), test.other, got, test.want)
		}
	}
}
