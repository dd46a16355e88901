package tui

import (
	"adbadge/ui/tui/alerts"
	"adbadge/ui/tui/entities"
	"adbadge/ui/tui/integration"
	"adbadge/ui/tui/log"
	"adbadge/ui/tui/page"
	"adbadge/ui/tui/profile"
)

// maker makes a page for a place.
type maker func(*page.Env, page.Place) page.Page

// makers has one maker for every kind of page. A new page is added here and nowhere else in this package.
func makers() map[page.Kind]maker {
	return map[page.Kind]maker{
		page.Entities:    func(env *page.Env, _ page.Place) page.Page { return entities.New(env) },
		page.Profile:     func(env *page.Env, place page.Place) page.Page { return profile.New(env, place) },
		page.Alerts:      func(env *page.Env, place page.Place) page.Page { return alerts.New(env, place) },
		page.Integration: func(env *page.Env, place page.Place) page.Page { return integration.New(env, place) },
		page.Log:         func(env *page.Env, _ page.Place) page.Page { return log.New(env) },
	}
}
