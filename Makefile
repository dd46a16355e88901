# Each line is a command that one could type as well.

GO ?= go

.PHONY: run build test test-ad lint race bench bench-ad profile soak fuzz cover clean

run: ## the dashboard on the lab, or on your configuration
	$(GO) run .

build: ## .build/adbadge, without what only debuggers need
	$(GO) build -trimpath -ldflags '-s -w' -o .build/adbadge .
	@ls -l .build/adbadge

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

bench: ## every target with its figure; beside fzf, mc and htop where they are installed; a quarter of an hour
	{ $(GO) test -run '^$$' -bench . -benchmem ./model/... ./ui/tui ./providers/endpoint ; \
		$(GO) test -run '^$$' -bench Snapshot -benchtime 5x -count 2 ./providers/snapshot ; \
		$(GO) test -run '^$$' -bench Refresh -count 3 ./providers ; \
		$(GO) test -run '^$$' -bench Terminal -benchtime 1x ./ui/cli ; \
		$(GO) test -run '^$$' -bench Million -benchtime 5x ./ui/cli ; \
		$(GO) test -run '^$$' -bench Start -benchtime 50x ./ui/cli ; \
		$(GO) test -run '^$$' -bench FirstFrame -benchtime 5x -count 3 ./ui/cli ; } | $(GO) run ./ui/ptytest/benchtable

profile: ## processor and memory of refreshes and of keys, for go tool pprof, into .build
	@mkdir -p .build
	$(GO) test -run '^$$' -bench 'Refresh/(whole|changes)' -benchtime 5s -o .build/refresh.test \
		-cpuprofile .build/refresh.cpu -memprofile .build/refresh.memory ./providers
	$(GO) test -run '^$$' -bench 'Key/.*/100000$$' -benchtime 5s -o .build/key.test \
		-cpuprofile .build/key.cpu -memprofile .build/key.memory ./ui/tui

soak: ## a thousand refreshes that leave nothing behind
	ADBADGE_SOAK=1000 $(GO) test -run LeaveNothingBehind -v -timeout 30m ./providers

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
