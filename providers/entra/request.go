package entra

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"

	"adbadge/model"
)

// Get reads one JSON answer into a value. The path begins with "/"; what goes into it must be escaped or checked.
// Errors are of type *model.Failure; where the API answered with an error, errors.As finds a *Status in them.
func (a *API) Get(ctx context.Context, path string, query url.Values, into any) error {
	return a.exchange(ctx, http.MethodGet, a.locate(path, query), nil, into)
}

// Post asks a question that needs a body. It must be safe to repeat, as Get is, unless the purpose is a change. into may be
// nil.
func (a *API) Post(ctx context.Context, path string, body, into any) error {
	return a.exchange(ctx, http.MethodPost, a.locate(path, nil), body, into)
}

// Patch changes something. It is sent again only when the API said that it did nothing. into may be nil.
func (a *API) Patch(ctx context.Context, path string, body, into any) error {
	return a.exchange(ctx, http.MethodPatch, a.locate(path, nil), body, into)
}

func (a *API) exchange(ctx context.Context, method string, target *url.URL, body, into any) error {
	n := &note{wanted: into != nil}
	if err := a.send(ctx, n, method, target, body); err != nil {
		return err
	}
	if into == nil {
		return nil
	}
	if err := Decode(n.body.Bytes(), into); err != nil {
		return a.failed(method, n, err)
	}
	return nil
}

// send carries one request, with all its tries, and leaves the answer in the note. Its errors are of type
// *model.Failure.
func (a *API) send(ctx context.Context, n *note, method string, target *url.URL, body any) error {
	n.patience = a.purpose.Patience
	if err := a.permit(ctx, n, method); err != nil {
		return err
	}
	inner := policy.WithRetryOptions(withNote(ctx, n), a.retries(n, a.changes(method)))
	request, err := runtime.NewRequest(inner, method, target.String())
	if err != nil {
		return a.failed(method, n, err)
	}
	runtime.SkipBodyDownload(request)
	header := request.Raw().Header
	maps.Copy(header, a.purpose.Header)
	header.Set("Accept", "application/json")
	header.Set("Client-Request-Id", newRequestID())
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return a.failed(method, n, err)
		}
		if err := request.SetBody(streaming.NopCloser(bytes.NewReader(raw)), "application/json; charset=utf-8"); err != nil {
			return a.failed(method, n, err)
		}
	}
	response, err := a.pipeline.Do(request)
	switch {
	case ctx.Err() != nil:
		return a.failed(method, n, ctx.Err())
	case err != nil:
		return a.failed(method, n, err)
	case response.StatusCode >= http.StatusMultipleChoices:
		return a.refused(method, n, response)
	}
	return nil
}

// changes reports whether a request changes something.
func (a *API) changes(method string) bool {
	return a.purpose.Change || method != http.MethodGet && method != http.MethodPost
}

// locate gives the URL of a path. Query options are written as the vendor's pages have them, with "$" and "%20".
func (a *API) locate(path string, query url.Values) *url.URL {
	target := *a.base
	target.RawPath = target.EscapedPath() + path
	target.Path, _ = url.PathUnescape(target.RawPath)
	target.RawQuery = strings.NewReplacer("+", "%20", "%24", "$").Replace(query.Encode())
	return &target
}

// newRequestID gives a random id under which the vendor can find a request.
func newRequestID() string {
	var g model.GUID
	_, _ = rand.Read(g[:])                      // crypto/rand never fails
	g[7], g[8] = g[7]&0x0f|0x40, g[8]&0x3f|0x80 // a random GUID (RFC 9562, version 4)
	return g.String()
}
