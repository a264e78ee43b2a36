# shellcheck shell=bash
# The lambdas: one zip for each row of routes.json.

build() {
  # Nothing unwinds where a panic aborts: the tables for it would be a tenth of each binary.
  export RUSTFLAGS="${RUSTFLAGS:+$RUSTFLAGS }-Cforce-unwind-tables=no"
  step "building the lambdas for $ARCH (the first time this takes some minutes)"
  run cargo lambda build --profile lambda --locked "--$(printf '%s' "$ARCH" | tr _ -)" --output-format binary \
    --lambda-dir target/lambda --workspace --exclude local --exclude tests --exclude shared ||
    fail "the build failed; nothing was changed"
  pack_all
}

# With the time of the build in it a zip would be new at each build, and its lambda updated for nothing.
pack() {
  cp "$1/bootstrap" "$SCRATCH/bootstrap"
  # Lambda runs it as another user; and the mode is in the zip, which must not change with the builder's umask.
  chmod 755 "$SCRATCH/bootstrap"
  touch -t 198001010000 "$SCRATCH/bootstrap"
  rm -f "$1/bootstrap.zip"
  (cd "$SCRATCH" && zip -q -9 -X "$ROOT/$1/bootstrap.zip" bootstrap)
}

pack_all() {
  local names name zip count=0 total=0 absent=""
  names="$(jq -r 'keys[]' routes.json)" || fail "routes.json cannot be read"
  for name in $names; do
    zip="target/lambda/$name/bootstrap.zip"
    if [ -s "${zip%.zip}" ]; then
      pack "target/lambda/$name"
      count=$((count + 1))
      total=$((total + $(wc -c <"$zip")))
    else
      absent="$absent $name"
    fi
  done
  [ -z "$absent" ] || fail "routes.json names lambdas that were not built:$absent"
  say "$count lambdas, $((total / 1048576)).$((total % 1048576 * 10 / 1048576)) MB zipped"
}
