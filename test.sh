#!/usr/bin/env bash
# All tests, or those that are named: see the usage below.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
  cat <<'USAGE'
Usage: ./test.sh [part…]

Without a part, all of them in this order:
  code            unit tests, the API over HTTP, the promises under faults, kill -9: on the embedded engines
  contract        api/openapi.json as a document, and fuzzed against the local server, with and without callers
  postman         the Postman collection against api/openapi.json, and each of its requests against the local server
  kotlin          a client made of api/openapi.json for Kotlin, and the guide's sample over a wire that breaks
  docs            the links of the documentation, and its commands against the local server
  dynamodb-local  the API and the promises on Amazon's own DynamoDB Local in place of the embedded engine
  terraform       the infrastructure against the schema of the current AWS provider, and checks of it and of the scripts
  web             the TypeScript types against the contract, and the web client in headless Chromium
  deployment      ./deploy.sh into an emulated AWS account, the API tests against what it deployed, and its end

Tools are fetched from the package registries into .tools (or the folder that CHINWAG_TOOLS names).
USAGE
}

run() {
  printf '\n== %s (%ss)\n' "$1" "$SECONDS"
  case "$1" in
    code) env -u CHINWAG_URL -u CHINWAG_DYNAMODB_URL cargo test --workspace --locked ;;
    contract) tests/contract/run ;;
    postman) tests/postman/run ;;
    kotlin) tests/kotlin/run ;;
    docs) tests/docs/run ;;
    dynamodb-local) tests/dynamodb-local/run ;;
    terraform) tests/deploy/run static ;;
    web) tests/web/run ;;
    deployment) tests/deploy/run dynamic ;;
  esac
}

parts=(code contract postman kotlin docs dynamodb-local terraform web deployment)
for part in "$@"; do
  case "$part" in
    -h | --help)
      usage
      exit
      ;;
    code | contract | postman | kotlin | docs | dynamodb-local | terraform | web | deployment) ;;
    *)
      echo "test.sh: '$part' is no part; there are: ${parts[*]}" >&2
      exit 2
      ;;
  esac
done
[ "$#" -eq 0 ] || parts=("$@")

for part in "${parts[@]}"; do
  run "$part"
done
printf '\n== all passed (%ss)\n' "$SECONDS"
