package ldap

import "strings"

// field is an attribute that becomes part of an entity. A reading looks for the same attributes in each of a million
// entries, so they have numbers.
type field uint8

// Those that every kind of account has come first, then those of users, then those of computers. Servers are asked for
// them and for nothing else. The type of the account stands for objectClass in dumps that lack it.
const (
	otherField field = iota
	objectClass
	objectGUID
	objectSid
	sAMAccountName
	userAccountControl
	adminCount
	lastLogonTimestamp
	pwdLastSet
	whenCreated
	accountExpires
	lockoutTime
	displayName
	userPrincipalName
	department
	title
	mail
	servicePrincipalName
	dNSHostName
	operatingSystem
	operatingSystemVersion
	sAMAccountType
	fieldCount
)

var fieldNames = [fieldCount]string{
	objectClass: "objectClass", objectGUID: "objectGUID", objectSid: "objectSid", sAMAccountName: "sAMAccountName",
	userAccountControl: "userAccountControl", adminCount: "adminCount", lastLogonTimestamp: "lastLogonTimestamp",
	pwdLastSet: "pwdLastSet", whenCreated: "whenCreated", accountExpires: "accountExpires", lockoutTime: "lockoutTime",
	displayName: "displayName", userPrincipalName: "userPrincipalName", department: "department", title: "title", mail: "mail",
	servicePrincipalName: "servicePrincipalName", dNSHostName: "dNSHostName", operatingSystem: "operatingSystem",
	operatingSystemVersion: "operatingSystemVersion", sAMAccountType: "sAMAccountType",
}

// entityAttributes are the attributes that a server is asked for.
var entityAttributes = fieldNames[otherField+1 : sAMAccountType]

// fieldOf gives the field of an attribute. Servers write names as the schema does; other tools may not.
func fieldOf(name string) field {
	switch name {
	case "objectClass":
		return objectClass
	case "objectGUID":
		return objectGUID
	case "objectSid":
		return objectSid
	case "sAMAccountName":
		return sAMAccountName
	case "userAccountControl":
		return userAccountControl
	case "adminCount":
		return adminCount
	case "lastLogonTimestamp":
		return lastLogonTimestamp
	case "pwdLastSet":
		return pwdLastSet
	case "whenCreated":
		return whenCreated
	case "accountExpires":
		return accountExpires
	case "lockoutTime":
		return lockoutTime
	case "displayName":
		return displayName
	case "userPrincipalName":
		return userPrincipalName
	case "department":
		return department
	case "title":
		return title
	case "mail":
		return mail
	case "servicePrincipalName":
		return servicePrincipalName
	case "dNSHostName":
		return dNSHostName
	case "operatingSystem":
		return operatingSystem
	case "operatingSystemVersion":
		return operatingSystemVersion
	case "sAMAccountType":
		return sAMAccountType
	}
	for f, known := range fieldNames {
		if len(known) == len(name) && strings.EqualFold(known, name) {
			return field(f)
		}
	}
	return otherField
}
