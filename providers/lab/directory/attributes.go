package directory

import "strings"

// attr numbers the attributes that the directory holds. Entries are encoded in this order.
type attr uint8

const (
	objectClass attr = iota
	cn
	sn
	givenName
	description
	title
	department
	company
	telephoneNumber
	physicalDeliveryOfficeName
	displayName
	mail
	employeeID
	manager
	member
	memberOf
	distinguishedName
	instanceType
	whenCreated
	whenChanged
	uSNCreated
	uSNChanged
	name
	objectGUID
	objectSid
	sAMAccountName
	sAMAccountType
	userAccountControl
	userPrincipalName
	primaryGroupID
	adminCount
	accountExpires
	lastLogonTimestamp
	lockoutTime
	pwdLastSet
	servicePrincipalName
	dNSHostName
	operatingSystem
	operatingSystemVersion
	location
	encryptionTypes
	groupType
	objectCategory
	isCriticalSystemObject
	nETBIOSName
	nCName
	dnsRoot
	systemFlags
	organizationalUnit
	domainComponent
	behaviorVersion
	isDeleted
	lastKnownParent
	invocationID
	lockoutDuration
	lockoutThreshold
	maxPwdAge
	minPwdLength
	parentGUID      // constructed
	computedControl // constructed
	attrCount
	noAttr = attr(255)
)

// syntax decides how values are compared.
type syntax uint8

const (
	text syntax = iota // without regard to case
	number
	octets
	dn
	generalizedTime
	class // an objectClass: a name
)

type attribute struct {
	name   string
	syntax syntax
}

var attributes = [attrCount]attribute{
	objectClass: {"objectClass", class}, cn: {"cn", text}, sn: {"sn", text}, givenName: {"givenName", text},
	description: {"description", text}, title: {"title", text}, department: {"department", text},
	company: {"company", text}, telephoneNumber: {"telephoneNumber", text},
	physicalDeliveryOfficeName: {"physicalDeliveryOfficeName", text}, displayName: {"displayName", text},
	mail: {"mail", text}, employeeID: {"employeeID", text}, manager: {"manager", dn}, member: {"member", dn},
	memberOf: {"memberOf", dn}, distinguishedName: {"distinguishedName", dn}, instanceType: {"instanceType", number},
	whenCreated: {"whenCreated", generalizedTime}, whenChanged: {"whenChanged", generalizedTime},
	uSNCreated: {"uSNCreated", number}, uSNChanged: {"uSNChanged", number}, name: {"name", text},
	objectGUID: {"objectGUID", octets}, objectSid: {"objectSid", octets}, sAMAccountName: {"sAMAccountName", text},
	sAMAccountType: {"sAMAccountType", number}, userAccountControl: {"userAccountControl", number},
	userPrincipalName: {"userPrincipalName", text}, primaryGroupID: {"primaryGroupID", number},
	adminCount: {"adminCount", number}, accountExpires: {"accountExpires", number},
	lastLogonTimestamp: {"lastLogonTimestamp", number}, lockoutTime: {"lockoutTime", number},
	pwdLastSet: {"pwdLastSet", number}, servicePrincipalName: {"servicePrincipalName", text},
	dNSHostName: {"dNSHostName", text}, operatingSystem: {"operatingSystem", text},
	operatingSystemVersion: {"operatingSystemVersion", text}, location: {"location", text},
	encryptionTypes: {"msDS-SupportedEncryptionTypes", number}, groupType: {"groupType", number},
	objectCategory: {"objectCategory", dn}, isCriticalSystemObject: {"isCriticalSystemObject", text},
	nETBIOSName: {"nETBIOSName", text}, nCName: {"nCName", dn}, dnsRoot: {"dnsRoot", text},
	systemFlags: {"systemFlags", number}, organizationalUnit: {"ou", text}, domainComponent: {"dc", text},
	behaviorVersion: {"msDS-Behavior-Version", number}, isDeleted: {"isDeleted", text},
	lastKnownParent: {"lastKnownParent", dn}, invocationID: {"invocationId", octets},
	lockoutDuration: {"lockoutDuration", number}, lockoutThreshold: {"lockoutThreshold", number},
	maxPwdAge: {"maxPwdAge", number}, minPwdLength: {"minPwdLength", number}, parentGUID: {"parentGUID", octets},
	computedControl: {"msDS-User-Account-Control-Computed", number},
}

// attributeNumbers finds an attribute by its name in small letters; attributeNames holds each name as it is sent.
var attributeNumbers, attributeNames = func() (map[string]attr, [attrCount][]byte) {
	numbers := make(map[string]attr, attrCount)
	var names [attrCount][]byte
	for i, a := range attributes {
		numbers[strings.ToLower(a.name)] = attr(i)
		names[i] = appendString(nil, tagOctets, a.name)
	}
	return numbers, names
}()

// attributeNamed finds an attribute by its name in any case, or gives noAttr.
func attributeNamed(s string) attr {
	if a, ok := attributeNumbers[strings.ToLower(s)]; ok {
		return a
	}
	return noAttr
}

// filterable finds an attribute that a filter may be about: not one that is made when it is asked for.
func filterable(s string) attr {
	if a := attributeNamed(s); a != parentGUID && a != computedControl {
		return a
	}
	return noAttr
}

// categories are the short names that a filter on objectCategory may use, and the name of the schema class that
// AD puts in their place.
var categories = map[string]string{
	"person": "Person", "user": "Person", "inetorgperson": "Person", "contact": "Person",
	"organizationalperson": "Person", "computer": "Computer", "group": "Group",
	"organizationalunit": "Organizational-Unit", "container": "Container", "domaindns": "Domain-DNS",
	"domain": "Domain-DNS", "crossref": "Cross-Ref", "crossrefcontainer": "Cross-Ref-Container",
	"configuration": "Configuration", "builtindomain": "Builtin-Domain",
	"msds-groupmanagedserviceaccount": "ms-DS-Group-Managed-Service-Account",
}
