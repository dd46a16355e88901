package world

// computerCase is a computer that is special at a fixed index.
type computerCase struct {
	code, what string
	domain     in
	state      computerState
	hasRecords bool
	records    []record
	change     func(*World, *Computer)
}

// known is a machine record with an active sensor; gone one of a sensor that fell silent.
func known(form nameForm) record { return record{onboarding: onboarded, health: active, form: form} }

func seenAs(onboarding, health string, form nameForm) record {
	return record{onboarding: onboarding, health: health, form: form, bare: onboarding != onboarded}
}

// computerCases lists every computer that is special, by index. Indexes that leave 2 when divided by 5 are servers.
func computerCases() map[int]computerCase {
	return map[int]computerCase{
		25: {code: "hybrid", what: "hybrid-joined: the device id is the objectGUID", hasRecords: true,
			records: []record{{onboarding: onboarded, health: active, hybrid: true, joined: true}}},
		26: {code: "hybrid-short", what: "hybrid-joined, and the record has a short name: only the device id matches", hasRecords: true,
			records: []record{{onboarding: onboarded, health: active, hybrid: true, joined: true, form: upperShortName}}},
		28: {code: "domain-joined", what: "plain domain-joined: only the full name matches", hasRecords: true, records: []record{known(fullName)}},
		reimagedAt: {code: "reimaged", what: "reimaged twice: three records; the newest is active, an alert sits on an older one", hasRecords: true,
			records: []record{
				{onboarding: onboarded, health: inactive, days: 27, duplicate: true},
				{onboarding: onboarded, health: inactive, days: 12, duplicate: true, form: upperName},
				{onboarding: onboarded, health: active, hybrid: true, joined: true},
			}},
		30:          {code: "upper-case", what: "the record has the full name in capitals", hasRecords: true, records: []record{known(upperName)}},
		31:          {code: "trailing-dot", what: "the record's full name ends in a dot", hasRecords: true, records: []record{known(dottedName)}},
		adfsAt:      {code: "adfs", what: "the federation server, with a sensor", domain: inContoso, hasRecords: true, records: []record{known(fullName)}, change: named("ADFS-01", "Federation server")},
		33:          {code: "short-only", what: "the record has only the short name, which one computer of the forest has", hasRecords: true, records: []record{known(upperShortName)}},
		34:          {code: "same-name-enabled", what: "two objects have the same full name; this one is enabled and gets the record", hasRecords: true, records: []record{known(fullName)}},
		35:          {code: "same-name-disabled", what: "two objects have the same full name; this one is disabled", state: disabledComputer, hasRecords: true, change: twinOf(-1, "-OLD")},
		sameShortAt: {code: "same-short-name", what: "server with the same short name in the other domain; one record has only that name: ambiguous", domain: inContoso, hasRecords: true, change: named("FS-01", "File server")},
		38:          {code: "same-name-both", what: "two enabled objects have the same full name: ambiguous", hasRecords: true, records: []record{known(fullName)}},
		39:          {code: "same-name-both", what: "two enabled objects have the same full name: ambiguous", hasRecords: true, change: twinOf(-1, "-B")},
		40:          {code: "discovered", what: "seen on the network, without a sensor", hasRecords: true, records: []record{seenAs(discovered, "Unknown", fullName)}},
		41: {code: "unsupported", what: "Windows 7 that Defender for Endpoint does not support", hasRecords: true, records: []record{seenAs(unsupported, "Unknown", fullName)},
			change: func(_ *World, c *Computer) { c.setSystem(windows7) }},
		sameShortOtherAt:  {code: "same-short-name", what: "server with the same short name in the other domain; one record has only that name: ambiguous", domain: inEMEA, hasRecords: true, change: named("FS-01", "File server")},
		unsupportedTwinAt: {code: "unsupported-short", what: "an unsupported device has its short name: no match", hasRecords: true},
		44:                {code: "insufficient", what: "seen on the network, too little is known to say whether it can be onboarded", hasRecords: true, records: []record{seenAs(insufficient, "Unknown", fullName)}},
		45:                {code: "inactive", what: "sensor inactive", hasRecords: true, records: []record{{onboarding: onboarded, health: inactive, days: 11}}},
		46:                {code: "impaired", what: "communication with the sensor impaired", hasRecords: true, records: []record{seenAs(onboarded, impaired, fullName)}},
		pkiAt:             {code: "pki", what: "the certification authority, with a sensor", domain: inContoso, hasRecords: true, records: []record{known(fullName)}, change: named("PKI-01", "Issuing certification authority")},
		48:                {code: "no-sensor-data", what: "the sensor sends no data", hasRecords: true, records: []record{{onboarding: onboarded, health: silent, days: 3}}},
		49:                {code: "no-sensor-data-impaired", what: "no sensor data, and communication impaired", hasRecords: true, records: []record{{onboarding: onboarded, health: "NoSensorDataImpairedCommunication", days: 5}}},
		50: {code: "merged", what: "one record was merged into another", hasRecords: true,
			records: []record{{onboarding: onboarded, health: inactive, days: 9, merged: true}, known(fullName)}},
		strangeAlertAt: {code: "alert-only", what: "an alert names it; the machine list does not have it", hasRecords: true},
		entraConnectAt: {code: "entra-connect", what: "the server of Entra Connect, with a sensor", domain: inContoso, hasRecords: true, records: []record{known(fullName)}, change: named("AADC-01", "Directory synchronisation")},
		53: {code: "id-beats-name", what: "the record with its device id has the name of the next computer: it is this one's", hasRecords: true,
			records: []record{{onboarding: onboarded, health: active, hybrid: true, joined: true, nameOf: 1}}},
		54: {code: "name-lost-to-id", what: "a record has its name, but another computer's device id: not recognised", hasRecords: true},
		55: {code: "joined-no-id", what: "joined to Entra ID, but the record has no device id: the full name matches", hasRecords: true,
			records: []record{{onboarding: onboarded, health: active, joined: true}}},
		56: {code: "no-dns-name", what: "AD has no dNSHostName: account name and domain make the full name", hasRecords: true, records: []record{known(fullName)},
			change: func(_ *World, c *Computer) { c.DNSName = "" }},
		57: {code: "same-short-name-apart", what: "same short name in the other domain, records with full names: no ambiguity", domain: inContoso, hasRecords: true, records: []record{known(fullName)}, change: named("APP-01", "Application server")},
		58: {code: "disabled", what: "disabled, sensor inactive", state: disabledComputer, hasRecords: true, records: []record{{onboarding: onboarded, health: inactive, days: 24}}},
		59: {code: "prestaged", what: "never logged on", state: neverUsed, hasRecords: true},
		60: {code: "excluded", what: "excluded from the device inventory", hasRecords: true, records: []record{{onboarding: onboarded, health: active, excluded: true}}},
		61: {code: "duplicate", what: "a second record that may be a duplicate", hasRecords: true,
			records: []record{{onboarding: onboarded, health: inactive, days: 15, duplicate: true}, known(fullName)}},
		62:           {code: "same-short-name-apart", what: "same short name in the other domain, records with full names: no ambiguity", domain: inEMEA, hasRecords: true, records: []record{known(fullName)}, change: named("APP-01", "Application server")},
		63:           {code: "mac", what: "a Mac that joined the domain", hasRecords: true, records: []record{known(fullName)}, change: func(_ *World, c *Computer) { c.setSystem(macOS) }},
		64:           {code: "linux", what: "a Linux computer that joined the domain", hasRecords: true, records: []record{known(fullName)}, change: func(_ *World, c *Computer) { c.setSystem(ubuntu) }},
		manyAlertsAt: {code: "many-alerts", what: "twelve open alerts", hasRecords: true, records: []record{known(fullName)}},
		66:           {code: "no-risk", what: "the record has neither risk nor exposure", hasRecords: true, records: []record{{onboarding: onboarded, health: active, bare: true}}},
		67:           {code: "azure-arc", what: "on-premises server connected through Azure Arc: takes part", hasRecords: true, records: []record{{onboarding: onboarded, health: active, arc: true}}},
		68: {code: "legacy", what: "Windows 7 that Defender for Endpoint has never seen", state: stale, hasRecords: true,
			change: func(w *World, c *Computer) {
				w.setName(c, "legacy-scan01")
				c.setSystem(windows7)
				c.Description = "Scanner of the archive, cannot be replaced"
			}},
		oddSeverityAt:   {code: "odd-severity", what: "an alert of a severity that nobody knows", hasRecords: true, records: []record{known(fullName)}},
		oddStatusAt:     {code: "odd-status", what: "an alert with a status that nobody knows: counts as open", hasRecords: true, records: []record{known(fullName)}},
		repeatedAlertAt: {code: "repeated-alert", what: "its alert comes twice, the second time newer and resolved", hasRecords: true, records: []record{known(fullName)}},
		azureTwinAt:     {code: "azure-twin", what: "a virtual machine managed in Azure has its short name: no match", hasRecords: true},
		cloudTwinAt:     {code: "cloud-twin", what: "a cloud-only device has its short name: no match", hasRecords: true},
		77:              {code: "server-discovered", what: "server without a sensor", hasRecords: true, records: []record{seenAs(discovered, "Unknown", fullName)}, change: named("PRN-SRV-01", "Print server of the warehouse")},

		sessionHostAt: {code: "session-host", what: "where the alerts about special accounts happened", hasRecords: true, records: []record{known(fullName)}, change: named("TS-01", "Remote Desktop session host")},
		160: {code: "hostile-escape", what: "the description holds escape sequences", change: func(_ *World, c *Computer) {
			c.Description = "Spare laptop\x1b[2J\x1b[31;1m ALL CLEAR \x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07"
		}},
		161: {code: "hostile-record-name", what: "the record's name holds an escape sequence and a line break", hasRecords: true,
			records: []record{{onboarding: onboarded, health: active, hybrid: true, joined: true, hostile: "lt-\x1b[7m161\x1b[0m\r\n.contoso.test"}}},
		163: {code: "hostile-system", what: "the operating system holds a bidirectional override", change: func(_ *World, c *Computer) {
			c.OS = "Windows 11 \u202eesirpretnE"
		}},
		164: {code: "wide-name", what: "the location holds wide characters", change: func(_ *World, c *Computer) {
			c.Description, c.Location = "会議室の共有端末 🖥️", "東京本社 十四階"
		}},
	}
}

func named(name, description string) func(*World, *Computer) {
	return func(w *World, c *Computer) {
		w.setName(c, name)
		c.Description, c.ServiceNames = description, nil
		c.Parent = "OU=Infrastructure,OU=Servers," + w.domains[c.Domain].BaseDN
	}
}

// twinOf gives a computer the full name of another one, so many places away.
func twinOf(offset int, suffix string) func(*World, *Computer) {
	return func(w *World, c *Computer) {
		other := w.Computer(c.Index + offset)
		c.Domain, c.Parent = other.Domain, other.Parent
		w.setName(c, other.Name+suffix)
		c.DNSName = other.DNSName
	}
}
