# Everything here works from a bare clone: the first target that needs it makes a virtual environment
# in .venv from constraints.txt, and makes it anew when pyproject.toml or constraints.txt changes.

PYTHON ?= python3

VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.installed
NPM   := tests/node_modules/.installed
SITE  := $(VENV)/.site

# What `make quick` runs: the language and its meaning, the generated code, the renderers; but not every engine, nor
# what is huge on purpose, nor pictures by Graphviz.
QUICK := $(addprefix tests/,spec traces skipgate/base regressions docs/test_architecture.py) \
  $(addprefix tests/checker/,core semantics elaborate kernel checks) \
  $(addprefix --ignore=tests/,checker/elaborate/test_effort.py traces/test_contrast.py traces/test_dot.py) \
  -k 'not (nesting or long_chains or long_lists or not_deep or nonsense or hostile or too_large or definitions_upon or endless or cross_vacuous or slips or every_engine)'

# With it, each process that a test starts would compile the project anew, and pytest its tests in each run.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help check deep quick test slow long lint fmt docs site bench clean venv npm

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s  %s\n", $$1, $$2 }' Makefile

check: $(STAMP) ## check every model; reports go to out/
	$(BIN)/skipgate check models --out out

quick: $(STAMP) ## the tests to run after each edit: one process, no random search, 20 seconds of processor time
	$(BIN)/python -m pytest -q -n 0 -m 'not (slow or random or process or differential)' $(QUICK)

test: $(STAMP) ## run the test suite
	@! command -v npm >/dev/null || $(MAKE) --no-print-directory npm || echo "without what npm installs" >&2
	$(BIN)/python -m pytest

deep: $(STAMP) ## the checks with large bounds: a minute or more, and some GB of memory
	$(BIN)/skipgate check models --tag deep

slow: $(STAMP) ## run the tests that take minutes: mutations of the models and of the engine, long random runs
	SKIPGATE_RANDOM=1 $(BIN)/python -m pytest -m 'slow or differential or random'

long: $(STAMP) ## compare random models, CPython against machine code and TLC: LONG='--seconds 600'
	$(BIN)/python -m tests.checker.long_run $(LONG)

lint: $(STAMP) ## ruff, mypy and the form of the models
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/skipgate fmt --check models

fmt: $(STAMP) ## put the code and the models into canonical form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/skipgate fmt models

docs: $(STAMP) ## draw the pictures and tables of the documentation anew
	rm -rf out/docs && mkdir -p out/docs
	cd out/docs && $(CURDIR)/$(BIN)/skipgate new lock && $(CURDIR)/$(BIN)/skipgate check lock.gate --out .
	cp out/docs/lock.two_steps.OneInside.svg docs/images/
	$(BIN)/skipgate explain models/cold_start/revisions.gate --check v3 --property CeilingComplete --against v4 \
	  --out docs/images/cold_start_revisions.v3.CeilingComplete.contrast.svg
	rm -rf docs/images/cold_start
	$(BIN)/skipgate matrix models/cold_start --check 'v*,repaired*' --into docs/cold-start.md --out docs/images/cold_start
	$(BIN)/skipgate matrix models/cold_start/repaired.gate models/cold_start/verifier.gate models/cold_start/groups.gate \
	  --check 'repaired*,without*' --rows checks --format svg --out out/docs
	cp out/docs/matrix.svg docs/images/cold_start.repairs.svg
	for model in route_fence migration lease_reads; do rm -rf docs/images/$$model && $(BIN)/skipgate matrix \
	  models/elastickv/$$model.gate --rows checks --into docs/$$(echo $$model | tr _ -).md --out docs/images/$$model \
	  || exit 1; done

site: $(SITE) ## the documentation as a site, in out/site/html
	$(BIN)/python docs/site/stage.py out/site
	$(BIN)/zensical build --strict --config-file out/site/mkdocs.yml

bench: $(STAMP) ## measure against TLC and SPIN; writes docs/performance.md
	$(BIN)/python -m benchmarks $(BENCH)

clean: ## remove the virtual environment, reports and caches
	rm -rf $(VENV) tests/node_modules out build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv: $(STAMP)

npm: $(NPM) ## install what tests ask for a second opinion: Mermaid's parser, and a linter of workflows

# No lock file: it would record which registry was used. A registry that does not answer costs seconds, not minutes.
$(NPM): tests/package.json
	NODE_EXTRA_CA_CERTS="$${NODE_EXTRA_CA_CERTS:-$$SSL_CERT_FILE}" npm install --prefix tests --ignore-scripts \
	  --no-package-lock --no-audit --no-fund --loglevel=error --fetch-retries=1 --fetch-retry-mintimeout=2000
	@touch $@

$(SITE): $(STAMP)
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet -c constraints.txt -e '.[site]'
	@touch $@

# The constraints go by environment too, so that they hold for the isolated build as well: older
# releases of pip read the first variable there, newer ones the second.
$(STAMP): pyproject.toml constraints.txt
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
	  echo "skipgate needs Python 3.11 or newer, and there is no '$(PYTHON)' here." >&2; \
	  echo "Name one with: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "skipgate needs Python 3.11 or newer; '$(PYTHON)' is $$("$(PYTHON)" --version 2>&1)." >&2; \
	  echo "Name another with: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make virtual environments (on Debian: apt-get install python3-venv)." >&2; \
	  exit 1; }
	"$(PYTHON)" -m venv --clear $(VENV)
	PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 \
	  $(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@
