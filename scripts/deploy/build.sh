# shellcheck shell=bash
# The lambdas: one zip for each row of routes.json.

build() {
  # Nothing unwinds where a panic aborts: the tables for it would be a tenth of each binary.
  export RUSTFLAGS="${RUSTFLAGS:+$RUSTFLAGS }-Cforce-unwind-tables=no"
  step "building the lambdas for $ARCH (the first time this takes some minutes)"
  run cargo lambda build --profile lambda --locked "--$(printf '%s' "$ARCH" | tr _ -)" --output-format zip \
    --lambda-dir target/lambda --workspace --exclude local --exclude tests --exclude shared ||
    fail "the build failed; nothing was changed"
  check_packages
}

check_packages() {
  local name zip count=0 total=0 absent=""
  for name in $(jq -r 'keys[]' routes.json); do
    zip="target/lambda/$name/bootstrap.zip"
    if [ -s "$zip" ]; then
      count=$((count + 1))
      total=$((total + $(wc -c <"$zip")))
    else
      absent="$absent $name"
    fi
  done
  [ -z "$absent" ] || fail "routes.json names lambdas that were not built:$absent"
  say "$count lambdas, $((total / 1048576)).$((total % 1048576 * 10 / 1048576)) MB zipped"
}
