package entra

import "errors"

// Mistakes of a configuration.
var (
	errBadURL   = errors.New("the address must look like https://host or https://host:port")
	errNotHTTPS = errors.New("the address must begin with https://, since tokens are sent there")
	errNoScope  = errors.New("no token scope is configured")
)

// What can be wrong with an answer.
var (
	errTruncated   = errors.New("the answer was cut off")
	errNotJSON     = errors.New("the answer is no JSON")
	errStalled     = errors.New("the answer stopped coming")
	errEmptyAnswer = errors.New("the answer was empty")
)

// final is an error that another try would only repeat. The method is azcore's mark for that.
type final struct{ error }

func (final) NonRetriable() {}

func (f final) Unwrap() error { return f.error }

var (
	errTooLarge = final{errors.New("the answer is larger than 64 MiB")}
	errTooDeep  = final{errors.New("the answer is nested deeper than 100 levels")}
	errOrigin   = final{errors.New("refused to send the token to another server")}
)

// redirected is a redirect, which is never followed.
type redirected struct{ host string }

func (r *redirected) Error() string { return "the server redirects to " + r.host }
func (*redirected) NonRetriable()   {}

// webPage is an answer that is a page for people.
type webPage struct{ contentType string }

func (w *webPage) Error() string { return "the answer is " + w.contentType + " instead of JSON" }

// Status is an answer with an error status, as the API described it. errors.As finds it in every error of a request
// that was answered so.
type Status struct {
	Code    int    // HTTP status
	Name    string // the API's code, such as "ResourceNotFound"; cleaned
	Message string // cleaned, at most 300 characters; for matching and messages
}

// Error gives status and code.
func (s *Status) Error() string { return describeStatus(s) }
