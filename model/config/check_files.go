package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// secretFileProblem says why a file may not be used for a secret, or nothing.
func secretFileProblem(path string, info os.FileInfo) string {
	switch {
	case !info.Mode().IsRegular():
		return path + " is not a regular file"
	case hasModes() && info.Mode().Perm()&0o077 != 0:
		return fmt.Sprintf("others can read or change %s (mode %04o); run: chmod 600 %s", path, info.Mode().Perm(), ShellQuote(path))
	}
	return ""
}

// checkFiles makes the names of files absolute and checks that they can be used.
func checkFiles(r *report, cfg *Config, folder string) {
	scope{report: r}.files(cfg, folder)
	for i := range cfg.Tenants {
		scope{report: r, tenant: cfg.Tenants[i].Tenant.Name}.files(&cfg.Tenants[i], folder)
	}
}

// files checks those of one tenant.
func (s scope) files(cfg *Config, folder string) {
	for i := range cfg.Directories {
		d, in := &cfg.Directories[i], s.inDirectory(i, len(cfg.Directories))
		in.useFile(at("directory", "password_file"), &d.PasswordFile, folder, true)
		in.useFile(at("directory", "keytab_file"), &d.KeytabFile, folder, true)
		in.useFile(at("directory", "krb5_conf"), &d.KerberosFile, folder, false)
		in.useFile(at("directory", "ca_file"), &d.CAFile, folder, false)
		in.useFile(at("directory", "ldif_file"), &d.LDIFFile, folder, false)
	}
	s.useFile(at("signin", "secret_file"), &cfg.SignIn.SecretFile, folder, true)
	s.useFile(at("signin", "certificate_file"), &cfg.SignIn.CertificateFile, folder, true)
	s.useFile(at("signin", "token_file"), &cfg.SignIn.TokenFile, folder, false)
	s.useFile(at("signin", "cache_key_file"), &cfg.SignIn.CacheKeyFile, folder, true)
	s.useFile(at("signin", "ca_file"), &cfg.SignIn.CAFile, folder, false)
}

// useFile makes the name of one file absolute and checks it.
func (s scope) useFile(path []string, name *string, folder string, secret bool) {
	if *name == "" {
		return
	}
	*name = absolute(*name, folder)
	info, err := os.Stat(*name)
	problem := ""
	switch {
	case err != nil:
		problem = cannotRead(*name, err)
	case secret:
		problem = secretFileProblem(*name, info)
	case info.IsDir():
		problem = *name + " is a folder"
	}
	if problem != "" {
		s.say(path, "%s: %s", setting(path), problem)
	}
}

func cannotRead(path string, err error) string {
	if errors.Is(err, os.ErrNotExist) {
		return "there is no file " + path
	}
	return err.Error()
}

// absolute gives the whole path of a file that a configuration in the given folder names.
func absolute(name, folder string) string {
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(folder, name)
}
