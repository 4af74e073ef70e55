# The market's commands. Everything else is in scripts/; python3 (3.11 or newer) is all that they need.
PYTHON ?= python3

.PHONY: help run live province test check bench fuzz life drill matrix reset lock contracts setup

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | awk -F '\t' '{ printf "make %-10s %s\n", $$1, $$2 }'

run: ## install what is missing, run the whole market here (PORT, DATABASE_URL, ENVIRONMENT), stop with Ctrl-C
	@exec $(PYTHON) -m scripts.run

live: ## the media server beside the market (RTMP_PORT, HLS_PORT); starts the market too unless it runs
	@exec $(PYTHON) -m scripts.live $(ARGS)

province: ## a stub of the provincial platform beside the market (PROVINCE_PORT); starts the market too unless it runs
	@exec $(PYTHON) -m scripts.province $(ARGS)

test: ## run all tests against a PostgreSQL of their own; ARGS="-k word" goes to pytest
	@exec $(PYTHON) -m scripts.test $(ARGS)

check: ## linters, types, floors, migrations against models, exported contracts
	@exec $(PYTHON) -m scripts.check

bench: setup ## the benchmarks: search as ratios to pgbench, the exchange as ratios to COPY
	@exec .venv/bin/python -m bench $(ARGS)

fuzz: ## schemathesis at length on the three contracts
	@exec env FUZZ=1 $(PYTHON) -m scripts.test -n 0 tests/contracts $(ARGS)

life: ## a thousand made-up lives of a posting, against a plain model of the market (LIFE=n)
	@exec env LIFE=$${LIFE:-1000} $(PYTHON) -m scripts.test -n 0 -s tests/life $(ARGS)

drill: ## kill processes while they work, and count what is lost
	@exec env DRILL=1 $(PYTHON) -m scripts.test -n 0 bench/drills $(ARGS)

matrix: setup ## who of the staff reaches what: operations × roles × places, counted
	@exec .venv/bin/python -m tests.security.matrix

reset: ## forget the local data
	@exec $(PYTHON) -m scripts.reset

lock: setup ## resolve the dependencies anew, with hashes
	@exec .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --group dev \
		pyproject.toml -o requirements.lock -q --no-header

contracts: setup ## export the three contracts to openapi/
	@exec .venv/bin/python -m app.contracts export

setup: ## only install what is missing
	@exec $(PYTHON) -m scripts.setup
