package providers

import "adbadge/providers/portal"

// Links builds the links to both portals, checks them, and opens them where that is safe.
type Links = portal.Links
