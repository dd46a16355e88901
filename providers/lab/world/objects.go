package world

import (
	"strconv"
	"time"

	"adbadge/model"
)

// builtinSID gives the SID of a group below CN=Builtin.
func builtinSID(rid uint32) model.SID {
	return model.SID("S-1-5-32-" + strconv.FormatUint(uint64(rid), 10))
}

// Objects lists what a careless client takes for a user or computer: contacts, group managed service accounts and
// the accounts of trusts.
func (w *World) Objects() []Object {
	root, child := &w.domains[contoso], &w.domains[emea]
	objects := []Object{
		{Kind: TrustAccount, Domain: contoso, Name: "EMEA$", SAM: "EMEA$", Parent: "CN=Users," + root.BaseDN, Control: PasswordNotRequired | InterdomainTrustAccount},
		{Kind: TrustAccount, Domain: emea, Name: "CONTOSO$", SAM: "CONTOSO$", Parent: "CN=Users," + child.BaseDN, Control: PasswordNotRequired | InterdomainTrustAccount},
		{Kind: ManagedService, Domain: contoso, Name: "gmsa-sql", SAM: "gmsa-sql$", Description: "SQL Server agents"},
		{Kind: ManagedService, Domain: contoso, Name: "gmsa-mdi", SAM: "gmsa-mdi$", Description: "Directory service account of Defender for Identity"},
		{Kind: ManagedService, Domain: emea, Name: "gmsa-web", SAM: "gmsa-web$", Description: "Web farm"},
		{Kind: Contact, Domain: contoso, Name: "Contoso Travel Desk", Mail: "travel@fabrikam.test", Description: "External"},
		{Kind: Contact, Domain: contoso, Name: "Audit Partner", Mail: "audit@northwind.test", Description: "External"},
		{Kind: Contact, Domain: emea, Name: "Hausverwaltung München", Mail: "buero@woodgrove.test", Description: "External"},
	}
	for i := range objects {
		o := &objects[i]
		d := w.dice(objectStream, i)
		o.Index, o.GUID, o.RID = i, w.guidOf(objectStream, i), rid(ridObject, i)
		o.Created = builtinDate().Add(d.span(0, 900*day))
		base := w.domains[o.Domain].BaseDN
		switch o.Kind {
		case Contact:
			o.Parent = "OU=Contacts," + base
			continue
		case ManagedService:
			o.Parent = "CN=Managed Service Accounts," + base
			o.Control = WorkstationTrustAccount
			o.DNSName = w.dnsOf(o.Domain, o.Name)
		}
		o.SID = w.sid(o.Domain, o.RID)
		o.LastLogon = w.options.Now.Add(-d.span(time.Minute, 5*day))
	}
	return objects
}
