# shellcheck shell=bash
# Sourced by scripts/setup-test and scripts/setup-bench, after tools.sh: installs packages of npm and PyPI.

# npm_packages FOLDER DESCRIPTION: installs the packages of the folder's lock file.
npm_packages() {
  local lock=$1/package-lock.json installed=$1/node_modules/.installed-from
  if cmp -s "$lock" "$installed"; then return 0; fi
  say "Installing $2 (seconds)"
  npm ci --silent --no-audit --no-fund --prefix "$1"
  cp "$lock" "$installed"
}

# python_packages ENVIRONMENT REQUIREMENTS DESCRIPTION: installs the packages in a virtual environment, because
# distributions protect their system packages (PEP 668).
python_packages() {
  local environment=$1
  if [ -f "$environment/.complete" ] && "$environment/bin/python" -c '' 2>/dev/null; then return 0; fi
  rm -rf "$environment"
  local interpreter
  interpreter=$(new_enough_python) || {
    say "Installing Python (seconds)"
    install_packages python3-venv python3.12 python
    interpreter=$(new_enough_python) ||
      fail "Python 3.11 or newer with its venv module is missing: install it, then run this again"
  }
  say "Installing $3 (half a minute)"
  "$interpreter" -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check -r "$2"
  : >"$environment/.complete"
}

# Prints the first Python that has the venv module and is new enough for FastAPI.
new_enough_python() {
  local name
  for name in python3 /usr/bin/python3 python3.{11..19}; do
    if "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"
      return 0
    fi
  done
  return 1
}
