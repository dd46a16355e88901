// Package state is what the screen remembers between runs: the side, the order of each view, the theme, saved views.
// It is never needed: a missing or damaged file means the defaults.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"adbadge/model/config"
)

// State is what is remembered. The zero State remembers nothing.
type State struct {
	Side     string                 `json:"side,omitempty"`     // "identity" or "endpoint"
	Theme    string                 `json:"theme,omitempty"`    // overrides the configuration after T was pressed
	Unpinned bool                   `json:"unpinned,omitempty"` // no pane beside a wide list
	Orders   map[string]string      `json:"orders,omitempty"`   // name of a view -> order
	Views    map[string]config.View `json:"views,omitempty"`    // "1" to "9" -> view saved with ctrl+s
}

const (
	fileName = "screen.json"
	// maxSize bounds what is read, in bytes.
	maxSize = 1 << 20
)

// Load reads the state from a folder. A file that is not there is no error; with any error the state is still
// usable and remembers nothing.
func Load(folder string) (State, error) {
	if folder == "" {
		return State{}, nil
	}
	path := filepath.Join(folder, fileName)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, nil
	}
	if err == nil && info.Size() > maxSize {
		err = fmt.Errorf("it is larger than %d bytes", maxSize)
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(path)
	}
	var s State
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		return State{}, fmt.Errorf("what the screen remembered cannot be read from %s, so it starts with the defaults: %w", path, err)
	}
	return s, nil
}

// Clone gives a copy that shares nothing, for writing while the screen goes on.
func (s State) Clone() State {
	c := s
	c.Orders = make(map[string]string, len(s.Orders))
	for k, v := range s.Orders {
		c.Orders[k] = v
	}
	c.Views = make(map[string]config.View, len(s.Views))
	for k, v := range s.Views {
		c.Views[k] = v
	}
	return c
}

// Save writes the state into a folder, which it makes when it is missing. The file is replaced as a whole and can be
// read by its owner only.
func (s State) Save(folder string) error {
	if folder == "" {
		return nil
	}
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make the state folder: %w", err)
	}
	temporary, err := os.CreateTemp(folder, fileName+".*") // mode 0600
	if err != nil {
		return fmt.Errorf("save what the screen remembers: %w", err)
	}
	defer os.Remove(temporary.Name()) // gone already when all went well
	_, err = temporary.Write(append(data, '\n'))
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return fmt.Errorf("save what the screen remembers: %w", err)
	}
	return os.Rename(temporary.Name(), filepath.Join(folder, fileName))
}
