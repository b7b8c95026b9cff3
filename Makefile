# Linli: make setup · demo · serve · test (test-sqlite · test-postgres · test-postgres15 · stories) · check · fix · bench ·
# prove · mutants · mechanisms · lock · clean
#
# Needs Debian 12 (or a relative), Python 3.11 or 3.12, make and git; it names and installs the rest.
# Packages come from pip's ordinary configuration, so a mirror set there is used here too.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: mutants setup demo serve test test-sqlite test-postgres test-postgres15 stories check fix words bench prove \
        mechanisms lock clean

PYTHON ?= $(shell bash tools/python.sh)
PY := .venv/bin/python
UV := $(PY) tools/pip_sources.py
# Commands, tests and the children that read files start many times: what is installed is compiled once, here.
export UV_COMPILE_BYTECODE := 1
HOME_DIR ?= demo-home
PORT ?= 8000
WORKERS ?= 2
PYTEST := $(PY) -m pytest -q
PO := $(wildcard linli/*/locale/*/LC_MESSAGES/*.po)

setup: .venv/.test .venv/.words  ## everything: to run, to test and to develop
	@echo "Ready. Next: make demo   (or: make test)"

demo: .venv/.demo .venv/.words  ## the demo county on the embedded database, served with its accounts
	$(PY) -m linli.web.command demo --home $(HOME_DIR) --port $(PORT)

serve: .venv/.demo .venv/.words  ## an instance of your own: make serve HOME_DIR=/srv/linli PORT=8000
	$(PY) -m linli.web.command serve --home $(HOME_DIR) --port $(PORT)

# ---- the environment -------------------------------------------------------------------------

.venv/.base: requirements/build.txt tools/python.sh
	bash tools/debian.sh run
	[ -x $(PY) ] || $(PYTHON) -m venv .venv
	$(PY) -m pip install -q --require-hashes -r requirements/build.txt
	touch $@

.venv/.demo: .venv/.base requirements/analytics.txt pyproject.toml
	$(UV) pip install -q --python $(PY) --require-hashes -r requirements/analytics.txt
	$(UV) pip install -q --python $(PY) --no-deps --no-build-isolation -e .
	touch $@

.venv/.test: .venv/.demo requirements/test.txt
	bash tools/debian.sh test
	$(UV) pip install -q --python $(PY) --require-hashes -r requirements/test.txt
	touch $@

.venv/.words: .venv/.demo $(PO) tools/messages.py
	$(PY) tools/messages.py compile
	touch $@

lock: .venv/.base  ## resolve the pins of pyproject.toml again into requirements/*.txt
	$(PY) tools/lock.py

clean:
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache test-results

# ---- the tests -------------------------------------------------------------------------------

test: .venv/.test .venv/.words  ## checks, then the suite on both databases, then the browser stories
	$(MAKE) --no-print-directory check
	$(MAKE) --no-print-directory test-sqlite
	$(MAKE) --no-print-directory test-postgres
	$(MAKE) --no-print-directory stories

test-sqlite: .venv/.test .venv/.words
	@echo "== the suite on the embedded database; sortition apart, as two builds of HiGHS share no process"
	$(PYTEST) --db sqlite -n $(WORKERS) linli/engines/sortition
	$(PYTEST) --db sqlite -n $(WORKERS) --dist worksteal -m "not browser" --ignore=linli/engines/sortition

# What knows no database (engines, the making of the demo's lists, the run on files) was tested once, above.
NO_DATABASE := --ignore=linli/engines --ignore=tests/test_two_solvers.py --ignore=linli/web/tests/test_run.py --ignore=linli/ui/tests \
               $(patsubst %,--ignore=%,$(filter-out %/test_load.py,$(wildcard linli/web/demo/tests/test_*.py)))

test-postgres test-postgres15: test-%: .venv/.test .venv/.words
	@echo "== all that touches the database, on $*"
	$(PYTEST) --db $* -n $(WORKERS) --dist worksteal -m "not browser" $(NO_DATABASE)

stories: .venv/.test .venv/.words  ## the stories in Debian's Chromium, on SQLite
	@echo "== the stories in the browser"
	$(PYTEST) --db sqlite -n $(WORKERS) -m browser

check: .venv/.test .venv/.words  ## ruff, types, import contracts, templates, migrations, translations
	$(PY) tools/check.py

fix: .venv/.test  ## what ruff can put right by itself
	$(PY) -m ruff check --fix -q linli tests tools bench manage.py
	$(PY) -m ruff format -q linli tests tools bench manage.py

prove: .venv/.test .venv/.words  ## the same tests with twenty times the rounds, both databases; then mutants
	LINLI_PROVE=1 $(PYTEST) --db sqlite -n $(WORKERS) linli/engines/sortition
	LINLI_PROVE=1 $(PYTEST) --db sqlite -n $(WORKERS) -m "not browser" --ignore=linli/engines/sortition
	LINLI_PROVE=1 $(PYTEST) --db postgres -n $(WORKERS) -m "not browser" --ignore=linli/engines
	$(MAKE) --no-print-directory mutants

mutants: .venv/.test  ## every small change of the deciding code must fail a test; MUTANTS=100 tries a sample
	$(PY) tools/mutants.py --jobs $(WORKERS) --sample $(or $(MUTANTS),0)

.venv/.bench: .venv/.test requirements/bench.txt
	$(UV) pip install -q --python $(PY) --require-hashes -r requirements/bench.txt
	touch $@

bench: .venv/.bench  ## each engine beside its peers; writes docs/benchmarks.md
	$(PY) -m bench

mechanisms: .venv/.test .venv/.words  ## the 90 mechanisms with and without a passing story
	$(PY) tools/mechanisms.py
