package providers

import (
	"context"
	"fmt"
	"io"
	"strings"

	"adbadge/providers/lab"
)

// ServeLab runs the embedded tenant until the context ends, for other programs to connect to, and writes how.
func ServeLab(ctx context.Context, o LabOptions, out io.Writer) error {
	running, err := startLab(ctx, o)
	if err != nil {
		return err
	}
	err = introduce(running, out)
	if err == nil {
		<-ctx.Done()
	}
	if stopped := running.Close(); err == nil {
		err = stopped
	}
	return err
}

// introduce writes how to connect other tools to a lab, and adbadge itself as to any tenant.
func introduce(running *lab.Lab, out io.Writer) error {
	connections, err := running.Describe()
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, c := range connections {
		describe(&text, c)
	}
	certificate, err := running.CAFile()
	if err != nil {
		return err
	}
	configure(&text, running, certificate)
	_, err = io.WriteString(out, text.String())
	return err
}

func describe(text *strings.Builder, c lab.Connection) {
	fmt.Fprintf(text, "%s\n  address  %s\n", c.Name, c.Address)
	for _, field := range []struct{ name, value string }{{"user", c.User}, {"secret", c.Secret}, {"scope", c.Scope}, {"cookies", c.Cookies}, {"try", c.Try}} {
		if field.value != "" {
			fmt.Fprintf(text, "  %-7s  %s\n", field.name, field.value)
		}
	}
	text.WriteByte('\n')
}

// Variables that hold the secrets of a lab, for a configuration that leads to it.
const (
	labPasswordVariable = "ADBADGE_LAB_PASSWORD"
	labSecretVariable   = "ADBADGE_LAB_SECRET"
)

// configure writes a configuration that leads to the lab. Every value is plain ASCII, which Go and TOML quote alike.
func configure(text *strings.Builder, running *lab.Lab, certificate string) {
	c := running.Config()
	d := c.Directories[0]
	list := func(values []string) string {
		quoted := make([]string, len(values))
		for i, value := range values {
			quoted[i] = fmt.Sprintf("%q", value)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	fmt.Fprintf(text, "As a tenant of adbadge\n  export %s='%s'\n  export %s='%s'\n\n",
		labPasswordVariable, running.DirectoryPassword(), labSecretVariable, running.Secret())
	text.WriteString("# a configuration for adbadge\n")
	fmt.Fprintf(text, "[tenant]\nname = %q\nid = %q\nwrite = true\n\n", c.Tenant.Name, c.Tenant.ID)
	fmt.Fprintf(text, "[directory]\nsource = %q\nservers = %s\nbase_dns = %s\nuser = %q\npassword_env = %q\nca_file = %q\n\n",
		d.Source, list(d.Servers), list(d.BaseDNs), d.User, labPasswordVariable, certificate)
	fmt.Fprintf(text, "[signin]\nmethod = %q\nclient_id = %q\nsecret_env = %q\nauthority = %q\nca_file = %q\n\n",
		c.SignIn.Method, c.SignIn.ClientID, labSecretVariable, c.SignIn.Authority, certificate)
	fmt.Fprintf(text, "[endpoint]\nenabled = true\nurl = %q\nscope = %q\n\n", c.Endpoint.URL, c.Endpoint.Scope)
	fmt.Fprintf(text, "[graph]\nenabled = true\nurl = %q\nscope = %q\n\n", c.Graph.URL, c.Graph.Scope)
	fmt.Fprintf(text, "[portal]\nurl = %q\nsession = true\n# end of the configuration\n", c.Portal.URL)
}
