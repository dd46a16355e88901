package model

import (
	"time"

	"adbadge/model/text"
)

// Kind tells the two kinds of entity apart.
type Kind uint8

const (
	User Kind = iota
	Computer
)

// String gives the word used in screens, queries and JSON.
func (k Kind) String() string {
	if k == Computer {
		return "computer"
	}
	return "user"
}

// EntityFlags are yes-or-no facts about an entity.
type EntityFlags uint8

const (
	// Disabled: userAccountControl holds ACCOUNTDISABLE.
	Disabled EntityFlags = 1 << iota
	// Sensitive: a privileged account (adminCount, or member of a protected group).
	Sensitive
	// Service: a user object that runs services (it has service principal names, or is a managed service account).
	Service
	// DomainController: userAccountControl holds SERVER_TRUST_ACCOUNT or PARTIAL_SECRETS_ACCOUNT.
	DomainController
	// Locked, Expired, and PasswordNeverExpires are account states that an analyst asks about first.
	Locked
	Expired
	PasswordNeverExpires
)

// Entity is a user or computer object of the on-premises AD. Times are UTC; the zero time means never or not known.
type Entity struct {
	ID     GUID
	Kind   Kind
	Flags  EntityFlags
	Name   text.Line // display name of a user, name without "$" of a computer
	SAM    text.Line // sAMAccountName; a computer's ends in "$"
	Domain text.Line // DNS name of the domain
	DN     text.Line
	OU     text.Line // path of containers below the domain, outermost first: "Workstations/Sales"
	SID    SID

	UPN        text.Line // users
	Department text.Line // users
	Title      text.Line // users
	Mail       text.Line // users

	DNSName   text.Line // computers
	OS        text.Line // computers
	OSVersion text.Line // computers

	LastLogon   time.Time // lastLogonTimestamp: up to 14 days behind (Microsoft's default)
	Created     time.Time
	PasswordSet time.Time
}

// Has reports whether all of the flags are set.
func (e *Entity) Has(flags EntityFlags) bool { return e.Flags&flags == flags }

// Domain is one domain of the forest.
type Domain struct {
	DNSName text.Line
	NetBIOS text.Line
	SID     SID
	BaseDN  text.Line
}

// Detail is what the profile page asks the directory for, one entity at a time.
type Detail struct {
	Groups      []text.Line // names of the groups that the entity is a direct member of, sorted
	Manager     text.Line
	Phone       text.Line
	Office      text.Line
	Description text.Line
	Company     text.Line
	// Control is userAccountControl in words, such as "WORKSTATION_TRUST_ACCOUNT".
	Control []text.Line
	// ServiceNames are the service principal names.
	ServiceNames []text.Line
	// Delegation is "none", "unconstrained", "constrained" or "resource-based".
	Delegation text.Line
}
