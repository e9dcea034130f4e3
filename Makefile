GO ?= go
MOTO_PORT ?= 5600

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'

.PHONY: build
build: ## build bin/sendspec
	$(GO) build -o bin/sendspec ./cmd/sendspec

.PHONY: test
test: ## run the tests
	$(GO) test ./...

.PHONY: race
race: ## run the tests under the race detector
	$(GO) test -race ./...

.PHONY: lint
lint: ## gofmt, go vet and staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

.PHONY: bench
bench: ## hold the budgets: the run and the validator, as ratios in one run
	$(GO) test -run '^$$' -bench . -benchtime 2s ./reference/ ./conformance/

.PHONY: coverage
coverage: build ## the ledger: which case asks what
	bin/sendspec coverage

.PHONY: mutants
mutants: ## ask every wrong server every case: each must be found out, and each case must find one or say why it stays
	cd conformance && $(GO) test -run TestKillMatrix -args -matrix

.PHONY: soak
soak: build ## 100 runs against the embedded reference, four at a time on a busy machine: none may differ
	.ci/soak bin/sendspec 100

.PHONY: e2e
e2e: build ## the suite against moto, twice, and what must hold of its reports
	.ci/e2e bin/sendspec $(MOTO_PORT)
