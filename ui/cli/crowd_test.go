package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adbadge/model"
	"adbadge/model/text"
)

// million is a directory of a million entities: as an LDIF file that adbadge has read and keeps a snapshot of, and as the
// lines with the same names that other programs are given.
type million struct {
	*shell
	configuration, lines string
	rows                 int // bytes of its attributes as a table with tabs
}

// crowdEntity gives the entity of a number; half of them are computers.
func crowdEntity(i int) model.Entity {
	given := []string{"Anna", "Karl", "Aisha", "Marie", "Li", "Olga", "Peter", "Sven", "Fatima", "Ivan", "Chloe"}
	family := []string{"Berg", "Schneider", "Rahman", "Lopez", "Schulz", "Novak", "Smith", "Kowalski", "Santos", "Okafor", "Nguyen", "Ivanova", "Quick"}
	department := []string{"Finance", "IT operations", "Sales", "Human resources", "Production", "Research"}[i%6]
	e := model.Entity{SID: model.SID(fmt.Sprintf("S-1-5-21-1004336348-1177238915-682003330-%d", 1100+i)), Domain: "contoso.test"}
	binary.BigEndian.PutUint64(e.ID[:], uint64(i+1)*0x9E3779B97F4A7C15)
	if i%2 == 0 {
		name := fmt.Sprintf("%s-%s%06d", []string{"WS", "LT", "SRV"}[i%3], []string{"FIN", "HR", "BER"}[i/3%3], i)
		e.Kind, e.Name, e.SAM, e.DNSName = model.Computer, text.Line(name), text.Line(name+"$"), text.Line(strings.ToLower(name)+".contoso.test")
		e.DN, e.OS = text.Line("CN="+name+",OU=Workstations,DC=contoso,DC=test"), "Windows 11 Enterprise"
		return e
	}
	g, f := given[i%len(given)], family[i/2%len(family)]
	e.Kind, e.Name, e.Department = model.User, text.Line(g+" "+f), text.Line(department)
	e.SAM = text.Line(fmt.Sprintf("%s%d", strings.ToLower(g[:1]+f), i))
	e.UPN = text.Line(fmt.Sprintf("%s%d@contoso.test", strings.ToLower(g+"."+f), i))
	e.DN = text.Line(fmt.Sprintf("CN=%s %d,OU=%s,OU=People,DC=contoso,DC=test", e.Name, i, department))
	return e
}

const crowdSize = 1_000_000

func newMillion(b *testing.B) *million {
	m := &million{shell: newShell(b)}
	m.configuration, m.lines = filepath.Join(m.home, "million.toml"), filepath.Join(m.home, "lines")
	file := filepath.Join(m.home, "million.ldif")
	var ldif, lines bytes.Buffer
	ldif.WriteString("version: 1\n\n")
	for i := range crowdSize {
		e := crowdEntity(i)
		m.rows += writeLDIF(&ldif, &e)
		fmt.Fprintf(&lines, "%s\t%s\t%s\t%s\n", e.SAM, e.Name, e.UPN, e.DNSName)
	}
	for path, data := range map[string][]byte{
		file: ldif.Bytes(), m.lines: lines.Bytes(), m.configuration: fmt.Appendf(nil, "[directory]\nsource = \"ldif\"\nldif_file = %q\n", file),
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	m.runAlive("status", "--config", m.configuration, "--timeout", "10m", "--fail-on", "never").wants(0).shows("1,000,000")
	return m
}

// writeLDIF writes an entity as a dump has it, and gives how long its values are as one line of a table.
func writeLDIF(to *bytes.Buffer, e *model.Entity) (row int) {
	var sid [28]byte
	copy(sid[:], []byte{1, 5, 0, 0, 0, 0, 0, 5})
	var authorities [5]uint32
	fmt.Sscanf(string(e.SID), "S-1-5-%d-%d-%d-%d-%d", &authorities[0], &authorities[1], &authorities[2], &authorities[3], &authorities[4])
	for i, authority := range authorities {
		binary.LittleEndian.PutUint32(sid[8+4*i:], authority)
	}
	class, accountType, control := "user", "805306368", "512"
	if e.Kind == model.Computer {
		class, accountType, control = "computer", "805306369", "4096"
	}
	for _, attribute := range [][2]string{
		{"dn", e.DN.String()}, {"objectClass", class}, {"displayName", e.Name.String()}, {"sAMAccountName", e.SAM.String()},
		{"sAMAccountType", accountType}, {"userAccountControl", control}, {"userPrincipalName", e.UPN.String()},
		{"dNSHostName", e.DNSName.String()}, {"department", e.Department.String()}, {"operatingSystem", e.OS.String()},
	} {
		if row += len(attribute[1]) + 1; attribute[1] != "" {
			fmt.Fprintf(to, "%s: %s\n", attribute[0], attribute[1])
		}
	}
	fmt.Fprintf(to, "objectGUID:: %s\nobjectSid:: %s\n\n", base64.StdEncoding.EncodeToString(e.ID[:]), base64.StdEncoding.EncodeToString(sid[:]))
	return row + len(e.ID.String()) + 1 + len(e.SID) + 1
}
