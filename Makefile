# Every target first brings up what it needs: the virtual environment and the Pulumi engine (see bootstrap/).
PYTHON ?= python3
STACK ?= $(stack)
BIN := .venv/bin
export PYTHONPYCACHEPREFIX := $(CURDIR)/.smile/bytecode
unexport PYTHONDONTWRITEBYTECODE

OF = $(PLATFORM:%=--platform %)
SCOPE = $(STACK) $(AGAINST:%=--against %) $(OF)
REPORT = $(BIN)/smile report $(strip $(if $(EVENTS),$(patsubst %,--events %,$(or $(sort $(wildcard $(EVENTS))),$(EVENTS))) $(OF),$(SCOPE)))
DEPLOY = $(BIN)/smile deploy $@ --stack $(or $(STACK),$(error say which stack: make $@ STACK=prod)) $(OF)
WORKERS = auto
PYTEST = $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadgroup
KINDS := unit properties policies functions offline engine browser

.DEFAULT_GOAL := help
.PHONY: help preview platforms report cost plan apply update drift test test-fast test-slow test-platforms $(KINDS:%=test-%) tests requirements mutation lint \
        style types bench setup clean
ifndef SIDE_BY_SIDE
.NOTPARALLEL:
endif

help: # this list
	@sed -n 's/^\([a-z-]*\):[^#]*# \(.*\)/\1:\2/p' $(MAKEFILE_LIST) | awk -F: '{ printf "make %-14s %s\n", $$1, substr($$0, length($$1) + 2) }'
	@echo "make test-NAME      one kind of tests: $(KINDS)"

preview: setup # every stack (or STACK=prod) with all policy packs, offline; AGAINST=main: what changes since then; PLATFORM=name
	@$(BIN)/smile preview $(strip $(SCOPE))

platforms: setup # the same of every program in platforms/
	@$(BIN)/smile preview --platform all

report: setup # what the last preview said, or EVENTS=LOGS: .smile/report.md for people, .smile/report.sarif for code scanning; PLATFORM=name
	@$(REPORT) --format sarif --output .smile/report.sarif; $(REPORT) --output .smile/report.md

cost: setup # what a stack (STACK=prod) costs a month, by its own resources; PLATFORM=name
	@$(BIN)/smile cost --stack $(or $(STACK),$(error say which stack: make $@ STACK=prod)) $(OF)

plan: setup # in the stack's real account: preview with all packs, and keep what it found
	@$(DEPLOY)

apply: setup # exactly the plan, or nothing more
	@$(DEPLOY)

update: setup # by hand, where no plan can hold: preview, then ask
	@$(DEPLOY)

drift: setup # what AWS has otherwise than the program says, by property; fails where there is anything
	@$(BIN)/smile drift --stack $(or $(STACK),$(error say which stack: make $@ STACK=prod)) $(OF)

test: style # all checks
	@$(MAKE) --no-print-directory --jobs=2 SIDE_BY_SIDE=yes types tests

test-fast: setup # unit and property tests and the controls, without the engine: the inner loop
	@$(PYTEST) -m 'not engine and not slow' tests/unit tests/properties tests/policies

test-slow: setup # the tests that take minutes each and that `make test` leaves out
	@$(PYTEST) -m slow

test-platforms: setup # every program in platforms/ through its life on the real engine, which `make test` leaves out
	@$(PYTEST) -m platforms

$(KINDS:%=test-%): test-%: setup
	@$(PYTEST) tests/$*

tests test-engine test-platforms: WORKERS = $$(($$(getconf _NPROCESSORS_ONLN) + 1)) # runs of the engine wait in between

tests: setup # all tests, and whether each requirement has one
	@$(PYTEST) -p tests.requirements

requirements: setup # each requirement with the tests that prove it; fails where one has none
	@$(BIN)/python -m tests.requirements

mutation: setup # how many small changes to the code the tests notice, from a sample
	@$(BIN)/python -m tests.mutation

lint: style types # format, lint, types and workflows

style: setup # format, lint and workflows
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/zizmor --offline --quiet .github
	@cd bootstrap/actionlint && go tool actionlint -shellcheck= -pyflakes= ../../.github/workflows/*.yml

# MiB for new objects, of which there are many: a tenth of the CPU time less (https://nodejs.org/api/cli.html).
types: export NODE_OPTIONS := --max-semi-space-size=64 $(NODE_OPTIONS)
types: setup # types
	@$(BIN)/basedpyright

bench: setup # speed and memory, before and after, in one run and on stacks that are not made yet
	@SMILE_OFFLINE_FOLDER=$(CURDIR)/.smile/bench $(BIN)/smile bench

setup: # the virtual environment and the engine
	@$(PYTHON) -m bootstrap

clean: # remove all that set-up and offline runs made
	rm -rf .venv .smile
