package graph

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"

	"adbadge/model"
	"adbadge/providers/entra"
)

// BenchmarkDecodeAlerts reads alerts with five pieces of evidence each, and says what one of them keeps.
func BenchmarkDecodeAlerts(b *testing.B) {
	const record = `{"id":"aa%08x-7d84-4b0e-9a61-2f6c0de81a37","incidentId":"%d","status":"new","severity":"high","serviceSource":"microsoftDefenderForIdentity","detectionSource":"microsoftDefenderForIdentity","title":"Suspected DCSync attack (replication of directory services)","description":"User %d on a computer sent replication requests to a domain controller, which is not a domain controller.","recommendedActions":"Disable the account at once. Reset krbtgt twice when the requests succeeded.","category":"CredentialAccess","mitreTechniques":["T1003.006"],"createdDateTime":"2026-08-11T09:12:41.1033333Z","lastUpdateDateTime":"2026-08-11T09:20:07.45Z","alertWebUrl":"https://security.microsoft.com/alerts/aa%08x?tid=1","evidence":[
{"@odata.type":"#microsoft.graph.security.userEvidence","verdict":"suspicious","remediationStatus":"none","roles":["attacker"],"userAccount":{"accountName":"user%d","domainName":"contoso.test","userSid":"S-1-5-21-1111111111-2222222222-3333333333-%d"}},
{"@odata.type":"#microsoft.graph.security.deviceEvidence","verdict":"suspicious","remediationStatus":"none","roles":["source"],"deviceDnsName":"wks-%06d.contoso.test"},
{"@odata.type":"#microsoft.graph.security.deviceEvidence","verdict":"suspicious","remediationStatus":"none","roles":["destination"],"deviceDnsName":"dc01.contoso.test"},
{"@odata.type":"#microsoft.graph.security.processEvidence","verdict":"malicious","remediationStatus":"prevented","detectionStatus":"detected","processCommandLine":"tool.exe -n %d"},
{"@odata.type":"#microsoft.graph.security.ipEvidence","verdict":"suspicious","remediationStatus":"none","ipAddress":"10.0.%d.42"}]}`
	const size = 5000
	page := []byte(`{"value":[`)
	for i := range size {
		if i > 0 {
			page = append(page, ',')
		}
		page = fmt.Appendf(page, record, i, i/4, i, i, i, 1000+i, i, i, i%250)
	}
	page = append(page, "]}"...)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	var kept []model.Alert
	for b.Loop() {
		var in struct{ Value []alertRecord }
		if err := json.Unmarshal(page, &in); err != nil {
			b.Fatal(err)
		}
		texts := entra.NewTexts()
		kept = make([]model.Alert, 0, size)
		for i := range in.Value {
			a, ok := in.Value[i].alert(texts)
			if !ok {
				b.Fatal("an alert was not read")
			}
			kept = append(kept, a)
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	runtime.KeepAlive(kept)
	kept = nil
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(before.HeapAlloc-after.HeapAlloc)/size, "kept-B/alert")
	b.ReportMetric(float64(size)*float64(b.N)/b.Elapsed().Seconds(), "alerts/s")
}
