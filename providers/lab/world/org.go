package world

// site is a place of the organisation: it decides the domain, the prefix of computer names and the telephone code.
type site struct {
	code, city string
	domain     int
	dial       string // numbers end in 0100 to 0199, which are set aside for examples
	subnet     int    // second byte of the addresses
}

const (
	contoso = 0
	emea    = 1
)

var sites = [...]site{
	{"SEA", "Seattle", contoso, "+1 206 555 ", 10},
	{"MUC", "Munich", emea, "+49 89 555 ", 49},
	{"AUS", "Austin", contoso, "+1 512 555 ", 12},
	{"NYC", "New York", contoso, "+1 212 555 ", 14},
	{"SEA", "Seattle", contoso, "+1 206 555 ", 10},
	{"LON", "London", emea, "+44 20 5550 ", 44},
	{"SIN", "Singapore", contoso, "+65 6555 ", 65},
	{"GRU", "São Paulo", contoso, "+55 11 5555 ", 55},
	{"AUS", "Austin", contoso, "+1 512 555 ", 12},
	{"MAD", "Madrid", emea, "+34 91 555 ", 34},
	{"WAW", "Warsaw", emea, "+48 22 555 ", 48},
	{"NYC", "New York", contoso, "+1 212 555 ", 14},
}

// department has its own titles, from the head down; most people have one of the later ones.
type department struct {
	name   string
	code   string
	titles []string
}

var departments = [...]department{
	{"Finance", "FIN", []string{"Chief Financial Officer", "Finance Manager", "Controller", "Senior Accountant", "Accountant", "Payroll Specialist", "Financial Analyst"}},
	{"Human Resources", "HR", []string{"Head of Human Resources", "HR Business Partner", "Recruiter", "Learning Specialist", "HR Generalist", "Benefits Analyst"}},
	{"IT Operations", "IT", []string{"Head of IT Operations", "Infrastructure Lead", "Systems Engineer", "Service Desk Analyst", "Network Engineer", "Cloud Engineer"}},
	{"Security", "SEC", []string{"Chief Information Security Officer", "SOC Lead", "Security Analyst", "Incident Responder", "Identity Engineer"}},
	{"Engineering", "ENG", []string{"Head of Engineering", "Engineering Manager", "Staff Engineer", "Senior Software Engineer", "Software Engineer", "Test Engineer", "Release Engineer"}},
	{"Sales", "SAL", []string{"Head of Sales", "Regional Sales Manager", "Account Executive", "Sales Engineer", "Inside Sales Representative"}},
	{"Marketing", "MKT", []string{"Head of Marketing", "Product Marketing Manager", "Content Strategist", "Designer", "Campaign Analyst"}},
	{"Legal", "LEG", []string{"General Counsel", "Senior Counsel", "Paralegal", "Compliance Officer"}},
	{"Procurement", "PRO", []string{"Head of Procurement", "Category Manager", "Buyer", "Vendor Analyst"}},
	{"Logistics", "LOG", []string{"Head of Logistics", "Warehouse Supervisor", "Dispatcher", "Supply Planner", "Customs Specialist"}},
	{"Customer Support", "SUP", []string{"Head of Customer Support", "Support Team Lead", "Support Engineer", "Support Specialist", "Quality Coach"}},
	{"Research", "RND", []string{"Head of Research", "Principal Scientist", "Research Scientist", "Lab Technician", "Data Scientist"}},
}

// service is a purpose that has a service account.
type service struct {
	name, description, spn string
	group                  string // beside GG-ServiceAccounts
}

var services = [...]service{
	{"backup", "Nightly backup of file servers", "", "Backup Operators"},
	{"sql", "SQL Server engine, finance cluster", "MSSQLSvc/fin-sql-01.contoso.test:1433", "GG-SQL-Admins"},
	{"scan", "Vulnerability scanner, authenticated scans", "", "GG-Tier1-ServerAdmins"},
	{"web", "Intranet application pool", "HTTP/intranet.contoso.test", ""},
	{"build", "Build agents", "HTTP/build.contoso.test", ""},
	{"adsync", "Directory synchronisation to Entra ID", "", ""},
	{"sharepoint", "SharePoint farm", "HTTP/portal.contoso.test", ""},
	{"monitor", "Server monitoring", "", ""},
	{"print", "Print queue management", "", "Print Operators"},
	{"erp", "ERP application servers", "HTTP/erp.contoso.test", ""},
	{"vpn", "RADIUS for remote access", "", ""},
	{"crm", "CRM application pool", "HTTP/crm.contoso.test", ""},
	{"deploy", "Software distribution", "", "GG-Tier1-ServerAdmins"},
	{"bi", "Reporting services", "HTTP/reports.contoso.test", "GG-SQL-Admins"},
	{"payroll", "Payroll export", "", ""},
	{"exchange", "Exchange health checks", "exchangeMDB/exch-01.contoso.test", ""},
	{"badge", "Door badge system", "", ""},
	{"wsus", "Update approvals", "", ""},
	{"pki", "Certificate enrolment", "", ""},
	{"archive", "Mail archive", "", ""},
	{"telephony", "Call manager", "SIP/calls.contoso.test", ""},
	{"scada", "Plant data collector", "", ""},
	{"mail", "SMTP relay", "", ""},
	{"proxy", "Web proxy sign-in", "HTTP/proxy.contoso.test", ""},
	{"hyperv", "Virtual machine manager", "", "GG-Tier1-ServerAdmins"},
}

// serverRole is a purpose that servers are named after.
type serverRole struct {
	prefix, folder, description string
	spn                         string
}

var serverRoles = [...]serverRole{
	{"FIN-SQL", "Database", "SQL Server of finance", "MSSQLSvc"},
	{"BUILD", "Build", "Build agent", "HTTP"},
	{"FILE", "File", "File server", ""},
	{"HR-APP", "Application", "Personnel system", "HTTP"},
	{"EXCH", "Messaging", "Exchange mailbox server", "exchangeMDB"},
	{"WEB", "Application", "Intranet web server", "HTTP"},
	{"BKP", "Infrastructure", "Backup server", ""},
	{"JUMP", "Infrastructure", "Jump host of administrators", ""},
	{"ERP-APP", "Application", "ERP application server", "HTTP"},
	{"ERP-SQL", "Database", "SQL Server of the ERP", "MSSQLSvc"},
	{"PRINT", "File", "Print server", ""},
	{"MON", "Infrastructure", "Monitoring", ""},
	{"HV", "Virtualization", "Hyper-V host", "Microsoft Virtual Console Service"},
	{"WSUS", "Infrastructure", "Update server", "HTTP"},
	{"RDS", "Remote Desktop", "Remote Desktop session host", "TERMSRV"},
	{"CRM-SQL", "Database", "SQL Server of the CRM", "MSSQLSvc"},
	{"LOG", "Infrastructure", "Log collector", ""},
	{"GIT", "Build", "Source code server", "HTTP"},
	{"SP", "Application", "SharePoint server", "HTTP"},
	{"NPS", "Infrastructure", "RADIUS server", ""},
	{"LAB", "Application", "Laboratory data", ""},
	{"DEPLOY", "Infrastructure", "Software distribution point", ""},
	{"BI", "Database", "Reporting server", "HTTP"},
	{"SCADA", "Application", "Plant data collector", ""},
}
