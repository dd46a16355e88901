package ldap

import (
	"context"
	"fmt"
	"strings"
	"time"

	"adbadge/model"
)

// Names of the steps of Check, in their order.
const (
	stepServers     = "servers"
	stepName        = "name resolution"
	stepPort        = "port"
	stepCertificate = "certificate"
	stepSignIn      = "sign-in"
	stepClock       = "clock"
	stepBases       = "base DNs"
	stepPaging      = "paging"
	stepRights      = "rights"
	stepDeleted     = "deleted objects"
	stepTracking    = "change tracking"
	stepCounts      = "users and computers"
)

// examination is one Check under way.
type examination struct {
	directory *Directory
	ctx       context.Context
	report    func(model.Check)
	session   *session // nil until the sign-in has worked
	root      entry
	bases     []string // that can be read
	samples   []entry
}

// Check examines the directory step by step, with the same code that reads it: from the name of each server to the
// counts of users and computers. It reports every step as soon as it is done, and those that cannot be tried as
// skipped. It ends when the context does, and changes nothing.
func (d *Directory) Check(ctx context.Context, report func(model.Check)) {
	x := &examination{directory: d, ctx: ctx, report: report}
	defer func() {
		if x.session != nil {
			x.session.close()
		}
	}()
	because := x.connect()
	for _, step := range []struct {
		name string
		try  func() finding
	}{
		{stepClock, x.clock}, {stepBases, x.namingContexts}, {stepPaging, x.paging}, {stepRights, x.rights},
		{stepDeleted, x.deletedObjects}, {stepTracking, x.changeTracking}, {stepCounts, x.counts},
	} {
		switch {
		case because != "":
			x.skip(step.name, because)
		case !x.step(step.name, step.try) && x.mustHold(step.name):
			because = step.name
		}
	}
}

// mustHold reports whether what follows a step that failed cannot be tried.
func (x *examination) mustHold(step string) bool {
	return x.ctx.Err() != nil || step == stepClock && x.root.attributes == nil || step == stepBases && len(x.bases) == 0
}

// finding is what a step came to.
type finding struct {
	verdict model.Verdict
	seen    string
	remedy  string
}

func passed(format string, values ...any) finding {
	return finding{verdict: model.Passed, seen: fmt.Sprintf(format, values...)}
}

// doubtful is a finding that works, with a remedy.
func (f finding) doubtful(remedy string) finding {
	f.verdict = model.Doubtful
	f.remedy = strings.TrimSpace(f.remedy + " " + remedy)
	return f
}

// failed puts an error into a finding.
func (x *examination) failed(err error, s server) finding {
	if x.ctx.Err() != nil {
		return finding{model.Failed, "no answer within the time limit of this command", "Check the network, or raise --timeout."}
	}
	f := s.failure(err, "examine")
	return finding{model.Failed, f.Seen, f.Remedy}
}

// step tries one step, reports it, and says whether it holds.
func (x *examination) step(name string, try func() finding) bool {
	begin := time.Now()
	f := try()
	x.report(model.Check{
		Source: model.Directory, Name: name, Verdict: f.verdict, Seen: f.seen, Remedy: f.remedy, Took: time.Since(begin),
	})
	return f.verdict != model.Failed
}

func (x *examination) skip(name, because string) {
	x.report(model.Check{Source: model.Directory, Name: name, Verdict: model.Skipped, Seen: fmt.Sprintf("because %q failed", because)})
}

// connect examines every server up to its certificate, and signs in to the first that is in order. It gives the name of
// the step for want of which there is no session, or nothing.
func (x *examination) connect() (because string) {
	servers, because := x.locate()
	tried, refused := false, false
	for _, server := range servers {
		suffix := ""
		if len(servers) > 1 {
			suffix = " of " + server.String()
		}
		failed := x.reach(server, suffix)
		switch {
		case x.session != nil || refused: // a refused account, tried elsewhere, would count as more wrong passwords
		case failed != "":
			because = failed
		default:
			tried, because = true, ""
			if !x.step(stepSignIn+suffix, func() finding { return x.signIn(server, &refused) }) {
				because = stepSignIn + suffix
			}
		}
	}
	if !tried {
		x.skip(stepSignIn, because)
	}
	return because
}

// locate gives the servers that are named, or those that the DNS gives, which is a step of its own.
func (x *examination) locate() (servers []server, because string) {
	find := func() finding {
		var err error
		d := x.directory
		if servers, err = d.locator.servers(x.ctx, d.now(), int(d.good.Load())); err != nil {
			return x.failed(err, server{host: d.locator.domain})
		}
		names := make([]string, len(servers))
		for i, s := range servers {
			names[i] = s.String()
		}
		return passed("the DNS names %s", strings.Join(names, ", "))
	}
	if x.directory.locator.domain == "" {
		find()
		return servers, ""
	}
	if !x.step(stepServers, find) {
		return nil, stepServers
	}
	return servers, ""
}

// reach examines one server up to its certificate, and gives the name of the step that failed, or nothing.
func (x *examination) reach(at server, suffix string) (failed string) {
	for _, step := range []struct {
		name string
		try  func(server) finding
	}{{stepName, x.resolve}, {stepPort, x.port}, {stepCertificate, x.certificate}} {
		name := step.name + suffix
		if failed != "" {
			x.skip(name, failed)
		} else if !x.step(name, func() finding { return step.try(at) }) {
			failed = name
		}
	}
	return failed
}
