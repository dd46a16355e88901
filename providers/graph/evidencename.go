package graph

import (
	"encoding/json"
	"strings"

	"adbadge/providers/entra"
)

// things are the members by which people tell evidence of any type, apart from accounts and devices. No two types use
// one name for different things; what is text in some is evidence in others.
type things struct {
	// process
	CommandLine string    `json:"processCommandLine"`
	Image       *fileInfo `json:"imageFile"`
	// file, file hash
	File  *fileInfo `json:"fileDetails"`
	Value string    `json:"value"`
	// IP address, URL
	Address nested `json:"ipAddress"`
	URL     string `json:"url"`
	// registry key and value
	RegistryHive  string `json:"registryHive"`
	RegistryKey   string `json:"registryKey"`
	RegistryName  string `json:"registryValueName"`
	RegistryValue string `json:"registryValue"`
	// network connection
	From     nested       `json:"sourceAddress"`
	FromPort entra.Scalar `json:"sourcePort"`
	To       nested       `json:"destinationAddress"`
	ToPort   entra.Scalar `json:"destinationPort"`
	// mail: messages, clusters of them, submissions, mailboxes and their rules; messages of Teams
	Subject     string  `json:"subject"`
	Sender      *sender `json:"p2Sender"`
	SenderFrom  string  `json:"senderFromAddress"`
	Submitted   string  `json:"sender"`
	ClusteredBy string  `json:"clusterByValue"`
	Query       string  `json:"query"`
	Mailbox     string  `json:"primaryAddress"`
	RuleMailbox string  `json:"mailboxPrimaryAddress"`
	NetworkID   string  `json:"networkMessageId"`
	// applications, groups, domains, resources, containers, devices of other kinds: a name, else an id
	DisplayName   string       `json:"displayName"`
	FriendlyName  string       `json:"friendlyName"`
	Name          string       `json:"name"`
	AgentName     string       `json:"agentName"`
	ResourceName  string       `json:"resourceName"`
	ServiceName   string       `json:"servicePrincipalName"`
	AccountDomain string       `json:"activeDirectoryDomainName"`
	DNSRecord     string       `json:"domainName"`
	OtherDevice   string       `json:"deviceName"`
	Distinguished string       `json:"distinguishedName"`
	GroupSID      string       `json:"sid"`
	Login         string       `json:"login"`
	RepositoryURL string       `json:"baseUrl"`
	WebURL        string       `json:"webUrl"`
	FullResource  string       `json:"fullResourceName"`
	AmazonID      string       `json:"amazonResourceId"`
	ResourceID    string       `json:"resourceId"`
	ApplicationID entra.Scalar `json:"appId"` // a number of cloud applications
	ServiceID     string       `json:"servicePrincipalObjectId"`
	GroupID       string       `json:"securityGroupId"`
	ImageID       string       `json:"imageId"`
	ContainerID   string       `json:"containerId"`
	Registry      nested       `json:"registry"`
	AgentID       string       `json:"agentId"`
	OtherDeviceID string       `json:"deviceId"`
	Hardware      string       `json:"macAddress"`
	Signature     string       `json:"signatureHash"`
	Rule          string       `json:"configurationId"`
	Session       string       `json:"sessionId"`
	Request       string       `json:"requestId"`
	Message       string       `json:"messageId"`
	Submission    string       `json:"submissionId"`
}

// fileInfo is microsoft.graph.security.fileDetails.
type fileInfo struct {
	Name   string `json:"fileName"`
	Path   string `json:"filePath"`
	SHA256 string `json:"sha256"`
	SHA1   string `json:"sha1"`
}

func (f *fileInfo) name() string {
	if f == nil {
		return ""
	}
	return first(joined(f.Path, f.Name), f.SHA256, f.SHA1)
}

// sender is microsoft.graph.security.emailSender.
type sender struct {
	Address string `json:"emailAddress"`
}

// nested is a text, or evidence of a type of its own in its place: an address, the registry of an image.
type nested string

// UnmarshalJSON implements json.Unmarshaler.
func (n *nested) UnmarshalJSON(raw []byte) error {
	var inner struct {
		Address  string `json:"ipAddress"`
		Registry string `json:"registry"`
	}
	if json.Unmarshal(raw, (*string)(n)) != nil && json.Unmarshal(raw, &inner) == nil {
		*n = nested(first(inner.Address, inner.Registry))
	}
	return nil // anything else is no name
}

// name gives what people tell the thing by. It is empty for types that came later and have no member of these names.
func (t *things) name() string {
	if t.To != "" || t.From != "" {
		return endpoint(t.From, t.FromPort) + " to " + endpoint(t.To, t.ToPort)
	}
	if t.RegistryKey != "" {
		key := joined(joined(t.RegistryHive, t.RegistryKey), t.RegistryName)
		if t.RegistryValue != "" {
			key += " = " + t.RegistryValue
		}
		return key
	}
	if t.Subject != "" {
		return of(t.Subject, "from", first(t.senderAddress(), t.SenderFrom, t.Submitted))
	}
	if t.RuleMailbox != "" {
		return of(first(t.DisplayName, t.Rule), "of", t.RuleMailbox)
	}
	return first(
		t.CommandLine, t.Image.name(), t.File.name(), t.DNSRecord, t.Mailbox, t.ClusteredBy, t.DisplayName,
		t.FriendlyName, t.Name, t.AgentName, t.ResourceName, t.ServiceName, t.AccountDomain, t.OtherDevice, string(t.Address), t.URL, t.Value, t.Distinguished, t.GroupSID, t.RepositoryURL, t.Login, t.WebURL, t.FullResource, t.AmazonID,
		t.ResourceID, string(t.ApplicationID), t.ServiceID, t.GroupID, t.ImageID, t.ContainerID, string(t.Registry), t.AgentID,
		t.OtherDeviceID, t.Hardware, t.Signature, t.Rule, t.Query, t.senderAddress(), t.SenderFrom, t.Submitted,
	)
}

// id is the last resort.
func (t *things) id() string {
	return first(t.NetworkID, t.Session, t.Request, t.Message, t.Submission)
}

func (t *things) senderAddress() string {
	if t.Sender == nil {
		return ""
	}
	return t.Sender.Address
}

// first gives the first text that is not empty.
func first(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// of joins what is there: "Urgent from x@contoso.test".
func of(what, preposition, whose string) string {
	if what == "" || whose == "" {
		return what + whose
	}
	return what + " " + preposition + " " + whose
}

// endpoint names one end of a connection.
func endpoint(a nested, port entra.Scalar) string {
	switch {
	case port == "":
		return string(a)
	case strings.Contains(string(a), ":"):
		return "[" + string(a) + "]:" + string(port)
	}
	return string(a) + ":" + string(port)
}

// joined sets a backslash between two parts that are there.
func joined(path, name string) string {
	if path == "" || name == "" {
		return path + name
	}
	return strings.TrimSuffix(path, `\`) + `\` + name
}
