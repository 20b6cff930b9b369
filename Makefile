# Every target first brings up what it needs: the virtual environment and the Pulumi engine (see bootstrap/).
PYTHON ?= python3
STACK ?=
BIN := .venv/bin
export PYTHONPYCACHEPREFIX := $(CURDIR)/.smile/bytecode
unexport PYTHONDONTWRITEBYTECODE

DEPLOY = $(BIN)/smile deploy $@ --stack $(or $(STACK),$(error say which stack: make $@ STACK=prod))

.PHONY: preview plan apply update drift test requirements lint bench setup clean
.NOTPARALLEL:

preview: setup # dev, staging and prod (or STACK=prod) with all policy packs, offline
	@$(BIN)/smile preview $(STACK)

plan: setup # in the stack's real account: preview with all packs, and keep what it found
	@$(DEPLOY)

apply: setup # exactly the plan, or nothing more
	@$(DEPLOY)

update: setup # by hand, where no plan can hold: preview, then ask
	@$(DEPLOY)

drift: setup # fails where AWS is not as the program says
	@$(DEPLOY)

test: lint requirements # all checks
	@$(BIN)/python -m pytest --numprocesses auto --dist loadgroup

requirements: setup # each requirement with the tests that prove it; fails where a built group has a gap
	@$(BIN)/python -m tests.requirements

lint: setup # format, lint, types and workflows
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/basedpyright
	@$(BIN)/zizmor --offline --quiet .github
	@cd bootstrap/actionlint && go tool actionlint -shellcheck= -pyflakes= ../../.github/workflows/*.yml

bench: setup # speed and memory, as ratios measured in one run
	@$(BIN)/smile bench

setup:
	@$(PYTHON) -m bootstrap

clean: # remove all that set-up and offline runs made
	rm -rf .venv .smile
