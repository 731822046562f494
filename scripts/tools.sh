# shellcheck shell=bash
# Sourced by the other scripts: paths and helper functions.
#
# Tools live outside the checkout, in one cache per user, so that several clones and CI runs on one
# machine share them.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=${LATCHKEY_TOOLS:-${XDG_CACHE_HOME:-${HOME:-$root/target}/.cache}/latchkey-tools}
mkdir -p "$tools/bin"

# The tests' Python environment; the folder name depends on the pinned versions.
python=$tools/python-$(cat "$root/end2end/interop/requirements.txt" "$root/examples/fastapi/requirements.txt" | cksum | cut -d ' ' -f 1)
export PATH="$tools/bin:$tools/npm/node_modules/.bin:$python/bin:$PATH"

# shellcheck disable=SC2034
target=${CARGO_TARGET_DIR:-$root/target}

# Written by scripts/setup-build when the default toolchain is not usable.
if [ -f "$tools/toolchain" ]; then
  RUSTUP_TOOLCHAIN=$(cat "$tools/toolchain")
  export RUSTUP_TOOLCHAIN
fi

# Written by scripts/setup-test when Playwright's own Chromium is not usable.
if [ -f "$tools/chromium" ]; then
  PLAYWRIGHT_CHROMIUM=$(cat "$tools/chromium")
  export PLAYWRIGHT_CHROMIUM
fi

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif have sudo; then sudo "$@"; else fail "root is required for: $*"; fi
}

# install_packages APT DNF BREW: a space-separated list of package names for each package manager.
install_packages() {
  if have apt-get; then
    # Package lists may be missing or outdated; update them and retry once.
    apt_install "$1" 2>/dev/null || { as_root apt-get update -qq && apt_install "$1"; }
  elif have dnf; then
    # shellcheck disable=SC2086
    as_root dnf install -y -q $2
  elif have brew; then
    # shellcheck disable=SC2086
    brew install --quiet $3
  else
    fail "found no apt-get, dnf or brew: install one of ($1), then run this again"
  fi
}

apt_install() {
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 $1 >/dev/null
}

# locked_version CRATE: prints the version in Cargo.lock.
locked_version() {
  awk -v crate="$1" '$0 == "name = \"" crate "\"" { getline; gsub(/version = |"/, ""); print; exit }' "$root/Cargo.lock"
}

# cargo_tool COMMAND VERSION MINUTES CRATE cargo-install-arguments...
cargo_tool() {
  local command=$1 version=$2 minutes=$3 crate=$4
  shift 4
  if is_installed "$command" "$version"; then return 0; fi
  say "Downloading $command $version (seconds)"
  if download_tool "$crate@$version" && is_installed "$command" "$version"; then return 0; fi
  say "No download for this machine: building $command $version (about $minutes minutes)"
  # The crate's lock file may name yanked crates or crates too new for this Rust: let cargo resolve.
  install_tool --version "$version" --locked "$crate" "$@" 2>/dev/null || install_tool --version "$version" "$crate" "$@"
  rm -rf "$tools/target"
}

is_installed() {
  [ "$("$tools/bin/$1" --version 2>/dev/null | head -n 1)" = "$1 $2" ]
}

# Installs a binary that the crate's own project has published. Fails without network access to it.
download_tool() {
  { have cargo-binstall || install_binstall; } 2>/dev/null &&
    cargo-binstall --no-confirm --quiet --force --disable-telemetry --strategies crate-meta-data --root "$tools" "$1" \
      >/dev/null 2>&1
}

# Installs cargo-binstall (GPL-3.0, not linked to anything here), which finds and checks published binaries.
install_binstall() {
  local releases=https://github.com/cargo-bins/cargo-binstall/releases/download/v1.24.0
  local folder
  folder=$(mktemp -d)
  local archive=$folder/archive
  case $(uname) in
    Linux) fetch "$releases/cargo-binstall-$(uname -m)-unknown-linux-musl.tgz" "$archive" && tar -xzf "$archive" -C "$tools/bin" ;;
    Darwin) fetch "$releases/cargo-binstall-universal-apple-darwin.zip" "$archive" && unzip -qo "$archive" -d "$tools/bin" ;;
    *) false ;;
  esac
  local status=$?
  rm -rf "$folder"
  return $status
}

fetch() {
  curl --fail --silent --location --proto '=https' --connect-timeout 5 --max-time 120 --output "$2" "$1"
}

# Unoptimised, because these tools run once per build and their release profile compiles four
# times as long.
install_tool() {
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=fallback CARGO_TARGET_DIR=$tools/target \
    cargo install --quiet --force --root "$tools" "$@"
}
