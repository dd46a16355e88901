package lab

import (
	"fmt"
	"os"
	"path/filepath"

	"adbadge/providers/lab/cloud"
)

// Connection tells how to reach one of the lab's servers with another tool.
type Connection struct {
	Name    string
	Address string // URL
	User    string // or client id
	Secret  string
	Scope   string // of tokens for this server
	Cookies string // of the session of a person with this server
	Try     string // a command that shows something
}

// caName is the file that holds the authority's certificate.
const caName = "lab-ca.pem"

// CAFile writes the certificate of the lab's authority to a file that only this user can read, in the state folder
// or a temporary one that Close removes, and gives its path.
func (l *Lab) CAFile() (string, error) {
	folder := l.folder
	if folder == "" {
		l.temporary.Lock()
		defer l.temporary.Unlock()
		if l.temporary.path == "" {
			made, err := os.MkdirTemp("", "adbadge-lab-")
			if err != nil {
				return "", fmt.Errorf("make a folder for the lab's certificate: %w", err)
			}
			l.temporary.path = made
		}
		folder = l.temporary.path
	}
	path := filepath.Join(folder, caName)
	if err := os.WriteFile(path, l.CAPEM(), 0o600); err != nil {
		return "", fmt.Errorf("write the lab's certificate: %w", err)
	}
	return path, nil
}

func (l *Lab) removeTemporary() error {
	l.temporary.Lock()
	defer l.temporary.Unlock()
	if l.temporary.path == "" {
		return nil
	}
	path := l.temporary.path
	l.temporary.path = ""
	return os.RemoveAll(path)
}

// SessionHint tells a person where the cookies of the lab's portal are, and gives them: they open nothing else.
func (l *Lab) SessionHint() string {
	return "The lab's portal shows its cookies at " + l.cloud.PortalURL + cloud.SessionPath + "; they are: " + l.cloud.SessionCookies()
}

// Describe tells how to connect other tools to the lab, and writes the file that they check its certificates with.
func (l *Lab) Describe() ([]Connection, error) {
	ca, err := l.CAFile()
	if err != nil {
		return nil, err
	}
	c := l.Config()
	d := c.Directories[0]
	token := fmt.Sprintf("%s/%s/oauth2/v2.0/token", l.cloud.SignInURL, c.Tenant.ID)
	curl := func(url string) string {
		return fmt.Sprintf(`curl -s --cacert %s -H "Authorization: Bearer $TOKEN" '%s'`, ca, url)
	}
	return []Connection{
		{Name: "Directory (LDAPS)", Address: d.Servers[0], User: d.User, Secret: l.password,
			Try: fmt.Sprintf(`LDAPTLS_CACERT=%s ldapsearch -H %s -x -D '%s' -w %s -b '%s' -E pr=500/noprompt '(objectClass=computer)' dNSHostName`,
				ca, d.Servers[0], d.User, l.password, d.BaseDNs[0])},
		{Name: "Sign-in (OAuth 2.0)", Address: token, User: clientID, Secret: l.secret,
			Try: fmt.Sprintf(`TOKEN=$(curl -s --cacert %s -d grant_type=client_credentials -d client_id=%s -d client_secret=%s --data-urlencode scope=SCOPE %s | sed 's/.*"access_token":"\([^"]*\)".*/\1/')`,
				ca, clientID, l.secret, token)},
		{Name: "Defender for Endpoint API", Address: c.Endpoint.URL + "/api", Scope: c.Endpoint.Scope, Try: curl(c.Endpoint.URL + "/api/machines?$top=5")},
		{Name: "Microsoft Graph", Address: c.Graph.URL + "/v1.0", Scope: c.Graph.Scope, Try: curl(c.Graph.URL + "/v1.0/security/alerts_v2?$top=5")},
		{Name: "Portals", Address: c.Portal.URL, Scope: cloud.PortalScope, Cookies: l.cloud.SessionCookies(), Try: curl(c.Portal.URL + cloud.IdentitySettingPath)},
	}, nil
}
