# shellcheck shell=bash
# Whose account it is, and which region.

ACCOUNT=""
# No pager in between, and no question.
export AWS_PAGER="" AWS_CLI_AUTO_PROMPT=off

# AWS CLI and Terraform look at different variables: both are set.
find_region() {
  REGION="${REGION:-${AWS_REGION:-${AWS_DEFAULT_REGION:-}}}"
  [ -n "$REGION" ] || REGION="$(aws configure get region 2>/dev/null)" || true
  [ -n "$REGION" ] || fail "no region: add --region, such as --region eu-west-1, or set AWS_REGION"
  printf '%s\n' "$REGION" | grep -Ex '[a-z]{2}(-[a-z]+)+-[0-9]' >/dev/null ||
    fail "'$REGION' is not the name of a region; one is eu-west-1"
  export AWS_REGION="$REGION" AWS_DEFAULT_REGION="$REGION"
}

# The same credentials tried in a region that always answers tell a wrong region from wrong credentials.
check_credentials() {
  local reason="$SCRATCH/credentials"
  if ! ACCOUNT="$(account_seen_from "$REGION" 2>"$reason")"; then
    account_seen_from us-east-1 >/dev/null 2>&1 &&
      fail "your credentials are good, but not in region '$REGION': there is none, or your account has not turned it on"
    fail "AWS could not be asked who you are ($(last_line "$reason")); credentials come from 'aws configure', 'aws sso login' or AWS_PROFILE"
  fi
  say "account $ACCOUNT, region $REGION, environment $ENVIRONMENT"
}

account_seen_from() {
  AWS_MAX_ATTEMPTS=2 aws sts get-caller-identity --region "$1" --query Account --output text
}
