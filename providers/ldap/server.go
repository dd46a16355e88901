package ldap

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"

	"adbadge/model/text"
)

// server is the address of a domain controller.
type server struct {
	host     string
	port     string
	startTLS bool // TLS begins with the first request rather than with the connection
}

// parseServer reads "ldaps://host[:port]", or "ldap://host[:port]", which means StartTLS.
func parseServer(address string) (server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || (u.Path != "" && u.Path != "/") {
		return server{}, errors.New("a server is not an address of a scheme, a host and perhaps a port")
	}
	s := server{host: u.Hostname(), port: u.Port()}
	switch u.Scheme {
	case "ldaps":
		if s.port == "" {
			s.port = "636"
		}
	case "ldap":
		s.startTLS = true
		if s.port == "" {
			s.port = "389"
		}
	default:
		return server{}, fmt.Errorf("a server begins with %q rather than ldaps:// or ldap://", text.Clean(u.Scheme))
	}
	if n, err := strconv.ParseUint(s.port, 10, 16); err != nil || n == 0 {
		return server{}, errors.New("a server has a port that is no number between 1 and 65535")
	}
	return s, nil
}

func (s server) address() string { return net.JoinHostPort(s.host, s.port) }

// String gives host and port; the port only where it is not the usual one.
func (s server) String() string {
	if s.startTLS && s.port == "389" || !s.startTLS && s.port == "636" {
		return text.Clean(s.host).String()
	}
	return text.Clean(s.address()).String()
}
