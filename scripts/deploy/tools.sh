# shellcheck shell=bash
# Which programs a command needs. All that is missing is told at once.

MISSING=""

check_tools() {
  need "terraform" 1.11 "your package manager has it, or HashiCorp's page of Terraform" terraform version
  need "aws" 1.29 "pip install awscli, or your package manager" aws --version
  need "jq" 1.6 "your package manager" jq --version
  case "$COMMAND" in
    plan | apply) check_build_tools ;;
  esac
  case "$COMMAND" in
    apply | smoke) need "curl" 7.0 "your package manager" curl --version ;;
  esac
  [ -z "$MISSING" ] || fail "these have to be installed first:$MISSING"
}

check_build_tools() {
  need "cargo" "$(rust_version)" "install Rust with rustup" cargo --version
  need "cargo-lambda" 1.9 "pip install cargo-lambda, or cargo install --locked cargo-lambda" cargo lambda --version
  need "zig" 0.10 "comes with pip's cargo-lambda; else pip install ziglang, or your package manager" cargo lambda system
  need "zip" 3.0 "your package manager" zip -v
  has_rust_target "$(rust_target)" ||
    missing "Rust for $ARCH" "rustup target add $(rust_target)"
}

# Notes a program as missing: its name, the least version, how to get it, and the command line that tells its version.
need() {
  local name="$1" least="$2" remedy="$3" version
  shift 3
  version="$(version_told_by "$@")"
  if [ -z "$version" ]; then
    missing "$name" "$remedy"
  elif ! is_at_least "$version" "$least"; then
    missing "$name $least" "this is $version; $remedy"
  fi
}

missing() {
  MISSING="$MISSING$(printf '\n  %-16s %s' "$1" "$2")"
}

# The first number with a dot in what a command line prints; nothing where it cannot be run.
version_told_by() {
  local told
  told="$("$@" 2>/dev/null </dev/null)" || return 0
  printf '%s\n' "$told" | awk '!found && match($0, /[0-9]+\.[0-9]+/) { print substr($0, RSTART, RLENGTH); found = 1 }'
}

# Whether a version is at least another, both as major.minor.
is_at_least() {
  [ "${1%%.*}" -gt "${2%%.*}" ] || { [ "${1%%.*}" -eq "${2%%.*}" ] && [ "${1##*.}" -ge "${2##*.}" ]; }
}

rust_version() {
  sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml
}

rust_target() {
  case "$ARCH" in
    arm64) printf 'aarch64-unknown-linux-gnu' ;;
    x86_64) printf 'x86_64-unknown-linux-gnu' ;;
  esac
}

# Asks rustc, which knows also where there is no rustup.
has_rust_target() {
  local folder
  folder="$(rustc --print target-libdir --target "$1" 2>/dev/null)" && [ -d "$folder" ]
}
