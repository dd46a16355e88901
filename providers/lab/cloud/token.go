package cloud

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// claims are what an access token says (Microsoft identity platform, "Access token claims reference").
type claims struct {
	Audience  string   `json:"aud"`
	Issuer    string   `json:"iss"`
	IssuedAt  int64    `json:"iat"`
	NotBefore int64    `json:"nbf"`
	Expires   int64    `json:"exp"`
	AppID     string   `json:"appid"`
	ObjectID  string   `json:"oid"`
	Subject   string   `json:"sub"`
	TenantID  string   `json:"tid"`
	Roles     []string `json:"roles,omitempty"` // of an application
	Scopes    string   `json:"scp,omitempty"`   // delegated by a user
	Name      string   `json:"name,omitempty"`
	UPN       string   `json:"upn,omitempty"`
	Version   string   `json:"ver"`
}

// permits reports whether the token holds one of the permissions. The delegated form of "Machine.Read.All" is
// "Machine.Read".
func (c *claims) permits(anyOf []string) bool {
	if len(anyOf) == 0 {
		return true
	}
	scopes := strings.Fields(c.Scopes)
	return slices.ContainsFunc(anyOf, func(p string) bool {
		return slices.Contains(c.Roles, p) || slices.Contains(scopes, p) || slices.Contains(scopes, strings.TrimSuffix(p, ".All"))
	})
}

// tokenLife is how long an access token lasts, as in the vendor's sample.
const tokenLife = 3599 * time.Second

// mint makes and checks tokens. They look like those of Entra ID but are signed with a key of this process only.
type mint struct{ key [32]byte }

func newMint() *mint {
	m := &mint{}
	_, _ = rand.Read(m.key[:]) // crypto/rand never fails
	return m
}

// raw is the encoding of JSON web tokens.
var raw = base64.RawURLEncoding

func (m *mint) sign(payload any) (string, error) {
	header := raw.EncodeToString([]byte(`{"typ":"JWT","alg":"HS256","kid":"lab"}`))
	body, err := json.Marshal(payload)
	if err != nil {
		return "", err
	}
	head := header + "." + raw.EncodeToString(body)
	return head + "." + raw.EncodeToString(m.mac(head)), nil
}

func (m *mint) mac(head string) []byte {
	h := hmac.New(sha256.New, m.key[:])
	h.Write([]byte(head))
	return h.Sum(nil)
}

// tokenError is what verify finds wrong with a token, in the vendor's words.
type tokenError string

func (e tokenError) Error() string { return string(e) }

const (
	errTokenAbsent  tokenError = "Access token is empty."
	errTokenInvalid tokenError = "IDX10511: Signature validation failed."
	errTokenExpired tokenError = "Lifetime validation failed, the token is expired."
)

// verify reads the token of an Authorization header.
func (m *mint) verify(header string, now time.Time) (*claims, error) {
	scheme, token, found := strings.Cut(header, " ")
	if !found || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return nil, errTokenAbsent
	}
	at := strings.LastIndexByte(token, '.')
	if at < 0 {
		return nil, errTokenInvalid
	}
	signature, err := raw.DecodeString(token[at+1:])
	if err != nil || !hmac.Equal(signature, m.mac(token[:at])) {
		return nil, errTokenInvalid
	}
	_, middle, _ := strings.Cut(token[:at], ".")
	body, err := raw.DecodeString(middle)
	if err != nil {
		return nil, errTokenInvalid
	}
	var c claims
	if err := json.Unmarshal(body, &c); err != nil {
		return nil, errTokenInvalid
	}
	if now.Unix() >= c.Expires {
		return nil, errTokenExpired
	}
	return &c, nil
}
