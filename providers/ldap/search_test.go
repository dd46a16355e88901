package ldap

import (
	"bytes"
	"testing"
)

// TestControlsAreCritical: TRUE is the byte FF (RFC 4511, 5.1). Samba takes any other for FALSE, and then refuses DirSync.
func TestControlsAreCritical(t *testing.T) {
	_, controls, err := search{filter: "(objectClass=*)", pageSize: 10, controls: []string{showDeleted}}.encode()
	if err != nil || len(controls) != 2 {
		t.Fatalf("%d controls (%v), want 2", len(controls), err)
	}
	for _, control := range controls {
		if !bytes.Contains(control.Bytes(), []byte{1, 1, 0xff}) {
			t.Errorf("the control % x is not critical", control.Bytes())
		}
	}
}
