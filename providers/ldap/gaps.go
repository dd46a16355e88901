package ldap

import (
	"fmt"

	"adbadge/model"
)

// gaps says what was odd about the objects themselves.
func (c *converter) gaps() []model.Gap {
	var gaps []model.Gap
	if c.odd.count > 0 {
		gaps = append(gaps, model.Gap{Source: model.Directory, Code: "ADB-410", Count: c.odd.count,
			What:   fmt.Sprintf("%s missing, repeated or unreadable attributes and shown as well as possible, the first is %s.", objects(c.odd.count, "has", "have"), c.odd.first),
			Remedy: "Look at the attributes of that object, and at the rights of the account that reads."})
	}
	if c.unnamed.count > 0 {
		gaps = append(gaps, model.Gap{Source: model.Directory, Code: "ADB-411", Count: c.unnamed.count, Missing: true,
			What:   fmt.Sprintf("%s no usable objectGUID and cannot be listed, the first is %s.", objects(c.unnamed.count, "has", "have"), c.unnamed.first),
			Remedy: "Give the account that reads the right to see objectGUID, or export that attribute too."})
	}
	return gaps
}

func objects(n int, one, many string) string {
	if n == 1 {
		return "1 object " + one
	}
	return fmt.Sprintf("%d objects %s", n, many)
}

// nothing says that neither a user nor a computer was found, which no directory is like.
func nothing() model.Gap {
	return model.Gap{Source: model.Directory, Code: "ADB-419", Missing: true,
		What:   "No user and no computer was found.",
		Remedy: "Check where the search begins (base_dns), what is left out (exclude_ous), the rights of the account that reads, or what was exported."}
}

// allGaps says everything that is missing or odd.
func (r *reading) allGaps() []model.Gap {
	gaps := append(r.gaps, r.converter.gaps()...)
	if r.malformed > 0 {
		gaps = append(gaps, model.Gap{Source: model.Directory, Code: "ADB-415", Count: r.malformed, Missing: true,
			What:   objects(r.malformed, "was", "were") + " sent in a form that cannot be read, and left out.",
			Remedy: "Check that the address is the one of a domain controller."})
	}
	if !r.forest.assumed {
		return gaps
	}
	for _, d := range r.forest.domains {
		if d.held {
			continue
		}
		gaps = append(gaps, model.Gap{Source: model.Directory, Code: "ADB-416", Missing: true, Domain: d.DNSName,
			What:   fmt.Sprintf("The domain %s is not read: %s does not hold it.", d.DNSName, r.session.server),
			Remedy: "Name the domains to read in base_dns under [directory] if it is not wanted."})
	}
	return gaps
}
