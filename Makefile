# `make` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help run dev build dist test lint bench bench-users bench-micro bench-timing bench-profile fmt setup setup-build setup-test setup-bench clean

with := scripts/with-tools
binary := $(or $(CARGO_TARGET_DIR),target)/release/latchkey
optimized := $(or $(CARGO_TARGET_DIR),target)/dist/release/latchkey
sources := Cargo.toml Cargo.lock $(shell find src browser migrations public style -type f 2>/dev/null)

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "make %-13s %s\n", $$1, $$2 }'

run: build ## Install missing tools, build, start on http://localhost:3000
	@exec $(with) $(binary)

dev: setup-build ## Start a debug build; rebuild and reload on every change
	@$(with) cargo leptos watch

build: setup-build $(binary) ## Build a binary for trying out and testing, with embedded assets

# Hashed asset names allow immutable caching; assets are compressed before they are embedded.
$(binary): $(sources) | setup-build
	@echo "Building the binary (about 6 minutes the first time)"
	@LEPTOS_HASH_FILES=true CARGO_PROFILE_RELEASE_OPT_LEVEL=1 $(with) cargo leptos build --release --precompress

dist: setup-build $(optimized) ## Build the optimized binary for production in target/dist

# Requests take a sixth less processor time, and the binary is a quarter smaller.
$(optimized): $(sources) | setup-build
	@echo "Building the optimized binary (about 15 minutes the first time)"
	@LEPTOS_HASH_FILES=true CARGO_TARGET_DIR=$(or $(CARGO_TARGET_DIR),target)/dist CARGO_PROFILE_RELEASE_LTO=fat \
		CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 $(with) cargo leptos build --release --precompress

test: setup ## Run all tests; ONLY="sqlite browser" selects steps
	@$(with) scripts/test $(ONLY)

lint: setup ## Check formatting, Clippy, scripts, types and wording
	@$(with) scripts/lint

bench: setup-bench $(if $(LATCHKEY_BENCH_BINARY),,dist) ## Compare with limits and other services; ONLY="profile page" selects
	@$(with) cargo bench --locked -p compare --bench compare -- $(ONLY)

bench-users: setup-bench $(if $(LATCHKEY_BENCH_BINARY),,dist) ## Compare a thousand with a million users; ONLY=users-sqlite selects
	@$(with) cargo bench --locked -p compare --bench compare -- $(or $(ONLY),users-sqlite users-postgres)

bench-profile: setup-build ## Record where a request spends its time; ONLY=verify selects
	@scripts/profile-request $(or $(ONLY),profile)

bench-micro: setup-build ## Measure the parts of a request, and renewals, in one process
	@$(with) cargo bench --locked -p micro --bench micro -- $(ONLY)
	@$(if $(ONLY),,$(with) cargo bench --locked -p micro --bench micro -- renewals)

bench-timing: setup-build ## Compare response times for known and unknown addresses; ONLY=reset selects
	@ONLY="$(ONLY)" $(with) cargo bench --locked -p micro --bench unknown_address

fmt: setup-build ## Format the code
	@$(with) cargo fmt --all

setup: setup-build setup-test ## Install build and test dependencies

setup-build:
	@scripts/setup-build

setup-test: setup-build
	@scripts/setup-test

setup-bench: setup-build
	@scripts/setup-bench

clean: ## Remove build output; keep the data folder
	@$(with) cargo clean
	@rm -rf benches/peers/*/.venv examples/*/node_modules examples/nextjs/.next examples/react/dist $(foreach folder,end2end end2end/interop,$(addprefix $(folder)/,node_modules test-results playwright-report))
