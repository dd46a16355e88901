package entra

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// A sealed file is its form, a salt, and what AES-256-GCM made of the contents with form, salt and subject beside them.
const (
	sealedForm = "adbadge sign-in 1\n"
	saltSize   = 16
	maxSealed  = 4 << 20 // far above the tokens of a few accounts
)

var errUnreadable = errors.New("what the last sign-in left cannot be read with this key")

func seal(plain, salt, key []byte, subject string) ([]byte, error) {
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	head := append([]byte(sealedForm), salt...)
	return aead.Seal(head, nil, plain, append(head[:len(head):len(head)], subject...)), nil
}

// saltOf gives the salt of a sealed file.
func saltOf(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte(sealedForm)) || len(data) < len(sealedForm)+saltSize {
		return nil, errUnreadable
	}
	return data[len(sealedForm) : len(sealedForm)+saltSize], nil
}

func unseal(data, key []byte, subject string) ([]byte, error) {
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	head := data[: len(sealedForm)+saltSize : len(sealedForm)+saltSize]
	return aead.Open(nil, nil, data[len(head):], append(head, subject...))
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block) // fit for 2^32 files under one key
}

func readSealed(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe is refused rather than waited for
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxSealed+1))
	if err == nil && len(data) > maxSealed {
		return nil, errUnreadable
	}
	return data, err
}

// replaceSealed replaces the file as a whole.
func replaceSealed(path string, data []byte) (err error) {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, filepath.Base(path)+".*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil || runtime.GOOS == "windows" {
		return err
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
