package inventory

import "adbadge/model"

// Logons say which accounts were seen on machines, laid out for hundreds of thousands of them. They never change; the
// zero Logons are none.
type Logons struct{ list[logonFacts] }

// NewLogons makes a list of logons.
func NewLogons(logons []model.Logon) Logons { return Logons{}.With(logons) }

// With gives the list with more of them at the end.
func (l Logons) With(logons []model.Logon) Logons { return Logons{with(l.list, &logonForm, logons)} }

// At gives a logon by its number, from 0.
func (l *Logons) At(number int) model.Logon { return l.logon(uint32(number)) }

type logonFacts struct{ at instant }

func (f logonFacts) age() instant { return f.at }

func (f logonFacts) kind() uint64 { return 0 }

var logonForm = form[model.Logon, logonFacts]{
	facts: func(l *model.Logon) logonFacts { return logonFacts{instantOf(l.At)} },
	keys: func(l *model.Logon, keys []uint32) []uint32 {
		return appendNameKey(appendSIDKey(keys, l.SID), string(l.Name))
	},
	write: func(l *model.Logon, shared *dictionary, dst []byte) []byte {
		return appendText(appendShared(appendText(appendText(dst, l.SID), l.Name), shared, l.Domain), l.Machine)
	},
}

// logon reads what the form wrote.
func (l *Logons) logon(number uint32) model.Logon {
	r := l.text(number)
	return model.Logon{SID: model.SID(r.text()), Name: r.line(), Domain: r.sharedText(), Machine: r.line(), At: l.facts(number).at.time()}
}
