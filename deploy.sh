#!/usr/bin/env bash
# From a clone to a running Chinwag in an AWS account, and again after each change: ./deploy.sh --help
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
unset CDPATH

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=scripts/deploy/console.sh
. "$ROOT/scripts/deploy/console.sh"
# shellcheck source=scripts/deploy/tools.sh
. "$ROOT/scripts/deploy/tools.sh"
# shellcheck source=scripts/deploy/account.sh
. "$ROOT/scripts/deploy/account.sh"
# shellcheck source=scripts/deploy/build.sh
. "$ROOT/scripts/deploy/build.sh"
# shellcheck source=scripts/deploy/state.sh
. "$ROOT/scripts/deploy/state.sh"
# shellcheck source=scripts/deploy/infrastructure.sh
. "$ROOT/scripts/deploy/infrastructure.sh"
# shellcheck source=scripts/deploy/secrets.sh
. "$ROOT/scripts/deploy/secrets.sh"
# shellcheck source=scripts/deploy/smoke.sh
. "$ROOT/scripts/deploy/smoke.sh"

COMMAND=""
ENVIRONMENT="dev"
REGION=""
ARCH="arm64"
STATE_BUCKET="${CHINWAG_STATE_BUCKET:-}"
ASSUME_YES=""
CONFIRMED=""

usage() {
  cat <<'USAGE'
Deploys Chinwag to the AWS account of your credentials.

Usage: ./deploy.sh [command] [options]

Commands:
  apply     build, show what would change, ask, change it, and test it (the default)
  plan      build, and show what would change
  smoke     test what is deployed: two people register, one writes to the other, both are deleted
  outputs   print the URL and the names of what is deployed, as JSON
  destroy   delete everything, with all users and messages

Options:
  --env NAME             which deployment: a file terraform/envs/NAME.tfvars (default: dev)
  --region REGION        where (default: AWS_REGION, AWS_DEFAULT_REGION, or the AWS CLI's profile)
  --arch ARCH            what the lambdas are built for: arm64 (default) or x86_64
  --state-bucket BUCKET  keep Terraform's state in this S3 bucket (default: CHINWAG_STATE_BUCKET;
                         without one it is kept under terraform/ on this machine)
  --yes                  do not ask before anything is changed
  --confirm NAME         to destroy a protected environment: its name once more
  --help                 print this
USAGE
}

parse() {
  while [ $# -gt 0 ]; do
    case "$1" in
      plan | apply | destroy | outputs | smoke)
        [ -z "$COMMAND" ] || misuse "one command at a time: '$COMMAND' or '$1'"
        COMMAND="$1"
        ;;
      --env | --region | --arch | --state-bucket | --confirm)
        [ -n "${2:-}" ] || misuse "$1 needs a value"
        set_option "$1" "$2"
        shift
        ;;
      --yes) ASSUME_YES="yes" ;;
      --help | -h)
        usage
        exit 0
        ;;
      -*) misuse "unknown option '$1'; --help tells all" ;;
      *) misuse "unknown command '$1'; --help tells all" ;;
    esac
    shift
  done
  COMMAND="${COMMAND:-apply}"
}

set_option() {
  case "$1" in
    --env) ENVIRONMENT="$2" ;;
    --region) REGION="$2" ;;
    --arch) ARCH="$2" ;;
    --state-bucket) STATE_BUCKET="$2" ;;
    --confirm) CONFIRMED="$2" ;;
  esac
}

check_options() {
  local known
  known="$(cd "$ROOT/terraform/envs" && printf '%s\n' *.tfvars | sed 's/\.tfvars$//')"
  printf '%s\n' "$known" | grep -Fx -- "$ENVIRONMENT" >/dev/null ||
    misuse "there is no environment '$ENVIRONMENT'; terraform/envs has: $(printf '%s' "$known" | tr '\n' ' ')"
  case "$ARCH" in
    arm64 | x86_64) ;;
    *) misuse "--arch must be arm64 or x86_64, not '$ARCH'" ;;
  esac
  [ -z "$CONFIRMED" ] || [ "$CONFIRMED" = "$ENVIRONMENT" ] ||
    misuse "--confirm must repeat the environment's name, '$ENVIRONMENT', not '$CONFIRMED'"
}

# What can be refused without a look at the world is refused before any work.
check_consent() {
  case "$COMMAND" in
    apply) can_ask || [ -n "$ASSUME_YES" ] || fail "this is no terminal to ask at: add --yes to apply without a question" ;;
    destroy) check_destroy_consent ;;
  esac
}

main() {
  parse "$@"
  check_options
  check_consent
  check_state_is_kept
  open_console
  cd "$ROOT"
  check_tools
  find_region
  check_credentials
  open_state

  case "$COMMAND" in
    plan)
      build
      show_plan
      ;;
    apply)
      build
      apply
      read_outputs
      fill_secrets
      smoke
      print_next_steps
      ;;
    smoke)
      read_outputs
      smoke
      ;;
    outputs) print_outputs ;;
    destroy) destroy ;;
  esac
}

main "$@"
