package entra

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
)

// claims are what a token says of itself. They are read for decisions about what is worth asking, and for messages;
// they are never verified, which only the API can do.
type claims struct {
	Audience    string   `json:"aud"`
	Tenant      string   `json:"tid"`
	Application string   `json:"appid"`
	Party       string   `json:"azp"` // the application in newer tokens
	AppName     string   `json:"app_displayname"`
	UPN         string   `json:"upn"`
	UniqueName  string   `json:"unique_name"`
	Preferred   string   `json:"preferred_username"`
	Roles       []string `json:"roles"` // permissions of an application
	Scopes      string   `json:"scp"`   // permissions that a person lends to it

	readable bool // the token is a JSON web token
}

// readClaims decodes the middle part of a token. One that is no JSON web token is only for its API to read.
func readClaims(token string) claims {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return claims{}
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil || checkShape(raw) != nil {
		return claims{}
	}
	c := claims{readable: true}
	if err := json.Unmarshal(raw, &c); err != nil {
		return claims{}
	}
	return c
}

// isDelegated reports whether the token speaks for a person.
func (c claims) isDelegated() bool { return c.Scopes != "" }

// permissions lists what the token permits, sorted.
func (c claims) permissions() []string {
	list := append(strings.Fields(c.Scopes), c.Roles...)
	slices.Sort(list)
	return slices.Compact(list)
}

// everything is the permission to do what the person may do, which the vendor's own applications have.
const everything = "user_impersonation"

// permits reports whether the token permits a feature, as far as can be told, and by which permission.
func (c claims) permits(f Feature) (by string, ok bool) {
	held := c.permissions()
	for _, p := range f.Permissions(c.isDelegated()) {
		if slices.Contains(held, p) {
			return p, true
		}
	}
	return "", f == NoFeature || !c.readable || slices.Contains(held, everything)
}
