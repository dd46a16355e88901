package providers

import (
	"fmt"
	"os"
	"strings"

	"adbadge/model"
	"adbadge/model/config"
)

// directoryPassword finds the password of the directory's user: where the configuration says, else by asking a person.
// It is empty when none is needed.
func directoryPassword(c config.Directory, ask func(user string) (string, error)) (string, error) {
	const what = "the password of the directory"
	switch {
	case c.Source != config.SourceLDAP:
		return "", nil
	case c.PasswordEnv != "" || c.PasswordFile != "":
		return readSecret(model.Directory, what, c.PasswordEnv, c.PasswordFile)
	case c.PasswordKeyring:
		return readKeyring(model.Directory, "the password", c.User, "password_file under [directory]")
	case c.User == "" || c.KeytabFile != "":
		return "", nil
	case ask == nil:
		return "", &model.Failure{Source: model.Directory, Kind: model.Misconfigured, Doing: "read " + what,
			Seen:   "none is configured, and there is nobody to ask: this is no terminal",
			Remedy: "Set password_file, password_env or password_keyring under [directory]."}
	}
	password, err := ask(c.User)
	if err == nil && password == "" {
		err = &model.Failure{Source: model.Directory, Kind: model.SignInRefused, Doing: "ask for " + what, Seen: "none was entered",
			Remedy: "Start again and enter it, or set password_file under [directory]."}
	}
	return password, err
}

// readSecret takes a secret from an environment variable or from a file that only its owner can read. Both names
// empty means that there is none. The secret never becomes part of an error.
func readSecret(source model.Source, what, variable, file string) (string, error) {
	doing := "read " + what
	switch {
	case variable != "":
		secret, found := os.LookupEnv(variable)
		if !found || secret == "" {
			return "", &model.Failure{Source: source, Kind: model.Misconfigured, Doing: doing,
				Seen: fmt.Sprintf("the environment variable %s is empty", variable), Remedy: "Set it, or name a file in the configuration."}
		}
		return secret, nil
	case file != "":
		return readSecretFile(source, doing, file)
	}
	return "", nil
}

// maxSecret bounds what is read from a secret file, in bytes.
const maxSecret = 64 << 10

func readSecretFile(source model.Source, doing, file string) (string, error) {
	info, err := os.Stat(file)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		return "", &model.Failure{Source: source, Kind: model.Misconfigured, Doing: doing,
			Seen:   fmt.Sprintf("%s can be read by others (mode %04o)", file, info.Mode().Perm()),
			Remedy: fmt.Sprintf("Run: chmod 600 %s", file)}
	}
	if err == nil && info.Size() > maxSecret {
		return "", &model.Failure{Source: source, Kind: model.Misconfigured, Doing: doing,
			Seen: file + " is too large for a secret", Remedy: "Name the file that holds the secret and nothing else."}
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(file)
	}
	if err != nil {
		return "", &model.Failure{Source: source, Kind: model.Misconfigured, Doing: doing,
			Seen: err.Error(), Remedy: "Check the path and its permissions.", Cause: err}
	}
	secret := strings.TrimRight(string(data), "\r\n")
	if secret == "" {
		return "", &model.Failure{Source: source, Kind: model.Misconfigured, Doing: doing,
			Seen: file + " is empty", Remedy: "Write the secret into it."}
	}
	return secret, nil
}
