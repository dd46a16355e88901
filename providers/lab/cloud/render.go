package cloud

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the pages below
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"

	"adbadge/model/text"
)

//go:embed pages/style.css
var styleSheet string

//go:embed pages/pages.html
var pageSource string

// pages are parsed when the first one is shown, so that starting the lab does not wait for it.
var pages = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("pages").Funcs(template.FuncMap{
		"style":   func() template.CSS { return template.CSS(styleSheet) },
		"clean":   func(s string) string { return text.Clean(s).String() },
		"lower":   strings.ToLower,
		"product": productName,
		"instant": func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.UTC().Format("2006-01-02 15:04:05 MST")
		},
	}).Parse(pageSource))
})

// policy allows nothing but the one style sheet, and forms to the page itself and the origins given: there is no script.
func policy(forms []string) string {
	return "default-src 'none'; style-src 'sha256-" + styleSum() + "'; form-action " + strings.Join(append([]string{"'self'"}, forms...), " ") +
		"; base-uri 'none'; frame-ancestors 'none'"
}

var styleSum = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(styleSheet))
	return base64.StdEncoding.EncodeToString(sum[:])
})

// render answers with a page, whose forms may lead to other origins where these are given.
func render(w http.ResponseWriter, status int, name string, view any, forms ...string) {
	var out bytes.Buffer
	if err := pages().ExecuteTemplate(&out, name, view); err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy(forms))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}

// loginView is what the sign-in page shows.
type loginView struct {
	Message string
	Done    bool
}

// fact is one line of a page; one without text is left out.
type fact struct{ Name, Text, Class string }

// link leads to another page of the portal.
type link struct {
	Name, URL, Detail string
	At                time.Time
}
