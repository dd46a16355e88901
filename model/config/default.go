package config

import "time"

// Default is the configuration of someone who has none: the lab. The file config.example.toml says the same, line by
// line; a test compares the two.
func Default() Config {
	return Config{
		Tenant:      Tenant{Cloud: "public"},
		Directories: []Directory{defaultDirectory()},
		SignIn:      SignIn{Method: MethodNone, Cache: CacheKeyring, Timeout: 30 * time.Second},
		Portal:      Portal{Browser: []string{}},
		Refresh: Refresh{
			Interval:          time.Minute,
			DirectoryInterval: 15 * time.Minute,
			Snapshot:          true,
		},
		Screen: Screen{Theme: "auto", Mouse: true},
		Views: []View{
			{Name: "All", Sort: "badge"},
			{Name: "Users", Query: "kind:user", Sort: "badge"},
			{Name: "Computers", Query: "kind:computer", Sort: "badge"},
			{Name: "Alerts", Query: "badge:alerts", Sort: "badge"},
			{Name: "Not recognised", Query: "badge:unrecognized", Sort: "name"},
			{Name: "To onboard", Query: "badge:discovered", Sort: "name"},
			{Name: "Sensor trouble", Query: "badge:trouble", Sort: "badge"},
			{Name: "Sensitive", Query: "sensitive:yes", Sort: "badge"},
		},
		Keys: map[string][]string{},
	}
}

func defaultDirectory() Directory {
	return Directory{
		Source:     SourceLab,
		Servers:    []string{},
		BaseDNs:    []string{},
		ExcludeOUs: []string{},
		Auth:       AuthSimple,
		PageSize:   1000, // what domain controllers answer at most (MaxPageSize) unless told otherwise
		Timeout:    30 * time.Second,
	}
}
