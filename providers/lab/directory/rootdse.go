package directory

import (
	"strconv"
	"strings"
)

// rootDSE encodes the entry that describes the server (MS-ADTS 3.1.1.3.2). Only the attributes in names are sent,
// or all when it is empty or holds "*".
func (s *Server) rootDSE(id int64, names map[string]bool) []byte {
	domains := s.store.world.Domains()
	root := domains[0]
	configuration := "CN=Configuration," + root.BaseDN
	host := "dc01." + root.DNSName
	server := "CN=DC01,CN=Servers,CN=Default-First-Site-Name,CN=Sites," + configuration
	var contexts []string
	for _, d := range domains {
		contexts = append(contexts, d.BaseDN)
	}
	contexts = append(contexts, configuration)
	level := strconv.Itoa(functionalLevel)
	facts := []struct {
		name   string
		values []string
	}{
		{"currentTime", []string{s.options.Now().UTC().Format(stampLayout)}},
		{"subschemaSubentry", []string{"CN=Aggregate,CN=Schema," + configuration}},
		{"dsServiceName", []string{s.store.serviceName()}},
		{"namingContexts", contexts},
		{"defaultNamingContext", []string{root.BaseDN}},
		{"schemaNamingContext", []string{"CN=Schema," + configuration}},
		{"configurationNamingContext", []string{configuration}},
		{"rootDomainNamingContext", []string{root.BaseDN}},
		{"supportedControl", supportedControls},
		{"supportedExtension", []string{oidStartTLS, oidWhoAmI}},
		{"supportedLDAPVersion", []string{"3"}},
		{"supportedLDAPPolicies", []string{"MaxPageSize", "MaxValRange", "MaxQueryDuration", "MaxConnIdleTime", "MaxReceiveBuffer"}},
		{"highestCommittedUSN", []string{strconv.FormatInt(s.store.highestUSN(), 10)}},
		{"dnsHostName", []string{host}},
		{"ldapServiceName", []string{root.DNSName + ":dc01$@" + strings.ToUpper(root.DNSName)}},
		{"serverName", []string{server}},
		// Active Directory; its LDAP policies; signing and sealing; V6.1 (Windows Server 2008 R2) and later.
		{"supportedCapabilities", []string{"1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1670", "1.2.840.113556.1.4.1935", "1.2.840.113556.1.4.2080", "1.2.840.113556.1.4.2237"}},
		{"isSynchronized", []string{"TRUE"}},
		{"isGlobalCatalogReady", []string{"TRUE"}},
		{"domainFunctionality", []string{level}},
		{"forestFunctionality", []string{level}},
		{"domainControllerFunctionality", []string{level}},
	}
	b, message := open(nil, tagSequence)
	b = appendInt(b, tagInteger, id)
	b, op := open(b, answerEntry)
	b = appendString(b, tagOctets, "")
	b, list := open(b, tagSequence)
	for _, f := range facts {
		if len(names) > 0 && !names["*"] && !names["+"] && !names[strings.ToLower(f.name)] {
			continue
		}
		var attribute, set int
		b, attribute = open(b, tagSequence)
		b = appendString(b, tagOctets, f.name)
		b, set = open(b, tagSet)
		for _, v := range f.values {
			b = appendString(b, tagOctets, v)
		}
		b = shut(b, set)
		b = shut(b, attribute)
	}
	b = shut(b, list)
	b = shut(b, op)
	return shut(b, message)
}
