package ldap

import (
	"strings"

	"adbadge/model/text"
)

// systems are the operating systems that are known by a shorter name, longest name first where one begins with
// another. What follows the name in AD is an edition ("Enterprise", "Datacenter"), which is left out.
var systems = [...]string{
	"Windows Server 2003 R2", "Windows Server 2003", "Windows Server 2008 R2", "Windows Server 2008",
	"Windows Server 2012 R2", "Windows Server 2012", "Windows Server 2016", "Windows Server 2019",
	"Windows Server 2022", "Windows Server 2025",
	"Windows 2000 Server", "Windows XP", "Windows Vista", "Windows 7", "Windows 8.1", "Windows 8",
	"Windows 10", "Windows 11",
}

// releases are the builds of Windows 10 and 11 and the names of their releases (Microsoft, "Windows 10 release
// information" and "Windows 11 release information").
var releases = [...]struct{ system, build, release string }{
	{"Windows 10", "10240", "1507"}, {"Windows 10", "10586", "1511"}, {"Windows 10", "14393", "1607"},
	{"Windows 10", "15063", "1703"}, {"Windows 10", "16299", "1709"}, {"Windows 10", "17134", "1803"},
	{"Windows 10", "17763", "1809"}, {"Windows 10", "18362", "1903"}, {"Windows 10", "18363", "1909"},
	{"Windows 10", "19041", "2004"}, {"Windows 10", "19042", "20H2"}, {"Windows 10", "19043", "21H1"},
	{"Windows 10", "19044", "21H2"}, {"Windows 10", "19045", "22H2"},
	{"Windows 11", "22000", "21H2"}, {"Windows 11", "22621", "22H2"}, {"Windows 11", "22631", "23H2"},
	{"Windows 11", "26100", "24H2"}, {"Windows 11", "26200", "25H2"},
}

var withoutTrademarks = strings.NewReplacer("®", "", "™", "")

// shortSystem makes "Windows 11 24H2" of "Windows 11 Enterprise" and "10.0 (26100)". Long-term editions keep their
// mark, because other rules hold for them. What is not in the tables stays as it is.
func shortSystem(name, version text.Line) text.Line {
	plain := withoutTrademarks.Replace(string(name))
	for _, system := range systems {
		rest, found := strings.CutPrefix(plain, system)
		if !found || rest != "" && rest[0] != ' ' {
			continue
		}
		short := system
		if release := releaseOf(system, string(version)); release != "" {
			short += " " + release
		}
		for _, mark := range []string{"LTSC", "LTSB"} {
			if strings.Contains(rest, mark) {
				short += " " + mark
			}
		}
		return text.Line(short)
	}
	return name
}

func releaseOf(system, version string) string {
	_, build, _ := strings.Cut(version, "(")
	build, _, _ = strings.Cut(build, ")")
	for _, r := range releases {
		if r.system == system && r.build == build {
			return r.release
		}
	}
	return ""
}
