package lab

import (
	"net"

	"adbadge/providers/lab/directory"
	"adbadge/providers/lab/fault"
)

// FaultNames lists the faults that a lab can be asked for, with their meaning.
func FaultNames() []fault.Description { return fault.Descriptions() }

// SetFaults replaces the faults that are in force; none lifts them all. On an error nothing changes.
func (l *Lab) SetFaults(names ...string) error {
	if err := l.faults.Replace(names); err != nil {
		return err
	}
	l.applyFaults()
	return nil
}

// cutAfter is how many entries a directory sends before it drops the connection: in the middle of a page.
const cutAfter = 150

// applyFaults tells the directory what concerns it.
func (l *Lab) applyFaults() {
	f := directory.Faults{Slow: l.faults.Delay(fault.Slow, fault.Directory), RefuseBind: l.faults.Has(fault.LDAPSignInRefused, fault.Anywhere)}
	if l.faults.Has(fault.LDAPCut, fault.Anywhere) {
		f.CutAfterEntries = cutAfter
	}
	l.directory.SetFaults(f)
	if f.RefuseBind || l.faults.Has(fault.LDAPRefused, fault.Anywhere) {
		l.directory.Disconnect() // what was let in before would not notice
	}
}

// refusing is a listener that turns connections away while that fault is in force.
type refusing struct {
	net.Listener
	faults *fault.Set
}

// Accept implements net.Listener.
func (r *refusing) Accept() (net.Conn, error) {
	for {
		c, err := r.Listener.Accept()
		if err != nil || !r.faults.Has(fault.LDAPRefused, fault.Anywhere) {
			return c, err
		}
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // the client sees a reset rather than an orderly end
		}
		_ = c.Close()
	}
}
