# shellcheck shell=bash
# The key that others sign their tokens for the notifications with. Terraform would keep it in its state: it is made here,
# once, and never on a command line.

fill_secrets() {
  fill_secret messaging_secret random_hex 48
  fill_secret api_keys_secret echo '{"keys": []}'
}

# Gives the secret of an output what a command prints.
fill_secret() {
  local name versions reason="$SCRATCH/secret-reason" value="$SCRATCH/secret-value"
  name="$(output "$1")"
  shift
  versions="$(aws secretsmanager describe-secret --secret-id "$name" --query VersionIdsToStages --output text 2>"$reason")" ||
    fail "the secret $name cannot be looked at ($(last_line "$reason"))"
  case "$versions" in
    "" | None | null) ;;
    *) return 0 ;;
  esac
  (umask 077 && "$@" >"$value")
  aws secretsmanager put-secret-value --secret-id "$name" --secret-string "file://$value" >/dev/null 2>"$reason" ||
    fail "the secret $name could not be given a value ($(last_line "$reason")); running the same command again continues"
  rm -f "$value"
  say "the secret $name has its first value"
}
