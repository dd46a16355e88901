package ldap

import (
	"context"
	"crypto/x509"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/config"
)

// examine gives the steps of an examination by name.
func examine(t *testing.T, d *Directory) map[string]model.Check {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	steps := map[string]model.Check{}
	d.Check(ctx, func(c model.Check) {
		if _, twice := steps[c.Name]; twice {
			t.Errorf("%q was reported twice", c.Name)
		}
		if c.Seen == "" || (c.Verdict == model.Failed || c.Verdict == model.Doubtful) && c.Remedy == "" {
			t.Errorf("a step says too little: %+v", c)
		}
		if strings.Contains(c.Seen+c.Remedy, "secret") {
			t.Errorf("the password is part of %+v", c)
		}
		steps[c.Name] = c
	})
	return steps
}

// expectStep checks one step; those after it that need it must be skipped because of it.
func expectStep(t *testing.T, steps map[string]model.Check, name string, verdict model.Verdict, seen string, skipped ...string) {
	t.Helper()
	if c, found := steps[name]; !found || c.Verdict != verdict || !strings.Contains(c.Seen, seen) {
		t.Errorf("step %q is %s: %q; want %s: %q", name, c.Verdict, c.Seen, verdict, seen)
	}
	for _, other := range skipped {
		if c := steps[other]; c.Verdict != model.Skipped || !strings.Contains(c.Seen, name) {
			t.Errorf("step %q is %s: %q; want it skipped because of %q", other, c.Verdict, c.Seen, name)
		}
	}
}

// afterSignIn are the steps that need a session.
var afterSignIn = []string{stepClock, stepBases, stepPaging, stepRights, stepDeleted, stepTracking, stepCounts}

func TestCheckPasses(t *testing.T) {
	a := newAuthority(t)
	c := newController(t, a, func(c *controller) { c.objects = people(35) })
	steps := examine(t, directory(t, a, c))
	expectStep(t, steps, stepName, model.Passed, "is an address")
	expectStep(t, steps, stepPort, model.Passed, "accepts connections")
	expectStep(t, steps, stepSignIn, model.Passed, "signed in as reader@contoso.test")
	expectStep(t, steps, stepBases, model.Passed, "reads DC=contoso,DC=test")
	expectStep(t, steps, stepPaging, model.Passed, "two pages came")
	expectStep(t, steps, stepCounts, model.Passed, "35 users and 1 computer,")
	expectStep(t, steps, stepRights, model.Doubtful, "whenCreated cannot be read")       // as these objects are made
	expectStep(t, steps, stepClock, model.Doubtful, "does not tell its time")            // nor does this controller
	expectStep(t, steps, stepCertificate, model.Doubtful, "for 127.0.0.1, from ")        // it ends within the hour
	expectStep(t, steps, stepTracking, model.Doubtful, "every refresh reads everything") // it has no numbers
}

