package config_test

import (
	"testing"

	"adbadge/model/config"
	"adbadge/model/query"
)

func TestDefaultViewsParse(t *testing.T) {
	for _, view := range config.Default().Views {
		if _, err := query.Parse(view.Query); err != nil {
			t.Errorf("query of %s: %v", view.Name, err)
		}
		if _, err := query.ParseOrder(view.Sort); err != nil {
			t.Errorf("sort of %s: %v", view.Name, err)
		}
	}
}
