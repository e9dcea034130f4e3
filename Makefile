GO ?= go
MOTO ?= $(firstword $(shell command -v moto_server) .venv/bin/moto_server)

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

.PHONY: build
build: ## build bin/sendspec
	$(GO) build -o bin/sendspec ./cmd/sendspec

.PHONY: static
static: ## build bin/static/sendspec as it is shipped: no C library, no symbols, the same bytes from any folder
	GO=$(GO) .ci/build bin/static/sendspec

.PHONY: wheel
wheel: static ## build the Python wheel of this platform into bin/wheels
	python3 cmd/sendspec/python/build.py --binary bin/static/sendspec --out bin/wheels

.PHONY: test
test: ## run the tests that a newcomer waits for: a minute on two cores
	$(GO) test ./...

.PHONY: test-long
test-long: ## run all tests: with all wrong servers, the pages in a browser, the memory of hostile answers
	SENDSPEC_LONG=1 $(GO) test -count=1 -timeout 20m ./...

# Whole commands, of which what runs in parallel is raced in its own packages, and long campaigns that do what shorter ones do.
RACED_ELSEWHERE = ^(TestScripts|Test.*OfTheReadmeRun|TestKillMatrix|TestWrongServersAreFound|$\
  TestAServerThatFailsWhateverItIsAskedIsOneFinding|TestATargetThatRefusesTargetsIsAskedByInstanceIDs)$$

.PHONY: race
race: ## run the tests of what runs in parallel under the race detector
	$(GO) test -race -timeout 20m -skip '$(RACED_ELSEWHERE)' ./cmd/sendspec ./fuzz ./reference/service \
	  ./conformance ./conformance/launch ./conformance/observe ./conformance/probe ./conformance/untrusted ./conformance/wire

GOLANGCI_LINT ?= $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
DEADCODE ?= $(GO) run golang.org/x/tools/cmd/deadcode@v0.52.0

.PHONY: lint
lint: lint-tools ## golangci-lint (.golangci.yml), gofmt and go vet in it, and deadcode
	$(GOLANGCI_LINT) run
	dead=$$($(DEADCODE) -test ./...) && test -z "$$dead" || { echo "$$dead"; exit 1; }

.PHONY: lint-tools
lint-tools: ## build what make lint needs, into the build cache
	$(GOLANGCI_LINT) version
	$(DEADCODE) -h 2>/dev/null

ACTIONLINT ?= $(GO) run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
GORELEASER ?= $(GO) run github.com/goreleaser/goreleaser/v2@v2.15.1

.PHONY: actionlint actionlint-tool
actionlint: ## the workflows of .github
	$(ACTIONLINT)

actionlint-tool:
	$(ACTIONLINT) -version >/dev/null

.PHONY: kubernetes
kubernetes: ## the manifest of .github/kubernetes, by the schemas of Kubernetes (a build of minutes)
	$(GO) run sigs.k8s.io/kubectl-validate@v0.0.4 .github/kubernetes/fuzz.yaml

.PHONY: release
release: ## build and publish what a tag releases, as a draft (the workflow calls this)
	$(GORELEASER) release --clean

.PHONY: snapshot
snapshot: ## build what a tag would release, into bin/dist, and a wheel for each platform, into bin/wheels
	$(GORELEASER) release --snapshot --clean
	python3 cmd/sendspec/python/build.py --dist bin/dist --out bin/wheels

.PHONY: image
image: ## build the container image and use it (wants buildah)
	.ci/image

.PHONY: bench
bench: ## hold the budgets: the run and the validator, as ratios in one run
	$(GO) test -run '^$$' -bench . -benchtime 2s ./reference/ ./conformance/ ./fuzz/

.PHONY: coverage
coverage: build ## how many cases test each member and constraint
	bin/sendspec coverage

.PHONY: mutants
mutants: ## the whole kill matrix, every wrong server asked every case: minutes; it writes conformance/testdata/kills.tsv, by which the tests need seconds
	@mkdir -p bin
	cd conformance && $(GO) test -count=1 -timeout 60m -run TestKillMatrix -args -matrix-file ../bin/kill-matrix.tsv

.PHONY: fuzz-mutants
fuzz-mutants: ## how many inputs until each wrong server that a request can show is found, and the shrunk request
	cd fuzz && $(GO) test -run 'TestWrongServersAreFound|TestSequences' -v -args -all-mutants

.PHONY: fuzz
fuzz: ## every fuzz target for 30 s
	sed '/^#/d' .clusterfuzzlite/targets | while read -r folder target; do \
	  $(GO) test ./$$folder -run '^$$' -fuzz "^$$target$$" -fuzztime 30s -fuzzminimizetime 10x || exit 1; done

.PHONY: soak
soak: build ## 100 runs against the embedded reference, four at a time on a busy machine: none may differ
	.ci/soak bin/sendspec 100

.PHONY: released
released: ## write down the cases of this version of the suite, in the commit that is released
	$(GO) test -count=1 ./conformance -run '^TestWhatChangedIsInTheChangelog$$' -args -released

.PHONY: e2e
e2e: build ## the suite against moto, with a baseline as CI would use it
	.ci/e2e bin/sendspec $(MOTO)

MOTO_RUN = bin/sendspec run --name 'moto 5.2.1' --exec '$(MOTO) -H 127.0.0.1 -p {port}'

.PHONY: baseline
baseline: build ## bring the baseline of moto in line with what it does
	$(MOTO_RUN) --baseline cmd/sendspec/testdata/moto-5.2.1.baseline --update-baseline

.PHONY: matrix
matrix: build ## the reports of every emulator that a registry serves, and the table of how they stand (.ci/matrix)
	.ci/matrix bin/sendspec cmd/sendspec/testdata/matrix
