package endpoint

import (
	"encoding/json"
	"fmt"
	"testing"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/providers/entra"
)

// BenchmarkDecodeMachines reads the greatest page that the API gives: by encoding/json, as it is read in use, and to the list
// that the inventory keeps.
func BenchmarkDecodeMachines(b *testing.B) {
	const record = `{"id":"%040x","mergedIntoMachineId":null,"isPotentialDuplication":false,"isExcluded":false,"exclusionReason":null,"computerDnsName":"ws-%06d.emea.contoso.test","firstSeen":"2023-04-19T13:27:53.1618923Z","lastSeen":"2023-05-04T17:40:05.684607Z","osPlatform":"Windows10","osVersion":null,"osProcessor":"x64","version":"21H2","lastIpAddress":"172.20.10.4","lastExternalIpAddress":"174.209.205.235","agentVersion":"10.8470.19041.2788","osBuild":19044,"healthStatus":"Active","deviceValue":"Normal","rbacGroupId":0,"rbacGroupName":null,"riskScore":"Medium","exposureLevel":"High","isAadJoined":true,"aadDeviceId":"6f1c2a54-0d0e-4c1c-9a7e-0f5f0d1b2c3d","machineTags":["tier 1"],"defenderAvStatus":"Updated","onboardingStatus":"Onboarded","osArchitecture":"64-bit","managedBy":"Intune","managedByStatus":"Unknown","ipAddresses":[{"ipAddress":"172.20.10.5","macAddress":"000C2992A643","type":"Ethernet","operationalStatus":"Up"},{"ipAddress":"127.0.0.1","macAddress":null,"type":"SoftwareLoopback","operationalStatus":"Up"}],"vmMetadata":null}`
	const size = 10_000
	page := []byte(`{"value":[`)
	for i := range size {
		if i > 0 {
			page = append(page, ',')
		}
		page = fmt.Appendf(page, record, i, i)
	}
	page = append(page, "]}"...)
	var in struct{ Value []machineRecord }
	decode := func(unmarshal func([]byte, any) error) {
		clear(in.Value)
		in.Value = in.Value[:0]
		if err := unmarshal(page, &in); err != nil || len(in.Value) != size {
			b.Fatal(len(in.Value), err)
		}
	}
	for _, step := range []struct {
		name string
		run  func()
	}{
		{"structs", func() { decode(json.Unmarshal) }}, // what the others are measured against, with the same memory
		{"records", func() { decode(entra.Decode) }},
		{"machines", func() {
			decode(entra.Decode)
			r := newMachineReader()
			batch := make([]model.Machine, 0, size)
			for i := range in.Value {
				if m, ok := r.read(&in.Value[i]); ok {
					batch = append(batch, m)
				}
			}
			if inventory.NewMachines(batch).Len() != size {
				b.Fatal(len(batch))
			}
		}},
	} {
		b.Run(step.name, func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				step.run()
			}
			b.ReportMetric(float64(size)*float64(b.N)/b.Elapsed().Seconds(), "machines/s")
		})
	}
}
