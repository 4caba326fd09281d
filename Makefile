# Needs python3 with venv, make, and a Python >= 3.12 somewhere on the machine. Everything is installed
# into folders .venv, .venv-* and .tools of this one; `make clean` takes all of it away again.

PYTHON ?= python3
WORKERS ?= 2
UV_VERSION = 0.13.9

BIN = .venv/bin
UV_STAMP = .tools/uv-$(UV_VERSION)
UV = .tools/bin/uv
INSTALL = $(UV) pip install --quiet --python $(BIN)/python
PYTEST = $(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --benchmark-disable --ignore tests/browser --ignore tests/site \
	--ignore tests/packaging
COMPILE = $(UV) pip compile --quiet --universal --python $(BIN)/python --python-version 3.12 \
	--no-python-downloads --only-binary :all: --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(LOCK_OPTIONS)
LOCK = $(COMPILE) pyproject.toml

# Bytecode of all that commands import, written here even where that is switched off: without it, every start
# reads sources for seconds. The function makes numba load what it needs to compile.
BYTECODE = PYTHONDONTWRITEBYTECODE= $(BIN)/python -c "import numba, sim.cli.app, sim.cli.running, sim.cli.tables, \
	sim.report.report, sim.studies; numba.njit(lambda: None)()"

# $(call timed,NAME,COMMAND) runs a command and says how long it took.
timed = @start=$$(date +%s); if $(2); then verdict=passed; else verdict=FAILED; fi; \
	echo "-- $(1): $$verdict in $$(($$(date +%s) - start)) s"; test $$verdict = passed

# Many processes import the same: what one has compiled, the next one reads.
test test-all test-mesa test-site test-packaging: export PYTHONDONTWRITEBYTECODE =

.PHONY: help setup demo test test-all checks kernel test-mesa test-site test-packaging site site-texts lint types futures bench bench-page \
	bench-load lock audit clean
ifndef SIDE_BY_SIDE
.NOTPARALLEL:
endif

help:
	@echo "make demo      compare policies at equal spending on Japan's municipalities; results in results/demo"
	@echo "make test      lint, types and tests"
	@echo "make test-all  the same with the slow tests"
	@echo "make test-mesa only the tests in environments of their own: Mesa's pre-release, and the SolaraViz app"
	@echo "make site      the documentation as a site in English and Japanese; site/index.html (make test-site tests it)"
	@echo "make futures   levers at equal spending in 200 plausible futures, about 15 minutes; docs/levers_compared.md"
	@echo "make bench     benchmarks, about 20 minutes; writes docs/performance.md"
	@echo "make bench-page only that of the page in a browser, about 6 minutes"
	@echo "make bench-load many runs, many parts and eight users at once, about 15 minutes"
	@echo "make lint      ruff; make types: mypy"
	@echo "make setup     the environment for all of this, in .venv"
	@echo "make lock      requirements/*.txt from pyproject.toml (LOCK_OPTIONS=--upgrade for newer versions)"
	@echo "make audit     known faults of the locked packages, where the database can be reached"
	@echo "make clean     remove .venv, .tools and caches; results stay"

setup: .venv/.dev

demo: .venv/.run
	rm -rf results/demo
	$(BIN)/sim compare baseline subsidy_first matching_first promotion_first advisers_first esg_first \
		--equal-spending=200 --world japan --replicates 10 --seed 1 --out results/demo

test: checks
	$(call timed,tests,$(PYTEST) -m "not slow")

test-all: checks
	$(call timed,slow tests of the package,$(BIN)/pytest --quiet -m slow tests/packaging)
	$(call timed,tests with the slow ones,$(PYTEST))

# Side by side, the longest first: the site, which executes the notebooks, takes one core, the others another.
checks: .venv/.dev
	@$(MAKE) --no-print-directory --jobs=2 SIDE_BY_SIDE=yes test-site lint types test-mesa test-packaging

# On two cores, and once for all environments; a test that compiled it would do so on one.
kernel: .venv/.dev
	@$(BIN)/python -c "from sim.simulation.warmup import compile_kernel; compile_kernel(print)"

test-mesa: kernel .venv-mesa4/.ready .venv-viz/.ready
	$(call timed,tests with the pre-release of Mesa 4,.venv-mesa4/bin/pytest --quiet tests/mesa)
	$(call timed,tests of the SolaraViz app in a browser,.venv-viz/bin/pytest --quiet tests/browser)

test-site: kernel .venv-site/.ready
	$(call timed,tests of the site,.venv-site/bin/pytest --quiet tests/site)

test-packaging: kernel
	$(call timed,tests of the package as it is installed,$(BIN)/pytest --quiet -m "not slow" tests/packaging)

site: kernel .venv-site/.ready
	rm -rf site
	for language in en ja; do .venv-site/bin/sphinx-build -W --keep-going --quiet --conf-dir docs \
		--doctree-dir site/.doctrees/$$language --define language=$$language . site/$$language || exit 1; done
	cp docs/_static/start.html site/index.html
	rm -rf site/jupyter_execute site/.jupyter_cache

# docs/locale: texts of the pages that are translated sentence by sentence, to be filled in.
site-texts: .venv-site/.ready
	.venv-site/bin/sphinx-build --quiet --builder gettext --define nb_execution_mode=off --conf-dir docs \
		--doctree-dir site/.doctrees/texts . site/texts \
		$(patsubst docs/locale/ja/LC_MESSAGES/%.po,%.md,$(shell find docs/locale/ja/LC_MESSAGES/docs -name "*.po"))
	.venv-site/bin/sphinx-intl update --pot-dir site/texts --locale-dir docs/locale --language ja

lint: .venv/.dev
	$(call timed,lint,$(BIN)/ruff check --quiet && $(BIN)/ruff format --check)

types: .venv/.dev
	$(call timed,types,$(BIN)/mypy)

# What the report says of other assumptions, and docs/levers_compared.md: after a change of the model.
futures: .venv/.dev
	$(BIN)/python -m sim.analysis.futures --workers $(WORKERS)
	$(BIN)/python -m sim.analysis.levers_compared --workers $(WORKERS)

bench: .venv/.dev
	mkdir -p .benchmarks
	$(BIN)/pytest benchmarks --benchmark-only --benchmark-group-by=group --benchmark-columns=min,median,iqr,rounds \
		--benchmark-json=.benchmarks/latest.json $(BENCH)
	$(BIN)/python -m benchmarks.installed
	$(BIN)/python -m benchmarks.page .benchmarks/latest.json benchmarks/installed.json \
		$(wildcard .benchmarks/versions.json) docs/performance.md
	$(MAKE) bench-page

# Beside Solara where .venv-viz is there (make test-mesa).
bench-page: .venv/.dev
	$(BIN)/python -m benchmarks.sim_page benchmarks/sim_page/measured.json
	$(BIN)/python -m benchmarks.page benchmarks/sim_page/measured.json docs/performance.md

# A quarter of an hour of many runs, many parts and eight users at once.
bench-load: .venv/.dev
	$(BIN)/python -m benchmarks.under_load benchmarks/under_load.json
	$(BIN)/python -m benchmarks.page benchmarks/under_load.json docs/performance.md

# $(call but,NAME) writes the versions of the largest set, but for that package, into .tools/but-NAME.txt.
but = sed -n '/^$(1)==/d; s/^\([^ ]*==[^ ]*\).*/\1/p' requirements/dev.txt > .tools/but-$(1).txt

# All are held to the versions of the largest set: they fit together, and share the compiled kernel.
lock: .venv/pyvenv.cfg
	$(LOCK) --group dev --extra analysis --extra calibration --extra cluster --extra documents --extra page --output-file requirements/dev.txt
	$(LOCK) --group build --extra page --constraints requirements/dev.txt --output-file requirements/run.txt
	$(call but,starlette) # Solara wants an older one than the page
	$(LOCK) --group viz --extra mesa-viz --constraints .tools/but-starlette.txt --output-file requirements/viz.txt
	$(LOCK) --group site --constraints requirements/dev.txt --output-file requirements/site.txt
	$(call but,mesa)
	$(LOCK) --group mesa4 --constraints .tools/but-mesa.txt --output-file requirements/mesa4.txt
	$(COMPILE) --group audit --output-file requirements/audit.txt

# Known faults of the packages in the locks, by the public database of the package index; whoever cannot reach it is told so.
audit: .venv-audit/.ready
	@for set in run dev viz site mesa4; do echo "requirements/$$set.txt"; .venv-audit/bin/pip-audit --strict --progress-spinner off \
		--disable-pip --require-hashes --requirement requirements/$$set.txt || exit 1; done

clean:
	rm -rf .venv .venv-audit .venv-mesa4 .venv-viz .venv-site .tools .benchmarks .hypothesis .mypy_cache .pytest_cache .ruff_cache \
		build dist site
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/.dev .venv/.run: .venv/.%: requirements/%.txt pyproject.toml .venv/pyvenv.cfg
	@echo "Installing the locked packages of requirements/$*.txt into .venv"
	@$(INSTALL) --require-hashes --requirements requirements/$*.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@$(BYTECODE)
	@touch $@

.venv-mesa4/.ready .venv-viz/.ready .venv-site/.ready: .venv-%/.ready: requirements/%.txt pyproject.toml .venv/pyvenv.cfg
	@echo "Installing the locked packages of requirements/$*.txt into .venv-$*"
	@$(UV) venv --quiet --clear --python .venv/bin/python .venv-$*
	@$(UV) pip install --quiet --python .venv-$*/bin/python --require-hashes --requirements requirements/$*.txt
	@$(UV) pip install --quiet --python .venv-$*/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv-audit/.ready: requirements/audit.txt .venv/pyvenv.cfg
	@echo "Installing the locked packages of requirements/audit.txt into .venv-audit"
	@$(UV) venv --quiet --clear --python .venv/bin/python .venv-audit
	@$(UV) pip install --quiet --python .venv-audit/bin/python --require-hashes --requirements requirements/audit.txt
	@touch $@

.venv/pyvenv.cfg: .python-version | $(UV_STAMP)
	@echo "Making .venv with Python $$(cat .python-version)"
	@find="$(UV) venv --quiet --clear .venv"; wanted=$$(cat .python-version); \
	$$find --no-python-downloads --python "$$wanted" 2>/dev/null \
	|| $$find --no-python-downloads --python ">=3.12" 2>/dev/null \
	|| $$find --python "$$wanted" \
	|| { echo "No Python >= 3.12 was found, and none could be downloaded." \
		"Install Python $$wanted (python.org, pyenv or your system's packages) and run make again." >&2; exit 1; }

$(UV_STAMP):
	@echo "Installing uv $(UV_VERSION) into .tools"
	@$(PYTHON) -m venv --clear .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@
