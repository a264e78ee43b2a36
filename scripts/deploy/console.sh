# shellcheck shell=bash
# What people see and are asked, the scratch folder, and what an interruption does. Results go to stdout, all else to stderr.

# Where people read, also while the output of a program goes into a file.
exec 3>&2

SCRATCH=""
# A long program that runs, and whether one is being started whose id is not known yet.
CHILD=""
STARTING=""
# "yes" once there was an interruption; "pending" while the program that it is for is being started.
INTERRUPTED=""

say() {
  printf '%s\n' "$*" >&3
}

step() {
  printf '\n== %s\n' "$*" >&3
}

fail() {
  say "deploy.sh: $*"
  exit 1
}

# For a command line that means nothing.
misuse() {
  say "deploy.sh: $*"
  exit 2
}

can_ask() {
  [ -t 0 ]
}

# Prints what is typed as the answer to a question.
ask() {
  local answer=""
  read -r -p "$1 " answer || true
  printf '%s' "$answer"
}

# Makes the scratch folder, and sees to it that nothing is left at the end, however it comes.
open_console() {
  SCRATCH="$(mktemp -d "${TMPDIR:-/tmp}/chinwag.XXXXXX")"
  trap on_end EXIT
  trap on_signal INT TERM
}

on_end() {
  local status=$?
  trap '' INT TERM
  smoke_clean_up || status=1
  rm -rf "$SCRATCH"
  exit "$status"
}

on_signal() {
  if [ -n "$INTERRUPTED" ]; then
    [ -z "$CHILD" ] || say "Still ending in order. 'kill -9 -- -$CHILD' ends it at once, and may lose what it did last."
    return 0
  fi
  say ""
  say "Interrupted. Running the same command again continues."
  if [ -n "$STARTING" ]; then
    INTERRUPTED="pending"
    return 0
  fi
  [ -n "$CHILD" ] || exit 130
  interrupt_child
}

interrupt_child() {
  INTERRUPTED="yes"
  kill -INT -- "-$CHILD" 2>/dev/null || true
}

# Runs a long program that must end in order. It has a process group of its own, so that it is interrupted once, by
# on_signal, and not a second time by the terminal: at the second time Terraform drops what it is doing.
run() {
  local status=0
  STARTING="yes"
  set -m
  "$@" </dev/null &
  CHILD=$!
  set +m
  STARTING=""
  [ "$INTERRUPTED" != "pending" ] || interrupt_child
  wait "$CHILD" || status=$?
  while kill -0 "$CHILD" 2>/dev/null; do
    status=0
    wait "$CHILD" || status=$?
  done
  CHILD=""
  [ -z "$INTERRUPTED" ] || exit 130
  return "$status"
}

# The last line in a file that says something: there AWS CLI and curl give their reason.
last_line() {
  awk 'NF { line = $0 } END { print line }' "$1"
}
