# Every verb a contributor needs. CI and the README call the same verbs. `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
WEB    := web/node_modules/.ready
export TOKENIZERS_PARALLELISM = false
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help setup run studio test check fix web stories stories-live storybook browser fixtures pictures e2e gen docs bench clean debian
.DEFAULT_GOAL := help

help:  ## this list
	@grep -E '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

setup: $(READY)  ## virtual environment with everything the product needs

$(READY): pyproject.toml constraints.txt examples/flowroll/pyproject.toml
	@scripts/setup.sh "$(PYTHON)" "$(VENV)"

run: setup  ## the main job, end to end: data, tokenizer, pretrain, fine-tune, evaluate, export, generate
	@$(BIN)/python -m tokenloom_flowroll.workshop
	@command -v npm >/dev/null || echo "(The pages of the studio need Node 20 or newer to be built; everything else works without it.)"

studio: setup  ## serve the studio on this machine
	@$(BIN)/python scripts/studio.py || true
	@$(BIN)/tokenloom studio

test:  ## all checks and tests (FULL=1 adds the slow ones)
	@$(MAKE) --no-print-directory --jobs=3 setup web debian
	@scripts/test.sh $(if $(FULL),full,quick)

debian:  # what the tests need of the system
	@scripts/debian.sh

check: setup web  ## style, types, architecture, sizes, generated files: under a minute
	@scripts/check.sh

fix: setup  ## format and repair what can be repaired
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format -q .
	@if [ -d web/node_modules ]; then cd web && npx biome check --write --error-on-warnings . ; fi

web: $(WEB)  ## the web workspace: packages and type check

$(WEB): web/package.json web/package-lock.json
	@scripts/web.sh

stories: web  ## every story in a real browser: rendered, played, checked by axe (FULL=1: 2 themes × 3 widths)
	@scripts/stories.sh $(if $(FULL),full,quick)

storybook: web  ## the workshop of parts, in a browser
	@cd web && STORYBOOK_DISABLE_TELEMETRY=1 npm run --silent storybook

stories-live: setup web  ## the workshop beside a live server: the flow stories drive it
	@$(BIN)/python scripts/stories_live.py

browser: setup web  ## the whole way in a real browser, by mouse and by keyboard
	@scripts/browser.sh

fixtures: setup web  ## record the stories' fixtures from a real tiny run
	@$(BIN)/python scripts/fixtures.py

pictures: setup web  ## pictures of every page for the docs, from a real run
	@$(BIN)/python scripts/pictures.py

e2e: setup  ## black-box tests through HTTP and the command line
	@timeout 1500 $(BIN)/python -m pytest -m e2e -q

gen: setup  ## schema, OpenAPI, TypeScript types, command and settings reference
	@$(BIN)/python scripts/gen.py
	@if [ -d web/node_modules ]; then cd web && npm run --silent api ; fi

docs: gen  ## the generated chapters of docs/reference, and a check of every link and example
	@$(BIN)/python -m pytest -q tests/test_docs.py

bench: setup  ## benchmarks beside peers; each prints one JSON document
	@for script in benchmarks/[a-z]*.py; do echo "== $$script" >&2; $(BIN)/python $$script; done

clean:  ## remove what `make` made (never a workspace)
	rm -rf $(VENV) web/node_modules .mypy_cache .ruff_cache .pytest_cache
