package cloud_test

import (
	"io"
	"net/http"
	"testing"

	"adbadge/providers/lab/cloud"
	"adbadge/providers/lab/world"
)

// BenchmarkMachinePage reads one page of 10,000 machine records, without decoding it.
func BenchmarkMachinePage(b *testing.B) {
	lab := start(b, world.Options{Users: 100, Computers: 20_000})
	token := lab.signIn(cloud.EndpointScope)
	read := func() int64 {
		request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, lab.EndpointURL+"/api/machines?$top=10000", nil)
		if err != nil {
			b.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := lab.client.Do(request)
		if err != nil {
			b.Fatal(err)
		}
		defer response.Body.Close()
		n, err := io.Copy(io.Discard, response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			b.Fatal(response.Status, err)
		}
		return n
	}
	b.SetBytes(read())
	for b.Loop() {
		read()
	}
	b.ReportMetric(10_000*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