func TestCheckStopsWhereItFails(t *testing.T) {
	a := newAuthority(t)
	t.Run("nobody listens", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := listener.Addr().String()
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		d := open(t, Options{Config: config.Directory{Servers: []string{"ldaps://" + address}}, Roots: a.roots()})
		steps := examine(t, d)
		expectStep(t, steps, stepPort, model.Failed, "the connection was refused", append([]string{stepCertificate, stepSignIn}, afterSignIn...)...)
	})
	t.Run("no such name", func(t *testing.T) {
		d := open(t, Options{Config: config.Directory{Servers: []string{"ldaps://dc1.invalid"}}, Roots: a.roots()})
		expectStep(t, examine(t, d), stepName, model.Failed, "", append([]string{stepPort, stepCertificate, stepSignIn}, afterSignIn...)...)
	})
	t.Run("expired", func(t *testing.T) {
		c := newController(t, a, func(c *controller) {
			c.certificate = a.sign(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-48 * time.Hour) })
		})
		steps := examine(t, directory(t, a, c))
		expectStep(t, steps, stepCertificate, model.Failed, "it expired on ", append([]string{stepSignIn}, afterSignIn...)...)
		expectStep(t, steps, stepCertificate, model.Failed, "(expired), signed by CN=Test CA")
		if len(c.binds) > 0 {
			t.Error("the password was sent to a server that is not trusted")
		}
	})
	t.Run("unknown authority", func(t *testing.T) {
		steps := examine(t, directory(t, newAuthority(t), newController(t, a, nil)))
		expectStep(t, steps, stepCertificate, model.Failed, "not trusted here; the certificate is for 127.0.0.1", stepSignIn)
	})
	t.Run("refused", func(t *testing.T) {
		refuse := func(c *controller) {
			c.bindCode, c.bindText = resultInvalidCredentials, "80090308: LdapErr: DSID-0C090439, data 533, v4563"
		}
		first, second := newController(t, a, refuse), newController(t, a, refuse)
		steps := examine(t, directory(t, a, first, second))
		name := stepSignIn + " of " + strings.TrimPrefix(first.url(), "ldaps://")
		expectStep(t, steps, name, model.Failed, "the account is disabled", afterSignIn...)
		if len(first.binds) != 1 || len(second.binds) != 0 {
			t.Errorf("%d and %d sign-ins, want one", len(first.binds), len(second.binds))
		}
	})
	t.Run("second server", func(t *testing.T) {
		strange := newAuthority(t)
		bad := newController(t, a, func(c *controller) { c.certificate = strange.sign(t, nil) })
		good := newController(t, a, func(c *controller) { c.objects = people(7) })
		steps := examine(t, directory(t, a, bad, good))
		expectStep(t, steps, stepCertificate+" of "+strings.TrimPrefix(bad.url(), "ldaps://"), model.Failed, "not trusted")
		expectStep(t, steps, stepCounts, model.Passed, "7 users")
	})
}

func TestCheckClock(t *testing.T) {
	a := newAuthority(t)
	for off, want := range map[time.Duration]model.Verdict{0: model.Passed, 2 * time.Minute: model.Doubtful, -2 * time.Hour: model.Doubtful} {
		c := newController(t, a, func(c *controller) {
			c.objects = people(3)
			c.answer = func(x *exchange, q query) bool {
				if q.base != "" || q.attributes[0] != "currentTime" {
					return false
				}
				x.entry(object{"", map[string][]string{
					"namingContexts": c.naming, "currentTime": {time.Now().Add(off).UTC().Format("20060102150405.0Z")},
				}})
				x.result(5, 0, "")
				return true
			}
		})
		if step := examine(t, directory(t, a, c))[stepClock]; step.Verdict != want {
			t.Errorf("%s off: %s: %s", off, step.Verdict, step.Seen)
		}
	}
}

func TestRealCheck(t *testing.T) {
	steps := examine(t, open(t, realAD(t)))
	for name, step := range steps {
		if step.Verdict != model.Passed {
			t.Errorf("%s is %s: %s", name, step.Verdict, step.Seen)
		}
	}
	expectStep(t, steps, stepTracking, model.Passed, "by DirSync, for what the account may see")
	if len(steps) != 4+len(afterSignIn) {
		t.Errorf("%d steps", len(steps))
	}
	o := realAD(t)
	o.Config.BaseDNs = []string{"OU=None,DC=contoso,DC=test"}
	expectStep(t, examine(t, open(t, o)), stepBases, model.Failed, "does not hold this part", stepPaging, stepCounts)
	o = realAD(t)
	o.Config.User = "lab-disabled@contoso.test"
	expectStep(t, examine(t, open(t, o)), stepSignIn, model.Failed, "the account is disabled", afterSignIn...)
	o = realAD(t)
	o.Config.User = os.Getenv("AD_LAB_DIRSYNC_UPN")
	steps = examine(t, open(t, o))
	expectStep(t, steps, stepDeleted, model.Passed, "deleted objects of DC=contoso,DC=test")
	expectStep(t, steps, stepTracking, model.Passed, "by DirSync, with the right to replicate")
}
