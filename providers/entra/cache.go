package entra

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"sync"

	msal "github.com/AzureAD/microsoft-authentication-library-for-go/apps/cache"

	"adbadge/model"
	"adbadge/model/text"
)

// KeyHolder holds the key of a Cache.
type KeyHolder interface {
	// Key gives the 32 bytes that belong to a salt, or ErrNoKey where there are none and create is not set.
	Key(salt []byte, create bool) ([]byte, error)
	// Forget lets go of the key, if it was made for the cache alone.
	Forget() error
}

// ErrNoKey says that no key was made yet.
var ErrNoKey = errors.New("there is no key yet")

// Cache keeps what a person's sign-in left, account and tokens, from one start to the next: in one file, sealed with a
// key that is kept elsewhere. What cannot be sealed is not kept, and Trouble says why; the sign-in goes on without. A
// file that another process removed means that the person has signed out. It is safe for concurrent use.
type Cache struct {
	path    string
	subject string // whose tokens these are: a file does not fit another cache
	keys    KeyHolder

	mu      sync.Mutex
	salt    []byte
	key     []byte
	keyErr  error // the key holder is asked once: one that does not answer would hold up every token
	kept    bool  // the file was there when it was last looked at
	trouble error
}

// NewCache names the file of a cache; nothing is read or made yet. subject tells sign-ins apart.
func NewCache(path, subject string, keys KeyHolder) *Cache {
	return &Cache{path: path, subject: subject, keys: keys}
}

var _ msal.ExportReplace = (*Cache)(nil)

// Replace implements the library's cache: it reads the file.
func (c *Cache) Replace(ctx context.Context, into msal.Unmarshaler, _ msal.ReplaceHints) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	plain, err := c.read()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if !c.kept {
			return nil
		}
		c.kept, c.salt, c.key = false, nil, nil // the key went with the file
		return into.Unmarshal([]byte("{}"))
	case err != nil:
		c.trouble = err
		return nil
	}
	if err := into.Unmarshal(plain); err != nil {
		c.trouble = errUnreadable
		return nil
	}
	c.kept, c.trouble = true, nil
	return nil
}

// Export implements the library's cache: it replaces the file.
func (c *Cache) Export(ctx context.Context, from msal.Marshaler, _ msal.ExportHints) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	plain, err := from.Marshal()
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.trouble = c.write(plain); c.trouble == nil {
		c.kept = true
	}
	return nil
}

// read gives what the file holds.
func (c *Cache) read() ([]byte, error) {
	data, err := readSealed(c.path)
	if err != nil {
		return nil, err
	}
	salt, err := saltOf(data)
	if err != nil {
		return nil, err
	}
	for _, again := range []bool{false, true} { // another process may have made another key
		if err := c.useKey(salt, false, again); err != nil {
			return nil, err
		}
		plain, err := unseal(data, c.key, c.subject)
		if err == nil {
			return plain, nil
		}
	}
	return nil, errUnreadable
}

func (c *Cache) write(plain []byte) error {
	if err := c.useKey(c.ownSalt(), true, false); err != nil {
		return err
	}
	data, err := seal(plain, c.salt, c.key, c.subject)
	if err == nil {
		err = replaceSealed(c.path, data)
	}
	return err
}

// ownSalt gives the salt of the key at hand, or a new one.
func (c *Cache) ownSalt() []byte {
	if c.salt != nil {
		return c.salt
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // crypto/rand never fails
	return salt
}

// useKey asks for the key that belongs to a salt, unless it is at hand and not to be asked for again.
func (c *Cache) useKey(salt []byte, create, again bool) error {
	switch {
	case c.keyErr != nil:
		return c.keyErr
	case c.key != nil && bytes.Equal(c.salt, salt) && !again:
		return nil
	}
	key, err := c.keys.Key(salt, create)
	switch {
	case errors.Is(err, ErrNoKey):
		return errUnreadable
	case err != nil:
		c.keyErr = err
		return err
	}
	c.salt, c.key = bytes.Clone(salt), key
	return nil
}

// Trouble says why nothing is kept, in half a sentence; empty when it is, or will be with the next sign-in. A nil Cache
// keeps nothing by intention.
func (c *Cache) Trouble() string {
	if c == nil {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.trouble == nil && c.key == nil {
		c.trouble = c.useKey(c.ownSalt(), false, false)
	}
	f, ok := errors.AsType[*model.Failure](c.trouble)
	switch {
	case c.trouble == nil, errors.Is(c.trouble, errUnreadable): // what cannot be read is replaced
		return ""
	case ok:
		return f.Seen
	}
	return text.Clean(c.trouble.Error()).String()
}

// Forget removes the file and the key.
func (c *Cache) Forget() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := os.Remove(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	c.kept, c.salt, c.key = false, nil, nil
	return errors.Join(err, c.keys.Forget())
}
