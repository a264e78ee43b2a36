# shellcheck shell=bash
# Where Terraform's state is kept: one workspace for each environment and region, on this machine or in S3.

BACKEND_FILE="$ROOT/terraform/backend.tf"
# What one run chose must not be changed by another that runs beside it: once chosen, the workspace is in the environment.
unset TF_WORKSPACE
export TF_IN_AUTOMATION=1 TF_INPUT=0

# A pipeline's machine is thrown away, and the state with it.
check_state_is_kept() {
  [ "${CI:-false}" = "false" ] || [ -n "$STATE_BUCKET" ] || [ -e "$BACKEND_FILE" ] ||
    fail "in a pipeline Terraform's state would be lost: set CHINWAG_STATE_BUCKET (or --state-bucket) to an S3 bucket that keeps it"
}

open_state() {
  [ -z "$STATE_BUCKET" ] || write_backend
  [ ! -e "$BACKEND_FILE" ] || say "state in S3, as terraform/backend.tf says"
  initialize
  choose_workspace
}

write_backend() {
  local place
  place="$(bucket_region)"
  cat >"$BACKEND_FILE" <<BACKEND
# Written by deploy.sh for --state-bucket.
terraform {
  backend "s3" {
    bucket       = "$STATE_BUCKET"
    key          = "chinwag/terraform.tfstate"
    region       = "$place"
    use_lockfile = true
    encrypt      = true
  }
}
BACKEND
}

# The bucket may be in another region than what is deployed. S3 calls its oldest regions by other names.
bucket_region() {
  local place reason="$SCRATCH/bucket"
  if ! place="$(aws s3api get-bucket-location --bucket "$STATE_BUCKET" --query LocationConstraint --output text 2>"$reason")"; then
    fail "the bucket '$STATE_BUCKET' cannot be used ($(last_line "$reason")). To create it, with versions so that an older state can be had back:$(how_to_create_bucket)"
  fi
  case "$place" in
    None | null | "") printf 'us-east-1' ;;
    EU) printf 'eu-west-1' ;;
    *) printf '%s' "$place" ;;
  esac
}

how_to_create_bucket() {
  local constraint=" --create-bucket-configuration LocationConstraint=$REGION"
  [ "$REGION" != "us-east-1" ] || constraint=""
  printf '\n  aws s3api create-bucket --bucket %s --region %s%s' "$STATE_BUCKET" "$REGION" "$constraint"
  printf '\n  aws s3api put-bucket-versioning --bucket %s --versioning-configuration Status=Enabled' "$STATE_BUCKET"
}

initialize() {
  step "preparing Terraform"
  run terraform "-chdir=$ROOT/terraform" init -input=false >&2 2>"$SCRATCH/init" && return
  cat "$SCRATCH/init" >&2
  ! grep -q -e '-migrate-state' -e 'state migration' "$SCRATCH/init" ||
    fail "the state was kept elsewhere until now; to move it, once: terraform -chdir=terraform init -migrate-state"
  fail "terraform init failed; nothing was changed"
}

# Only what deploys makes a workspace.
choose_workspace() {
  local workspace="$ENVIRONMENT-$REGION"
  case "$COMMAND" in
    plan | apply) terraform "-chdir=$ROOT/terraform" workspace select -or-create "$workspace" >/dev/null ;;
    *)
      terraform "-chdir=$ROOT/terraform" workspace list >"$SCRATCH/workspaces"
      grep -x "[* ] $workspace" "$SCRATCH/workspaces" >/dev/null || nothing_deployed
      ;;
  esac
  export TF_WORKSPACE="$workspace"
}

nothing_deployed() {
  fail "nothing is deployed as $ENVIRONMENT in $REGION; to deploy it: ./deploy.sh apply --env $ENVIRONMENT --region $REGION"
}
