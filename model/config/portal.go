package config

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
)

var errNoPortal = errors.New("it is no portal of Microsoft, nor one on this machine")

// SessionPortal reads the address of a portal that the cookies of a session may be sent to: one of Microsoft's, exactly,
// or one on this machine, which is how a lab is reached.
func SessionPortal(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Opaque != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" ||
		strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("it is not of the form https://host")
	}
	u = &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && ip.IsLoopback() {
		return u, nil
	}
	for _, cloud := range Clouds() {
		if cloud.Portal != "" && cloud.Portal == u.String() {
			return u, nil
		}
	}
	return nil, errNoPortal
}
