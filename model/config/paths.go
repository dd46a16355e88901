package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// DefaultPath gives where the configuration is looked for: $XDG_CONFIG_HOME/adbadge/config.toml, else
// ~/.config/adbadge/config.toml. It fails when there is neither such a variable nor a home folder.
func DefaultPath() (string, error) {
	folder, err := baseFolder("XDG_CONFIG_HOME", ".config")
	if err != nil {
		return "", fmt.Errorf("find the configuration: %w", err)
	}
	return filepath.Join(folder, "adbadge", "config.toml"), nil
}

// StateDir gives the folder for what adbadge remembers between runs: $XDG_STATE_HOME/adbadge, else
// ~/.local/state/adbadge. It does not make the folder. It fails when there is neither such a variable nor a home
// folder; adbadge then runs without a memory.
func StateDir() (string, error) {
	folder, err := baseFolder("XDG_STATE_HOME", ".local", "state")
	if err != nil {
		return "", fmt.Errorf("find the state folder: %w", err)
	}
	return filepath.Join(folder, "adbadge"), nil
}

// CacheDir gives the folder for what adbadge can make anew, such as snapshots: $XDG_CACHE_HOME/adbadge, else
// ~/.cache/adbadge. It does not make the folder. It fails when there is neither such a variable nor a home folder.
func CacheDir() (string, error) {
	folder, err := baseFolder("XDG_CACHE_HOME", ".cache")
	if err != nil {
		return "", fmt.Errorf("find the cache folder: %w", err)
	}
	return filepath.Join(folder, "adbadge"), nil
}

// baseFolder follows the XDG base directory specification, which tells to ignore a variable with a relative path.
func baseFolder(variable string, inHome ...string) (string, error) {
	if folder := os.Getenv(variable); filepath.IsAbs(folder) {
		return folder, nil
	}
	home, err := os.UserHomeDir()
	if err != nil || !filepath.IsAbs(home) {
		return "", fmt.Errorf("no home folder: set HOME or %s", variable)
	}
	return filepath.Join(append([]string{home}, inHome...)...), nil
}

// Init writes the example configuration to path, for nobody but the user to read, and makes its folder where that is
// missing. It never overwrites: the error is fs.ErrExist when there is such a file. The file appears whole or not at
// all.
func Init(path string, example []byte) error {
	if err := initialise(path, example); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s is there already, and stays as it is: %w", path, fs.ErrExist)
		}
		return fmt.Errorf("write the configuration %s: %w", path, err)
	}
	return nil
}

func initialise(path string, example []byte) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	file, err := os.CreateTemp(folder, ".config-*.toml") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(example)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	// A link, unlike a rename, fails when somebody else has made the file meanwhile.
	return os.Link(file.Name(), path)
}
