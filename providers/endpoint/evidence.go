package endpoint

import (
	"slices"
	"strings"

	"adbadge/model"
	"adbadge/model/text"
)

// evidenceEntry is one piece of evidence in the flat form of this API: every kind has every member, null where it has
// no use for it.
type evidenceEntry struct {
	Type          string `json:"entityType"`
	SHA1          string `json:"sha1"`
	SHA256        string `json:"sha256"`
	FileName      string `json:"fileName"`
	FilePath      string `json:"filePath"`
	CommandLine   string `json:"processCommandLine"`
	Address       string `json:"ipAddress"`
	URL           string `json:"url"`
	RegistryHive  string `json:"registryHive"`
	RegistryKey   string `json:"registryKey"`
	RegistryValue string `json:"registryValue"`
	Name          string `json:"accountName"`
	Domain        string `json:"domainName"`
	SID           string `json:"userSid"`
	UPN           string `json:"userPrincipalName"`
	Detection     string `json:"detectionStatus"`
}

// maxEvidenceName is how much of a command line or a path is kept, in characters.
const maxEvidenceName = 256

// evidence keeps what an alert is about.
func (r *alertReader) evidence(a *model.Alert, entries []evidenceEntry) {
	a.Evidence = slices.Grow(a.Evidence, min(len(entries), model.MaxEvidence))
	for i := range entries {
		e := &entries[i]
		a.AddEvidence(model.Evidence{
			Kind: r.texts.Kind(e.Type), Name: text.CleanMax(e.name(), maxEvidenceName), Detection: r.texts.Words(e.Detection),
		})
	}
}

// name gives what people tell the thing by: the first of the members that are not empty. A process brings its file and
// its account along, so that the order counts.
func (e *evidenceEntry) name() string {
	for _, name := range []string{
		e.account(), e.CommandLine, joined(e.FilePath, e.FileName), e.Address, e.URL,
		joined(joined(e.RegistryHive, e.RegistryKey), e.RegistryValue), e.SHA256, e.SHA1,
	} {
		if name != "" {
			return name
		}
	}
	return ""
}

// account names an account: of a user, or of a mailbox.
func (e *evidenceEntry) account() string {
	switch {
	case e.CommandLine != "" || e.FileName != "":
		return "" // whose process or file it is does not name it
	case e.Name != "":
		return joined(e.Domain, e.Name)
	case e.UPN != "":
		return e.UPN
	}
	return e.SID
}

// joined sets a backslash between two parts that are there.
func joined(path, name string) string {
	if path == "" || name == "" {
		return path + name
	}
	return strings.TrimSuffix(path, `\`) + `\` + name
}
