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
		return fmt.Sprintf("others can read or change %s (mode %04o); run: chmod 600 %s", path, info.Mode().Perm(), shellQuote(path))
	}
	return ""
}

// checkFiles makes the names of files absolute and checks that they can be used.
func checkFiles(r *report, cfg *Config, folder string) {
	for _, f := range []struct {
		path   []string
		name   *string
		secret bool
	}{
		{at("directory", "password_file"), &cfg.Directory.PasswordFile, true},
		{at("directory", "keytab_file"), &cfg.Directory.KeytabFile, true},
		{at("directory", "krb5_conf"), &cfg.Directory.KerberosFile, false},
		{at("directory", "ca_file"), &cfg.Directory.CAFile, false},
		{at("directory", "ldif_file"), &cfg.Directory.LDIFFile, false},
		{at("signin", "secret_file"), &cfg.SignIn.SecretFile, true},
		{at("signin", "certificate_file"), &cfg.SignIn.CertificateFile, true},
		{at("signin", "ca_file"), &cfg.SignIn.CAFile, false},
	} {
		if *f.name == "" {
			continue
		}
		*f.name = absolute(*f.name, folder)
		info, err := os.Stat(*f.name)
		if err != nil {
			r.say(f.path, "%s: %s", setting(f.path), cannotRead(*f.name, err))
			continue
		}
		problem := ""
		switch {
		case f.secret:
			problem = secretFileProblem(*f.name, info)
		case info.IsDir():
			problem = *f.name + " is a folder"
		}
		if problem != "" {
			r.say(f.path, "%s: %s", setting(f.path), problem)
		}
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
