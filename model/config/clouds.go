package config

import (
	"fmt"
	"slices"
)

// Cloud holds the addresses of Microsoft's services in one of its clouds. An empty one means that the service is not
// offered there, as far as is documented.
type Cloud struct {
	Name string
	// Authority is the base URL of the token service.
	Authority string
	// Graph and Endpoint are the base URLs of the APIs, their scopes what a token is asked for.
	Graph         string
	GraphScope    string
	Endpoint      string
	EndpointScope string
	// Portal is the base URL of the Defender portal.
	Portal string
}

// Clouds gives the clouds that a configuration may name.
//
// Sources, all Microsoft documentation: "National clouds" (authentication-national-cloud) for the authorities,
// "National cloud deployments" of Microsoft Graph for Graph, "Defender for Endpoint for US Government customers"
// (January 2026) and "Supported APIs" for the Defender for Endpoint API and the portals. What the pages do not say, or
// say in two ways, is marked below; each address can be replaced in the configuration.
func Clouds() []Cloud {
	return []Cloud{
		{
			Name:       "public",
			Authority:  "https://login.microsoftonline.com",
			Graph:      "https://graph.microsoft.com",
			GraphScope: "https://graph.microsoft.com/.default",
			Endpoint:   "https://api.security.microsoft.com",
			// Documented: the audience is the older host; a token for the newer one is refused with 403.
			EndpointScope: "https://api.securitycenter.microsoft.com/.default",
			Portal:        "https://security.microsoft.com",
		},
		{
			Name:       "gcc",
			Authority:  "https://login.microsoftonline.com",
			Graph:      "https://graph.microsoft.com",
			GraphScope: "https://graph.microsoft.com/.default",
			Endpoint:   "https://api-gcc.securitycenter.microsoft.us",
			// Not documented: programs of third parties use the host of the API. The same in gcc-high and dod.
			EndpointScope: "https://api-gcc.securitycenter.microsoft.us/.default",
			Portal:        "https://security.microsoft.com",
		},
		{
			Name:          "gcc-high",
			Authority:     "https://login.microsoftonline.us",
			Graph:         "https://graph.microsoft.us",
			GraphScope:    "https://graph.microsoft.us/.default",
			Endpoint:      "https://api-gov.securitycenter.microsoft.us",
			EndpointScope: "https://api-gov.securitycenter.microsoft.us/.default",
			Portal:        "https://security.microsoft.us",
		},
		{
			Name:          "dod",
			Authority:     "https://login.microsoftonline.us",
			Graph:         "https://dod-graph.microsoft.us",
			GraphScope:    "https://dod-graph.microsoft.us/.default",
			Endpoint:      "https://api-gov.securitycenter.microsoft.us",
			EndpointScope: "https://api-gov.securitycenter.microsoft.us/.default",
			// Contradictory: the pages of Defender for Identity name security.microsoft.us here too.
			Portal: "https://security.apps.mil",
		},
		{
			Name: "china",
			// Contradictory: the pages of Microsoft Graph name login.chinacloudapi.cn.
			Authority:  "https://login.partner.microsoftonline.cn",
			Graph:      "https://microsoftgraph.chinacloudapi.cn",
			GraphScope: "https://microsoftgraph.chinacloudapi.cn/.default",
			// Neither Defender for Endpoint nor a Defender portal is documented here.
		},
	}
}

// cloudNames lists the words for Tenant.Cloud.
func cloudNames() []string {
	var names []string
	for _, cloud := range Clouds() {
		names = append(names, cloud.Name)
	}
	return names
}

// InCloud gives the cloud of the tenant. In a configuration that was checked there always is one.
func (c Config) InCloud() (Cloud, error) {
	clouds := Clouds()
	i := slices.IndexFunc(clouds, func(cloud Cloud) bool { return cloud.Name == c.Tenant.Cloud })
	if i < 0 {
		return Cloud{}, fmt.Errorf("there is no cloud %q: it is %s", c.Tenant.Cloud, oneOf(cloudNames()))
	}
	return clouds[i], nil
}

// Authority gives the base URL of the token service: the configured one, else the cloud's.
func (c Config) Authority() (string, error) {
	cloud, err := c.InCloud()
	if err != nil || c.SignIn.Authority != "" {
		return c.SignIn.Authority, err
	}
	return cloud.Authority, nil
}

// EndpointAPI gives the base URL of the Defender for Endpoint API and the scope of its tokens: the configured ones,
// else the cloud's.
func (c Config) EndpointAPI() (url, scope string, err error) {
	cloud, err := c.InCloud()
	if err != nil {
		return "", "", err
	}
	return pickAPI(c.Endpoint.URL, c.Endpoint.Scope, cloud.Endpoint, cloud.EndpointScope, "Defender for Endpoint", cloud.Name)
}

// GraphAPI gives the base URL of Microsoft Graph and the scope of its tokens: the configured ones, else the cloud's.
func (c Config) GraphAPI() (url, scope string, err error) {
	cloud, err := c.InCloud()
	if err != nil {
		return "", "", err
	}
	return pickAPI(c.Graph.URL, c.Graph.Scope, cloud.Graph, cloud.GraphScope, "Microsoft Graph", cloud.Name)
}

func pickAPI(url, scope, cloudURL, cloudScope, service, cloud string) (string, string, error) {
	if url == "" {
		url = cloudURL
	}
	if scope == "" {
		scope = cloudScope
	}
	switch {
	case url == "":
		return "", "", fmt.Errorf("%s is not offered in the cloud %q; set url to ask another server", service, cloud)
	case scope == "":
		return "", "", fmt.Errorf("the cloud %q has no token scope for %s; set scope", cloud, service)
	}
	return url, scope, nil
}

// PortalURL gives the base URL of the portal: the configured one, else the cloud's.
func (c Config) PortalURL() (string, error) {
	cloud, err := c.InCloud()
	switch {
	case err != nil:
		return "", err
	case c.Portal.URL != "":
		return c.Portal.URL, nil
	case cloud.Portal == "":
		return "", fmt.Errorf("there is no Defender portal in the cloud %q; name the page that links are to open", cloud.Name)
	}
	return cloud.Portal, nil
}
