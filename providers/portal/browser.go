package portal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/pkg/browser"

	"adbadge/model/text"
)

// Browser gives the function that opens a link in a browser, or says in one sentence why none may be started here; the
// link is for showing then. command is the program of the configuration with its arguments, empty for the desktop's.
//
// The function refuses links that Check refuses. It returns when the browser was started, or when starting it failed
// within a few seconds; it may be called from any goroutine.
func (l *Links) Browser(command []string) (open func(ctx context.Context, link string) error, err error) {
	if err := remote(); err != nil {
		return nil, err
	}
	start := openOnDesktop
	if len(command) > 0 {
		program, err := findProgram(command[0])
		if err != nil {
			return nil, err
		}
		start = func(link string) error { return run(program, command[1:], link) }
	} else if err := desktop(runtime.GOOS); err != nil {
		return nil, err
	}
	return func(ctx context.Context, link string) error {
		checked, err := l.Check(link)
		if err != nil {
			return err
		}
		return launch(ctx, start, checked)
	}, nil
}

// SignInBrowser is Browser for the pages of one token service, and for no other.
func SignInBrowser(command []string, authority string) (open func(ctx context.Context, page string) error, err error) {
	base, err := parse(authority)
	if err != nil {
		return nil, fmt.Errorf("the address of the token service cannot be opened: %w", err)
	}
	return (&Links{hosts: map[string]bool{origin(base): true}}).Browser(command)
}

// remote says why a browser here would open on the wrong machine.
func remote() error {
	for _, variable := range []string{"SSH_TTY", "SSH_CONNECTION"} {
		if os.Getenv(variable) != "" {
			return errors.New("this is an SSH session, so a browser would open on the other machine")
		}
	}
	return nil
}

// desktop says why no browser can be found by the desktop's own means.
func desktop(system string) error {
	if system == "darwin" || system == "windows" {
		return nil
	}
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return errors.New("there is no desktop here (neither DISPLAY nor WAYLAND_DISPLAY is set)")
	}
	// xdg-open is a script that finds programs by name: in the current folder too, where PATH says so.
	for _, folder := range filepath.SplitList(os.Getenv("PATH")) {
		if !filepath.IsAbs(folder) {
			return errors.New("PATH holds a folder that depends on where adbadge was started, so no browser is looked up in it")
		}
	}
	return nil
}

// findProgram gives the absolute path of the configured program.
func findProgram(name string) (string, error) {
	if name == "" || strings.HasPrefix(name, "-") || strings.ContainsRune(name, 0) {
		return "", errors.New("browser under [portal] does not begin with the name of a program")
	}
	if !filepath.IsAbs(name) && strings.ContainsAny(name, `/\`) {
		return "", errors.New("browser under [portal] must be an absolute path, or a name that is found in PATH")
	}
	path, err := exec.LookPath(name)
	if err != nil || !filepath.IsAbs(path) {
		return "", fmt.Errorf("the browser %s of the configuration was not found", text.CleanMax(name, 80))
	}
	return path, nil
}

// silence keeps the desktop's launcher from writing on the screen. A file is used because the launcher waits for any
// other kind of writer as long as the browser runs.
var silence = sync.OnceValue(func() error {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err == nil {
		browser.Stdout, browser.Stderr = null, null
	}
	return err
})

func openOnDesktop(link string) error {
	if err := silence(); err != nil {
		return err
	}
	return browser.OpenURL(link)
}

// run starts a program without a shell. It outlives the call, so that it is not bound to a context.
func run(program string, arguments []string, link string) error {
	return exec.Command(program, append(arguments[:len(arguments):len(arguments)], link)...).Run()
}

// launchPatience is how long a launcher may take to fail. One that still runs then is the browser itself.
const launchPatience = 3 * time.Second

func launch(ctx context.Context, start func(link string) error, link string) error {
	ended := make(chan error, 1)
	go func() { ended <- start(link) }()
	timer := time.NewTimer(launchPatience)
	defer timer.Stop()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("the browser could not be started: %s", text.CleanMax(err.Error(), 200))
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
