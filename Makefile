# Each target calls the real tool; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run dev build test lint bench fmt setup setup-build setup-test clean

with := scripts/with-tools
binary := $(or $(CARGO_TARGET_DIR),target)/release/latchkey
sources := Cargo.toml Cargo.lock $(shell find src migrations public style -type f 2>/dev/null)

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "make %-8s %s\n", $$1, $$2 }'

run: build ## Install what is missing, build, start on http://localhost:3000
	@echo "Starting Latchkey on $${LATCHKEY_BASE_URL:-http://localhost:3000} (ctrl-C stops it)"
	@exec $(with) $(binary) serve

dev: setup-build ## The same unoptimised, rebuilt and reloaded whenever a file changes
	@$(with) cargo leptos watch -- serve

build: setup-build $(binary) ## Build the release binary, pages and all inside

# Hashed names, so that browsers may keep assets forever; compressed before the binary takes them in.
$(binary): $(sources) | setup-build
	@echo "Building the release binary (about 8 minutes the first time)"
	@LEPTOS_HASH_FILES=true $(with) cargo leptos build --release --precompress

test: setup ## Everything that proves the project; ONLY="sqlite browser" runs a part
	@$(with) scripts/test $(ONLY)

lint: setup ## Check formatting, Clippy, scripts and types
	@$(with) scripts/lint

bench: setup-build ## Compare what must take as long: a known address and an unknown one
	@$(with) cargo bench --features ssr --bench unknown_address

fmt: setup-build ## Format the code
	@$(with) cargo fmt --all

setup: setup-build setup-test ## Only install what building and testing need

setup-build:
	@scripts/setup-build

setup-test: setup-build
	@scripts/setup-test

clean: ## Remove what was built; the data folder stays
	@$(with) cargo clean
	@rm -rf $(foreach project,end2end end2end/interop examples/express,$(addprefix $(project)/,node_modules test-results playwright-report))
