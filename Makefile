# Each line is a command that one could type as well.

GO ?= go

.PHONY: run build test test-ad lint race bench bench-ad fuzz cover clean

run: ## the dashboard on the lab, or on your configuration
	$(GO) run .

build: ## .build/adbadge
	$(GO) build -trimpath -o .build/adbadge .

test: ## everything that needs no root and no network
	$(GO) test ./...

test-ad: ## the tests against a real Active Directory: Samba on loopback; needs Debian and root
	providers/ldap/testdata/ad-lab/ad-lab.sh test $(GO)

race: ## the tests of all that runs at the same time, with the race detector
	$(GO) test -race -short ./providers/... ./ui/... ./model/inventory

lint: ## format, vet, staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l . ; echo "run: gofmt -w ." ; exit 1 ; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

bench: ## load, join, filter, sort and one key press, up to a million entities
	$(GO) test -run '^$$' -bench . -benchmem ./model/... ./ui/...

bench-ad: ## the directory client beside ldapsearch, on Samba and on the lab's server; minutes; needs Debian, for Samba also root
	providers/ldap/testdata/ad-lab/ad-lab.sh bench $(GO)

FUZZTIME ?= 10s
fuzz: ## every parser for FUZZTIME
	@grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n1 dirname | sort -u | while read -r package ; do \
		for target in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' $$package/*_test.go | cut -d' ' -f2) ; do \
			echo "$$package $$target" ; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x $$package || exit 1 ; \
		done ; \
	done

cover: ## coverage of all packages by all tests
	@mkdir -p .build
	$(GO) test -coverpkg=./... -coverprofile=.build/cover.out ./...
	$(GO) tool cover -func=.build/cover.out | tail -1

clean:
	rm -rf .build
