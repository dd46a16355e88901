package entra

import (
	"encoding/json"
	"strings"

	"adbadge/model/text"
)

const (
	// maxTexts bounds the copies that Texts keeps of each kind, for the case that the texts differ after all.
	maxTexts = 4096
	// longText is how much of descriptions is kept, in characters.
	longText = 4096
)

// Texts cleans texts, and keeps one copy of those that many records share. It belongs to one goroutine.
type Texts struct{ lines, words, kinds, long map[string]text.Line }

// NewTexts begins without any.
func NewTexts() *Texts {
	return &Texts{map[string]text.Line{}, map[string]text.Line{}, map[string]text.Line{}, map[string]text.Line{}}
}

// Line cleans a text that is likely to come again.
func (t *Texts) Line(raw string) text.Line { return shared(t.lines, raw, text.Clean) }

// Long cleans a description.
func (t *Texts) Long(raw string) text.Line {
	return shared(t.long, raw, func(raw string) text.Line { return text.CleanMax(raw, longText) })
}

// Words cleans a word of the vendor's and spells it apart: "noThreatsFound" is "no threats found". "unknown" and "none"
// say nothing and are empty; words that adbadge does not know stay.
func (t *Texts) Words(raw string) text.Line { return shared(t.words, raw, words) }

// Kind names a kind of evidence. Those that are no plain words are spelled as people know them.
func (t *Texts) Kind(raw string) text.Line {
	return shared(t.kinds, raw, func(raw string) text.Line {
		if spelled, ok := kinds[strings.ToLower(raw)]; ok {
			return spelled
		}
		return words(raw)
	})
}

var kinds = map[string]text.Line{
	"ip": "IP address", "url": "URL", "dns": "DNS name", "nic": "network adapter", "aiagent": "AI agent", "iotdevice": "IoT device",
	"oauthapplication": "OAuth application", "sastoken": "SAS token", "githuborganization": "GitHub organization",
	"githubrepo": "GitHub repository", "githubuser": "GitHub user", "activedirectorydomain": "AD domain",
}

// List gives the words of a list, separated by commas.
func (t *Texts) List(raw []string) text.Line {
	switch len(raw) {
	case 0:
		return ""
	case 1:
		return t.Words(raw[0])
	}
	var list []string
	for _, word := range raw {
		if line := t.Words(word); line != "" {
			list = append(list, line.String())
		}
	}
	return t.Line(strings.Join(list, ", "))
}

func shared(known map[string]text.Line, raw string, clean func(string) text.Line) text.Line {
	if raw == "" {
		return ""
	}
	if line, ok := known[raw]; ok {
		return line
	}
	line := clean(raw)
	if len(known) < maxTexts {
		known[raw] = line
	}
	return line
}

// words spells a word in camel case apart. What has a space already is no such word and stays as it is.
func words(raw string) text.Line {
	line := text.Clean(raw)
	switch {
	case strings.EqualFold(raw, "unknown"), strings.EqualFold(raw, "none"):
		return ""
	case strings.ContainsRune(line.String(), ' '):
		return line
	}
	var spelled strings.Builder
	small := false // the letter before is a small one or a digit
	for _, r := range line.String() {
		capital := r >= 'A' && r <= 'Z'
		if capital {
			if small {
				spelled.WriteByte(' ')
			}
			r += 'a' - 'A'
		}
		spelled.WriteRune(r)
		small = !capital
	}
	return text.Line(spelled.String())
}

// Scalar is a text, or a number in its place. Anything else counts as absent.
type Scalar string

// UnmarshalJSON implements json.Unmarshaler.
func (s *Scalar) UnmarshalJSON(raw []byte) error {
	var number json.Number
	if json.Unmarshal(raw, (*string)(s)) != nil && json.Unmarshal(raw, &number) == nil {
		*s = Scalar(number)
	}
	return nil
}
