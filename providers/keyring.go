package providers

import (
	"errors"
	"fmt"
	"time"

	"github.com/zalando/go-keyring"

	"adbadge/model"
	"adbadge/model/text"
)

const (
	// keyringService is the name under which passwords of directory users are kept.
	keyringService = "adbadge"
	// keyringPatience is how long the keyring may take. One that is locked asks the user on the desktop; over SSH
	// nobody sees that.
	keyringPatience = 3 * time.Second
)

// readKeyring takes the password of a user from the keyring of the desktop: Secret Service, Keychain or Credential
// Manager. The library cannot be interrupted; a keyring that never answers keeps one goroutine until the program ends.
func readKeyring(user string) (string, error) {
	type answer struct {
		password string
		err      error
	}
	done := make(chan answer, 1)
	go func() {
		password, err := keyring.Get(keyringService, user)
		done <- answer{password, err}
	}()
	f := &model.Failure{Source: model.Directory, Kind: model.Misconfigured,
		Doing: fmt.Sprintf("read the password of %s from the keyring", text.Clean(user))}
	select {
	case <-time.After(keyringPatience):
		f.Kind, f.Seen = model.TimedOut, fmt.Sprintf("it did not answer within %s", keyringPatience)
		f.Remedy = "Unlock the keyring first, or set password_file under [directory]."
	case a := <-done:
		f.Cause = a.err
		switch {
		case a.err == nil && a.password != "":
			return a.password, nil
		case a.err == nil, errors.Is(a.err, keyring.ErrNotFound):
			f.Seen = "it holds none"
			f.Remedy = fmt.Sprintf("Store it under the service %s and this user name; on Linux: secret-tool store --label=adbadge service %[1]s username NAME",
				keyringService)
		default:
			f.Seen = "there is no keyring that answers"
			f.Remedy = "Log in to a desktop that has one, or set password_file under [directory]."
		}
	}
	return "", f
}
