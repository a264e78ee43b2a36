# shellcheck shell=bash
# What Terraform does: plan, apply, destroy, outputs.

VARIABLES=()

# Terraform with the variables of this deployment. A second run waits for the first.
terraform_with_variables() {
  local command="$1"
  shift
  VARIABLES=("-var-file=envs/$ENVIRONMENT.tfvars" "-var=environment=$ENVIRONMENT" "-var=region=$REGION" "-var=architecture=$ARCH")
  run terraform "-chdir=$ROOT/terraform" "$command" -input=false -lock-timeout=5m "${VARIABLES[@]}" "$@"
}

show_plan() {
  step "what would change"
  terraform_with_variables plan || fail "the plan failed; nothing was changed"
}

# Applies the very plan that was shown.
apply() {
  local plan="$SCRATCH/plan" changes=0
  step "looking what would change"
  terraform_with_variables plan -detailed-exitcode "-out=$plan" >"$SCRATCH/plan.txt" || changes=$?
  case "$changes" in
    0)
      say "Nothing: all is as it should be."
      return
      ;;
    2) summarize "$plan" ;;
    *) fail "the plan failed; nothing was changed" ;;
  esac
  agree "Change this in account $ACCOUNT, $REGION?"
  step "changing it"
  run terraform "-chdir=$ROOT/terraform" apply -input=false -lock-timeout=5m "$plan" ||
    fail "not all could be changed; running the same command again continues"
}

# Counts what a plan does, and names all that it touches of what is there.
summarize() {
  terraform "-chdir=$ROOT/terraform" show -json "$1" | jq -r '
    [.resource_changes[]? | {address, does: (.change.actions | join(" and "))}]
    | map(select(.does != "no-op" and .does != "read"))
    | (map(select(.does != "create")) | .[] | "  \(.does) \(.address)"),
      (if length == 0 then "  outputs alone" else empty end),
      (group_by(.does)[] | "\(.[0].does): \(length)")' >&2
}

agree() {
  [ -z "$ASSUME_YES" ] || return 0
  case "$(ask "$1 [y/N]")" in
    y | Y | yes) ;;
    *) fail "nothing was changed" ;;
  esac
}

read_outputs() {
  terraform "-chdir=$ROOT/terraform" output -json >"$SCRATCH/outputs" || fail "the outputs cannot be read"
  [ -n "$(output api_url)" ] || nothing_deployed
}

output() {
  jq -r --arg name "$1" '.[$name].value // empty' "$SCRATCH/outputs"
}

print_outputs() {
  read_outputs
  jq 'with_entries(select(.value.sensitive | not) | .value |= .value)' "$SCRATCH/outputs"
}

print_next_steps() {
  cat <<NEXT

Chinwag ($ENVIRONMENT) is up in $REGION.
  URL        $(output api_url)
  WebSocket  $(output realtime_url)$(web_client_line)
  dashboard  $(output dashboard_url)
  alarms     $(output alarm_topic_arn)

What to do next:
  try it: API=$(output api_url)/v1 and then README.md's lines with curl
  get the alarms: aws sns subscribe --region $REGION --topic-arn $(output alarm_topic_arn) --protocol email --notification-endpoint you@example.com
  before people come: raise the quotas that docs/operations.md names
NEXT
}

# Nothing where there is no web client.
web_client_line() {
  [ -z "$(output web_url)" ] || printf '\n  web client %s' "$(output web_url)"
}

# Protected is all that does not say that it is not.
is_protected() {
  ! grep -Eq '^[[:space:]]*deletion_protection[[:space:]]*=[[:space:]]*false' "$ROOT/terraform/envs/$ENVIRONMENT.tfvars"
}

check_destroy_consent() {
  if is_protected; then
    can_ask || [ -n "$CONFIRMED" ] ||
      fail "'$ENVIRONMENT' is protected: to destroy it without a terminal to ask at, add --confirm $ENVIRONMENT"
  else
    can_ask || [ -n "$ASSUME_YES" ] || [ -n "$CONFIRMED" ] ||
      fail "this is no terminal to ask at: add --yes to destroy without a question"
  fi
}

destroy() {
  local count
  terraform "-chdir=$ROOT/terraform" state list >"$SCRATCH/resources"
  count="$(grep -Evc '(^|\.)data\.' "$SCRATCH/resources")" || true
  if [ "$count" -eq 0 ]; then
    say "Nothing is left of $ENVIRONMENT in $REGION."
    return
  fi
  say "This deletes all $count resources of $ENVIRONMENT in $REGION, with all users and messages, for good."
  agree_to_destroy
  make_empty_packages
  ! is_protected || lift_protection
  step "deleting it"
  terraform_with_variables destroy -auto-approve -var=deletion_protection=false "-var=packages=$SCRATCH/packages" ||
    fail "not all could be deleted; running the same command again continues"
  say_what_is_left
}

# A protected environment is never destroyed by --yes alone.
agree_to_destroy() {
  [ -z "$CONFIRMED" ] || return 0
  if is_protected; then
    [ "$(ask "To destroy '$ENVIRONMENT', type its name:")" = "$ENVIRONMENT" ] || fail "nothing was deleted"
  else
    agree "Delete it all from account $ACCOUNT?"
  fi
}

# Terraform looks for the packages also where it only deletes. Any will do: nothing has to be built.
make_empty_packages() {
  local names name
  names="$(jq -r 'keys[]' routes.json)" || fail "routes.json cannot be read"
  for name in $names; do
    mkdir -p "$SCRATCH/packages/$name"
    : >"$SCRATCH/packages/$name/bootstrap.zip"
  done
}

# AWS refuses to delete what is protected, so that comes first: of the tables, the user pool and the secrets.
lift_protection() {
  local address
  local -a targets
  targets=()
  while read -r address; do
    targets+=("-target=$address")
  done < <(grep -E '(aws_dynamodb_table|aws_cognito_user_pool|aws_secretsmanager_secret)\.[a-z_]+(\[.*\])?$' "$SCRATCH/resources")
  [ "${#targets[@]}" -gt 0 ] || return 0
  step "lifting the protection against deletion"
  terraform_with_variables apply -auto-approve -var=deletion_protection=false "-var=packages=$SCRATCH/packages" \
    "${targets[@]}" >"$SCRATCH/lifted" ||
    fail "the protection could not be lifted; nothing was deleted"
}

say_what_is_left() {
  say ""
  say "$ENVIRONMENT in $REGION is gone. Left on purpose: the backup that DynamoDB makes of a table when it is deleted, for 35 days and at no cost."
  [ ! -e "$BACKEND_FILE" ] || say "The bucket with the state is left too: it is yours, and other environments may be in it."
}
