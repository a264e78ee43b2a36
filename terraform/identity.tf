# Who people are: a user pool and the one client of it; and the secrets.

resource "aws_cognito_user_pool" "this" {
  name                     = local.prefix
  user_pool_tier           = var.user_pool_tier
  mfa_configuration        = var.mfa
  auto_verified_attributes = ["email"]
  deletion_protection      = var.deletion_protection ? "ACTIVE" : "INACTIVE"

  username_configuration {
    case_sensitive = false
  }

  password_policy {
    minimum_length                   = 10
    require_lowercase                = true
    require_uppercase                = true
    require_numbers                  = true
    require_symbols                  = false
    temporary_password_validity_days = 7
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }

  admin_create_user_config {
    allow_admin_create_user_only = false
  }

  # Cognito's own mail stops at some 50 a day.
  email_configuration {
    email_sending_account = var.email == null ? "COGNITO_DEFAULT" : "DEVELOPER"
    source_arn            = var.email == null ? null : var.email.identity_arn
    from_email_address    = var.email == null ? null : var.email.from
  }

  verification_message_template {
    default_email_option = "CONFIRM_WITH_CODE"
    email_subject        = "Your code"
    email_message        = "Your code is {####}."
  }

  dynamic "software_token_mfa_configuration" {
    for_each = var.mfa == "OFF" ? [] : [true]

    content {
      enabled = true
    }
  }
}

resource "aws_cognito_user_pool_client" "this" {
  name         = local.prefix
  user_pool_id = aws_cognito_user_pool.this.id

  # Only the lambdas talk to Cognito, with the id alone: a secret would add nothing that the role does not.
  generate_secret = false
  # Where refresh tokens are rotated, Cognito allows no flow that does not.
  explicit_auth_flows           = local.rotates_refresh_tokens ? ["ALLOW_USER_PASSWORD_AUTH"] : ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH"]
  prevent_user_existence_errors = "ENABLED"
  enable_token_revocation       = true

  # The browser brings a code back from the hosted sign-in, with the proof key (PKCE) that POST /v1/authenticate/code asks for.
  supported_identity_providers         = local.hosted_sign_in ? concat(["COGNITO"], aws_cognito_identity_provider.google[*].provider_name) : null
  allowed_oauth_flows_user_pool_client = local.hosted_sign_in
  allowed_oauth_flows                  = local.hosted_sign_in ? ["code"] : null
  allowed_oauth_scopes                 = local.hosted_sign_in ? ["aws.cognito.signin.user.admin", "email", "openid", "profile"] : null
  callback_urls                        = local.hosted_sign_in ? var.hosted_sign_in.callback_urls : null
  logout_urls                          = local.hosted_sign_in ? var.hosted_sign_in.logout_urls : null

  access_token_validity  = 15
  id_token_validity      = 15
  refresh_token_validity = 30

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }

  # The one before stays good for a minute, so that an answer that was lost can be asked for again.
  dynamic "refresh_token_rotation" {
    for_each = local.rotates_refresh_tokens ? [60] : []

    content {
      feature                    = "ENABLED"
      retry_grace_period_seconds = refresh_token_rotation.value
    }
  }
}

locals {
  # Cognito does so from ESSENTIALS on.
  rotates_refresh_tokens = var.user_pool_tier != "LITE"

  secrets = toset(flatten([for row in local.functions : try(row.secrets, [])]))

  # What Terraform knows anyway. The others get their value from deploy.sh: here it would lie open in the state.
  known_secrets = {
    cognito-client-id = aws_cognito_user_pool_client.this.id
  }
}

resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV_AWS_149:The key of the account's Secrets Manager encrypts it; a key of one's own costs a call to KMS a read
  #checkov:skip=CKV2_AWS_57:A client's id, which Terraform makes, and a key that others sign with; docs/operations.md says how to replace both
  for_each = local.secrets

  name                    = "${local.prefix}/${each.key}"
  recovery_window_in_days = var.deletion_protection ? 30 : 0
}

resource "aws_secretsmanager_secret_version" "this" {
  for_each = local.known_secrets

  secret_id     = aws_secretsmanager_secret.this[each.key].id
  secret_string = each.value
}
