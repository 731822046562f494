# shellcheck shell=bash
# Sourced by scripts/lint and scripts/test: runs named steps, keeps going after a failure, and
# counts.

failed_steps=()
logs=${target:?}/logs
mkdir -p "$logs"

# step NAME HOW-LONG COMMAND...: says what starts, runs it, keeps its output in a log too.
step() {
  local name=$1 how_long=$2 began=$SECONDS
  shift 2
  say "$name ($how_long)"
  if "$@" 2>&1 | tee "$logs/$name.log"; then
    say "$name: fine after $((SECONDS - began)) s"
  else
    say "$name: FAILED after $((SECONDS - began)) s"
    failed_steps+=("$name")
    return 1
  fi
}

# count NAME WORD: how many tests the step's runners (cargo's and Playwright's) report under WORD.
count() {
  sed 's/\x1b\[[0-9;]*m//g' "$logs/$1.log" 2>/dev/null | awk -v word="$2" '
    /^test result: / { for (i = 2; i <= NF; i++) if ($i ~ "^" word ";?$") n += $(i - 1) }
    /^ +[0-9]+ [a-z]+( \(.*\))?$/ && $2 == word { n += $1 }
    END { print n + 0 }'
}
