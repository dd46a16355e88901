package ldap

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"adbadge/model"
	"adbadge/model/text"
)

// detailAttributes are what the profile page shows beside the entity.
var detailAttributes = []string{
	"memberOf", "primaryGroupID", "manager", "telephoneNumber", "mobile", "physicalDeliveryOfficeName", "description",
	"company", "userAccountControl", "servicePrincipalName", "objectSid", "msDS-AllowedToDelegateTo",
	"msDS-AllowedToActOnBehalfOfOtherIdentity",
}

// Detail reads what the profile page shows. Groups are the direct ones, with the primary group; they are named by the
// first part of their DN, so that no further request is needed for each.
func (d *Directory) Detail(ctx context.Context, entity model.Entity) (model.Detail, error) {
	s, err := d.connect(ctx, int(d.good.Load()))
	if err != nil {
		return model.Detail{}, err
	}
	defer s.close()
	detail, err := s.detail(entity)
	if err != nil {
		return model.Detail{}, s.explain(err, fmt.Sprintf("read %s from", entity.Name))
	}
	return detail, nil
}

func (s *session) detail(entity model.Entity) (model.Detail, error) {
	base := domainDN(entity.Domain.String())
	entries, err := s.small(search{base: base, scope: subtree, filter: byBytes("objectGUID", entity.ID[:]), attributes: detailAttributes})
	if err != nil {
		return model.Detail{}, err
	}
	if len(entries) != 1 {
		return model.Detail{}, &model.Failure{
			Source: model.Directory, Kind: model.Broken, Doing: "read " + entity.Name.String() + " from " + s.server.String(),
			Seen: "the object is not there any more", Remedy: "Refresh the directory.",
		}
	}
	e := &entries[0]
	if err := s.complete(e); err != nil {
		return model.Detail{}, err
	}
	detail := detailOf(e)
	primary, err := s.primaryGroup(e, base)
	if err != nil {
		return model.Detail{}, err
	}
	if primary != "" {
		detail.Groups = append(detail.Groups, text.Clean(primary))
		sortNames(detail.Groups)
	}
	if dn := e.first("manager"); dn != "" {
		name, err := s.displayName(dn)
		if err != nil {
			return model.Detail{}, err
		}
		if name != "" {
			detail.Manager = text.Clean(name)
		}
	}
	return detail, nil
}

// maxRanges bounds how often the rest of an attribute is asked for, and maxValues how many values it may have. A domain
// controller gives 1,500 values at a time.
const (
	maxRanges = 1000
	maxValues = 100_000
)

// complete fetches the rest of the attributes that the server cut ("memberOf;range=0-1499").
func (s *session) complete(e *entry) error {
	for i := range e.attributes {
		a := &e.attributes[i]
		for range maxRanges {
			next, more := afterRange(a.option)
			if !more || len(a.values) > maxValues {
				break
			}
			rest, err := s.small(search{base: e.dn, scope: baseObject, filter: "(objectClass=*)",
				attributes: []string{a.name + ";range=" + strconv.Itoa(next) + "-*"}})
			if err != nil {
				return err
			}
			if len(rest) != 1 {
				break
			}
			found := rest[0].find(a.name)
			if found == nil || len(found.values) == 0 {
				break
			}
			a.values, a.option = append(a.values, found.values...), found.option
		}
	}
	return nil
}

// afterRange gives the index that follows an option such as "range=0-1499". The last piece ends in "*".
func afterRange(option string) (next int, more bool) {
	bounds, found := strings.CutPrefix(strings.ToLower(option), "range=")
	_, last, cut := strings.Cut(bounds, "-")
	n, err := strconv.Atoi(last)
	if !found || !cut || err != nil || n < 0 || n >= 1<<30 {
		return 0, false
	}
	return n + 1, true
}

// primaryGroup names the group that memberOf leaves out. The SID has the domain of the account and the group's number.
func (s *session) primaryGroup(e *entry, base string) (string, error) {
	sid, ok := primarySID(e)
	if !ok {
		return "", nil
	}
	groups, err := s.small(search{base: base, scope: subtree, filter: byBytes("objectSid", sid.Bytes()), attributes: []string{"cn"}})
	if err != nil || len(groups) != 1 {
		return "", err
	}
	return rdnValue(groups[0].dn), nil
}

func primarySID(e *entry) (model.SID, bool) {
	own, err := sidOf(e.first("objectSid"))
	if err != nil {
		return "", false
	}
	rid, err := strconv.ParseUint(e.first("primaryGroupID"), 10, 32)
	domain, _, ok := own.Split()
	if err != nil || !ok {
		return "", false
	}
	sid, err := model.ParseSID(string(domain) + "-" + strconv.FormatUint(rid, 10))
	return sid, err == nil
}

// displayName gives the name of the object with a DN, or nothing where this server does not know it.
func (s *session) displayName(dn string) (string, error) {
	entries, err := s.small(search{base: dn, scope: baseObject, filter: "(objectClass=*)", attributes: []string{"displayName"}})
	if isLocal(err) {
		return "", nil
	}
	if err != nil || len(entries) != 1 {
		return "", err
	}
	return entries[0].first("displayName"), nil
}

// sortNames sorts names for people, without regard to case.
func sortNames(names []text.Line) {
	slices.SortFunc(names, func(a, b text.Line) int {
		return strings.Compare(strings.ToLower(string(a)), strings.ToLower(string(b)))
	})
}

// maxDescription is longer than other values, because people keep notes there.
const maxDescription = 4096

// detailOf reads what one entry says by itself.
func detailOf(e *entry) model.Detail {
	line := func(name string) text.Line { return text.Clean(e.first(name)) }
	d := model.Detail{
		Phone: line("telephoneNumber"), Office: line("physicalDeliveryOfficeName"), Company: line("company"),
		Description: text.CleanMax(e.first("description"), maxDescription), Delegation: delegationOf(e),
	}
	if d.Phone == "" {
		d.Phone = line("mobile")
	}
	if dn := e.first("manager"); dn != "" {
		d.Manager = text.Clean(rdnValue(dn))
	}
	control, _ := strconv.ParseInt(e.first("userAccountControl"), 10, 64)
	for _, w := range controlWords {
		if control&w.bit != 0 {
			d.Control = append(d.Control, text.Line(w.word))
		}
	}
	for _, name := range e.all("servicePrincipalName") {
		d.ServiceNames = append(d.ServiceNames, text.Clean(name))
	}
	slices.Sort(d.ServiceNames)
	for _, dn := range e.all("memberOf") {
		d.Groups = append(d.Groups, text.Clean(rdnValue(dn)))
	}
	sortNames(d.Groups)
	return d
}

// delegationOf gives the widest kind of Kerberos delegation that the account has.
func delegationOf(e *entry) text.Line {
	control, _ := strconv.ParseInt(e.first("userAccountControl"), 10, 64)
	switch {
	case control&controlDelegation != 0:
		return "unconstrained"
	case len(e.all("msDS-AllowedToDelegateTo")) > 0:
		return "constrained"
	case len(e.all("msDS-AllowedToActOnBehalfOfOtherIdentity")) > 0:
		return "resource-based"
	}
	return "none"
}
