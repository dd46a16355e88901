package world

// Container is an object that holds others: an organizational unit, or one of the containers that every domain has.
type Container struct {
	Domain int
	Class  string // "organizationalUnit", "container" or "builtinDomain"
	Name   string
	Parent string
}

// DN gives the distinguished name.
func (c *Container) DN() string {
	if c.Class == "organizationalUnit" {
		return "OU=" + c.Name + "," + c.Parent
	}
	return "CN=" + c.Name + "," + c.Parent
}

// Containers lists the containers of both domains, each after the one that holds it.
func (w *World) Containers() []Container {
	var all []Container
	for d := range w.domains {
		base := w.domains[d].BaseDN
		add := func(class, parent string, names ...string) {
			for _, name := range names {
				all = append(all, Container{Domain: d, Class: class, Name: name, Parent: parent})
			}
		}
		const unit = "organizationalUnit"
		add("builtinDomain", base, "Builtin")
		add("container", base, "Users", "Computers", "Managed Service Accounts", "System")
		add(unit, base, "Domain Controllers", "People", "Workstations", "Servers", "Groups", "Service Accounts", "Admins",
			"Leavers", "Contacts")
		for i := range departments {
			add(unit, "OU=People,"+base, departments[i].name)
		}
		seen := make(map[string]bool)
		for i := range sites {
			if !seen[sites[i].city] {
				seen[sites[i].city] = true
				add(unit, "OU=Workstations,"+base, sites[i].city)
			}
		}
		for i := range serverRoles {
			if folder := serverRoles[i].folder; !seen[folder] {
				seen[folder] = true
				add(unit, "OU=Servers,"+base, folder)
			}
		}
	}
	return all
}
