package providers

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/zalando/go-keyring"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

const (
	// keyringService is the name under which passwords and secrets are kept.
	keyringService = "adbadge"
	// keyringPatience is how long the keyring may take. One that is locked asks the user on the desktop; over SSH
	// nobody sees that.
	keyringPatience = 3 * time.Second
)

// readKeyring takes a password or secret from the keyring of the desktop: Secret Service, Keychain or Credential
// Manager. otherwise is the setting that names another place.
func readKeyring(source model.Source, what, user, otherwise string) (string, error) {
	doing := fmt.Sprintf("read %s of %s from the keyring", what, text.Clean(user))
	secret, err := waitForKeyring(source, doing, otherwise, func() (string, error) { return keyring.Get(keyringService, user) })
	if err == nil && secret == "" || errors.Is(err, keyring.ErrNotFound) {
		return "", &model.Failure{Source: source, Kind: model.Misconfigured, Doing: doing, Seen: "it holds none", Cause: err,
			Remedy: fmt.Sprintf("Store it under the service %s and this user name; on Linux: secret-tool store --label=adbadge service %[1]s username NAME",
				keyringService)}
	}
	return secret, err
}

// waitForKeyring asks the keyring as long as that makes sense. The library cannot be interrupted; a keyring that never
// answers keeps one goroutine until the program ends.
func waitForKeyring(source model.Source, doing, otherwise string, ask func() (string, error)) (string, error) {
	type answer struct {
		secret string
		err    error
	}
	done := make(chan answer, 1)
	go func() {
		secret, err := ask()
		done <- answer{secret, err}
	}()
	f := &model.Failure{Source: source, Kind: model.Misconfigured, Doing: doing}
	select {
	case <-time.After(keyringPatience):
		f.Kind, f.Seen = model.TimedOut, fmt.Sprintf("the keyring did not answer within %s", keyringPatience)
		f.Remedy = fmt.Sprintf("Unlock the keyring first, or set %s.", otherwise)
	case a := <-done:
		if a.err == nil || errors.Is(a.err, keyring.ErrNotFound) {
			return a.secret, a.err
		}
		f.Cause, f.Seen = a.err, "there is no keyring that answers"
		f.Remedy = fmt.Sprintf("Log in to a desktop that has one, or set %s.", otherwise)
	}
	return "", f
}

// keyInKeyring keeps the key of a cache of tokens in the keyring, under this user name. The tokens themselves are too
// long for the keyrings of some systems.
type keyInKeyring string

// cacheSettings are those that take the keyring's place.
const cacheSettings = `cache = "file" with cache_key_file under [signin]`

// Key implements entra.KeyHolder.
func (k keyInKeyring) Key(_ []byte, create bool) ([]byte, error) {
	doing := "read the key of the kept sign-in from the keyring"
	encoded, err := waitForKeyring(model.Identity, doing, cacheSettings, func() (string, error) { return keyring.Get(keyringService, string(k)) })
	switch key, broken := base64.StdEncoding.DecodeString(encoded); {
	case err == nil && broken == nil && len(key) == keySize:
		return key, nil
	case err != nil && !errors.Is(err, keyring.ErrNotFound):
		return nil, err
	case !create:
		return nil, entra.ErrNoKey
	}
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // crypto/rand never fails
	_, err = waitForKeyring(model.Identity, "put the key of the kept sign-in into the keyring", cacheSettings, func() (string, error) {
		return "", keyring.Set(keyringService, string(k), base64.StdEncoding.EncodeToString(key))
	})
	return key, err
}

// Forget implements entra.KeyHolder.
func (k keyInKeyring) Forget() error {
	_, err := waitForKeyring(model.Identity, "remove the key of the kept sign-in from the keyring", cacheSettings, func() (string, error) {
		return "", keyring.Delete(keyringService, string(k))
	})
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return err
}
