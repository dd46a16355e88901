package graph

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"adbadge/model"
	"adbadge/providers/entra"
)

// What an analyst reads of each piece of evidence.
func TestEvidence(t *testing.T) {
	for _, test := range []struct{ kind, members, want string }{
		{"user", `"userAccount":{"accountName":"jdoe","domainName":"CONTOSO","userPrincipalName":"jdoe@contoso.test"},"verdict":"suspicious","roles":["source","compromised"]`,
			`user CONTOSO\jdoe: suspicious (source, compromised)`},
		{"user", `"userAccount":{"displayName":"Jane Doe","userSid":"S-1-5-21-1-2-3-4"},"verdict":"unknown","remediationStatus":"none","roles":[]`, `user Jane Doe`},
		{"device", `"deviceDnsName":null,"hostName":"wks1","dnsDomain":"contoso.test","roles":["attacked"]`, `device wks1.contoso.test (attacked)`},
		{"process", `"processCommandLine":"cmd.exe /c whoami","imageFile":{"fileName":"cmd.exe"},"userAccount":{"accountName":"jdoe"},"verdict":"malicious","remediationStatus":"prevented","detectionStatus":"blocked"`,
			`process cmd.exe /c whoami: malicious, prevented, blocked`},
		{"process", `"processCommandLine":null,"imageFile":{"fileName":"cmd.exe","filePath":"C:\\Windows\\"}`, `process C:\Windows\cmd.exe`},
		{"file", `"fileDetails":{"fileName":"a\u202e.exe","filePath":"C:\\Temp","sha256":"ab"},"remediationStatus":"pendingApproval"`, "file C:\\Temp\\a\uFFFD.exe: pending approval"},
		{"file", `"fileDetails":{"sha1":"cd"}`, `file cd`},
		{"fileHash", `"algorithm":"sha256","value":"ab12"`, `file hash ab12`},
		{"ip", `"ipAddress":"203.0.113.7","countryLetterCode":"NL","roles":["commandAndControl"]`, `IP address 203.0.113.7 (command and control)`},
		{"url", `"url":"http://fabrikam.test/x"`, `URL http://fabrikam.test/x`},
		{"dns", `"domainName":"fabrikam.test"`, `DNS name fabrikam.test`},
		{"networkConnection", `"sourceAddress":{"ipAddress":"10.0.0.1"},"sourcePort":50123,"destinationAddress":{"ipAddress":"2001:db8::1"},"destinationPort":443`,
			`network connection 10.0.0.1:50123 to [2001:db8::1]:443`},
		{"registryKey", `"registryHive":"HKEY_LOCAL_MACHINE","registryKey":"SOFTWARE\\Run"`, `registry key HKEY_LOCAL_MACHINE\SOFTWARE\Run`},
		{"registryValue", `"registryHive":"HKLM","registryKey":"SOFTWARE\\Run","registryValueName":"Updater","registryValue":"u.vbs"`, `registry value HKLM\SOFTWARE\Run\Updater = u.vbs`},
		{"mailbox", `"primaryAddress":"jdoe@contoso.test","displayName":"Jane"`, `mailbox jdoe@contoso.test`},
		{"mailboxConfiguration", `"configurationType":"userInboxRule","displayName":"Hide","mailboxPrimaryAddress":"jdoe@contoso.test"`, `mailbox configuration Hide of jdoe@contoso.test`},
		{"analyzedMessage", `"subject":"Urgent","p2Sender":{"emailAddress":"x@fabrikam.test"},"networkMessageId":"1"`, `analyzed message Urgent from x@fabrikam.test`},
		{"mailCluster", `"clusterBy":"Subject","clusterByValue":"Urgent","query":"q"`, `mail cluster Urgent`},
		{"teamsMessage", `"senderFromAddress":"x@fabrikam.test","messageId":"1"`, `teams message x@fabrikam.test`},
		{"oauthApplication", `"displayName":"Mail Sync","appId":"1","publisher":"x"`, `OAuth application Mail Sync`},
		{"cloudApplication", `"appId":20893,"instanceId":0`, `cloud application 20893`},
		{"securityGroup", `"displayName":"Domain Admins","sid":"S-1-5-21-1-2-3-512"`, `security group Domain Admins`},
		{"servicePrincipal", `"servicePrincipalName":"sync","appId":"1"`, `service principal sync`},
		{"activeDirectoryDomain", `"activeDirectoryDomainName":"contoso.test"`, `AD domain contoso.test`},
		{"azureResource", `"resourceId":"/subscriptions/1","resourceName":"vm1","resourceType":"x"`, `azure resource vm1`},
		{"amazonResource", `"amazonResourceId":"arn:aws:x"`, `amazon resource arn:aws:x`},
		{"googleCloudResource", `"fullResourceName":"//x/y"`, `google cloud resource //x/y`},
		{"kubernetesPod", `"name":"web-1","podIp":{"ipAddress":"10.1.1.1"}`, `kubernetes pod web-1`},
		{"containerImage", `"imageId":null,"registry":{"registry":"fabrikam.test"}`, `container image fabrikam.test`},
		{"malware", `"name":"Kolbot","category":"x"`, `malware Kolbot`},
		{"hostLogonSession", `"account":{"userAccount":{"accountName":"svc","domainName":"CONTOSO"}},"host":{"hostName":"srv1"},"sessionId":"0x3e7"`, `host logon session CONTOSO\svc on srv1`},
		{"cloudLogonSession", `"account":null,"sessionId":"7"`, `cloud logon session 7`},
		{"ioTDevice", `"deviceName":"camera","ipAddress":{"ipAddress":"10.2.2.2"}`, `IoT device camera`},
		{"gitHubRepo", `"baseUrl":"https://github.test/x"`, `GitHub repository https://github.test/x`},
		{"somethingNew", `"verdict":"veryBad","remediationStatus":"askedNicely","roles":["unknown","bystander"],"what":{"ever":[1]}`, `something new: very bad, asked nicely (bystander)`},
	} {
		var record alertRecord
		raw := fmt.Appendf(nil, `{"id":"ri1","evidence":[{"@odata.type":"#microsoft.graph.security.%sEvidence",%s}]}`, test.kind, test.members)
		if err := json.Unmarshal(raw, &record); err != nil {
			t.Errorf("%s: %v", test.kind, err)
			continue
		}
		a, _ := record.alert(entra.NewTexts())
		if len(a.Evidence) != 1 || a.Evidence[0].String() != test.want {
			t.Errorf("%s is shown as %q, want %q", test.kind, a.Evidence, test.want)
		}
	}
}

