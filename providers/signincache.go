package providers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers/entra"
)

// keySize is that of AES-256, in bytes.
const keySize = 32

// openCache gives the cache that the configuration names for a person's sign-in; nil where nothing is to be kept.
func openCache(c config.Config, authority, stateDir string) (*entra.Cache, error) {
	if !c.SignIn.AsksPerson() || c.SignIn.Cache == config.CacheNone {
		return nil, nil
	}
	subject := strings.ToLower(strings.Join([]string{authority, c.Tenant.ID, c.SignIn.ClientID}, " "))
	sum := sha256.Sum256([]byte(subject))
	name := "signin-" + hex.EncodeToString(sum[:8])
	if stateDir == "" {
		return entra.NewCache("", subject, noFolder{}), nil
	}
	var keys entra.KeyHolder = keyInKeyring(name)
	if c.SignIn.Cache == config.CacheFile {
		words, err := readPassphrase(c.SignIn)
		if err != nil {
			return nil, err
		}
		keys = words
	}
	return entra.NewCache(filepath.Join(stateDir, name), subject, keys), nil
}

// noFolder holds no key: there is no folder for what would be sealed with it.
type noFolder struct{}

// Key implements entra.KeyHolder.
func (noFolder) Key([]byte, bool) ([]byte, error) {
	return nil, &model.Failure{Source: model.Identity, Kind: model.Misconfigured, Doing: "keep the sign-in",
		Seen: "there is no state folder", Remedy: "Set HOME or XDG_STATE_HOME."}
}

// Forget implements entra.KeyHolder.
func (noFolder) Forget() error { return nil }

// passphrase makes the key of a cache from words that a person chose.
type passphrase string

// minPassphrase is the least length of a passphrase, in characters.
const minPassphrase = 12

func readPassphrase(s config.SignIn) (passphrase, error) {
	const what = "the passphrase of the kept sign-in"
	words, err := readSecret(model.Identity, what, s.CacheKeyEnv, s.CacheKeyFile)
	if err == nil && utf8.RuneCountInString(words) < minPassphrase {
		err = &model.Failure{Source: model.Identity, Kind: model.Misconfigured, Doing: "read " + what,
			Seen:   fmt.Sprintf("it is shorter than %d characters", minPassphrase),
			Remedy: "Choose a longer one, such as five words, or what this prints: openssl rand -base64 24"}
	}
	return passphrase(words), err
}

// Key implements entra.KeyHolder: Argon2id with the parameters that RFC 9106 recommends where memory is scarce.
func (p passphrase) Key(salt []byte, _ bool) ([]byte, error) {
	return argon2.IDKey([]byte(p), salt, 3, 64<<10, 4, keySize), nil
}

// Forget implements entra.KeyHolder: the words are the person's.
func (passphrase) Forget() error { return nil }
