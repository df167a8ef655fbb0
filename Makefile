# Two commands do all set-up in a virtual environment of their own:
#   make demo   audits the bundled dossier and writes a report
#   make test   lints, type-checks and runs every test
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out/demo

.PHONY: demo test lint bench eval train mutate generated clean

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

$(VENV)/bench: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	touch $@

# The engine of live supervision is built from source: without a C compiler its tests skip, and say so.
$(VENV)/live: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[live]' \
		|| echo 'durable_rules was not built here: tests that need it skip' >&2
	touch $@

# 0 = nothing found, 1 = findings: both are a good run; 2 = the run cannot be trusted.
demo: $(VENV)/installed
	$(BIN)/hami audit cases/demo -o $(OUT) || [ $$? -eq 1 ]

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint $(VENV)/live
	$(BIN)/pytest

bench: $(VENV)/bench
	$(BIN)/python -m bench
	$(BIN)/python -m bench.live

# How well questions are answered, by kind; and the model that answers them, from cases/questions/exemplars.
eval: $(VENV)/installed
	$(BIN)/python -m hami_rules.consult.evaluate

train: $(VENV)/installed
	$(BIN)/python -m hami_rules.consult.train

# Changes the rules and their Python one part at a time; the cases must notice. Six minutes of CPU time,
# the first of them on one core, the rest on all.
mutate: $(VENV)/installed
	$(BIN)/hami pack mutate --explained docs/mutation.md

# What is written from the code and checked in; tests hold it in step.
generated: $(VENV)/installed
	$(BIN)/python -m hami_rules.proof.generated

clean:
	rm -rf $(VENV) out build dist .mypy_cache .pytest_cache .ruff_cache