// An alert of hundreds of files keeps a few of them and counts the others; accounts and devices are all kept, since
// entities are matched by them.
func TestEvidenceIsBounded(t *testing.T) {
	var pieces []string
	for i := range 300 {
		pieces = append(pieces, fmt.Sprintf(`{"@odata.type":"#microsoft.graph.security.fileEvidence","fileDetails":{"fileName":"%d.exe"}}`, i),
			fmt.Sprintf(`{"@odata.type":"#microsoft.graph.security.userEvidence","userAccount":{"accountName":"u%d","domainName":"CONTOSO"}}`, i))
	}
	var record alertRecord
	if err := json.Unmarshal([]byte(`{"id":"ri1","evidence":[`+strings.Join(pieces, ",")+`]}`), &record); err != nil {
		t.Fatal(err)
	}
	a, _ := record.alert(entra.NewTexts())
	if len(a.Evidence) != model.MaxEvidence || a.MoreEvidence != 600-model.MaxEvidence || len(a.Accounts) != 300 {
		t.Errorf("%d pieces and %d more, %d accounts", len(a.Evidence), a.MoreEvidence, len(a.Accounts))
	}
	long := strings.Repeat("x", 100_000)
	record.Evidence = []evidenceRecord{{Type: "x", things: things{CommandLine: long}}}
	if a, _ := record.alert(entra.NewTexts()); len(a.Evidence[0].Name) > 4*maxEvidenceName {
		t.Errorf("a command line of %d bytes is kept", len(a.Evidence[0].Name))
	}
}

// A member of an odd form costs itself, not the alert.
func TestOddMembers(t *testing.T) {
	got, gaps := readAlerts(t, say(t, 200, []byte(`{"value":[
		{"id":"aa1","serviceSource":"microsoftDefenderForIdentity","incidentId":77,"detectorId":{"a":1},"title":"T","evidence":[
			{"@odata.type":"#microsoft.graph.security.ipEvidence","ipAddress":7},
			{"@odata.type":"#microsoft.graph.security.networkConnectionEvidence","sourceAddress":[],"sourcePort":"x","destinationAddress":"10.0.0.1","destinationPort":1e3},
			{"@odata.type":"#microsoft.graph.security.cloudApplicationEvidence","appId":[]}]},
		{"id":"aa2","serviceSource":"microsoftDefenderForIdentity","severity":7,"title":"U","evidence":"none"}]}`)))
	if len(got) != 2 || len(gaps) > 0 || got[0].IncidentID != "77" || got[0].Title != "T" || got[1].Title != "U" || len(got[0].Evidence) != 3 {
		t.Errorf("got %+v, gaps %+v", got, gaps)
	}
}
