# shellcheck shell=bash
# Sourced by scripts/lint and scripts/test: runs named steps, continues after a failure and counts
# test results.

failed_steps=()
logs=${target:?}/logs
mkdir -p "$logs"

# step NAME DURATION COMMAND...: runs the command; its output goes to the terminal and to a log.
step() {
  local name=$1 duration=$2 began=$SECONDS
  shift 2
  say "$name ($duration)"
  if "$@" 2>&1 | tee "$logs/$name.log"; then
    say "$name: passed after $((SECONDS - began)) s"
  else
    say "$name: FAILED after $((SECONDS - began)) s"
    failed_steps+=("$name")
    return 1
  fi
}

# count NAME WORD: sums the results that cargo and Playwright report as WORD in the step's log.
count() {
  sed 's/\x1b\[[0-9;]*m//g' "$logs/$1.log" 2>/dev/null | awk -v word="$2" '
    /^test result: / { for (i = 2; i <= NF; i++) if ($i ~ "^" word ";?$") n += $(i - 1) }
    /^ +[0-9]+ [a-z]+( \(.*\))?$/ && $2 == word { n += $1 }
    END { print n + 0 }'
}
