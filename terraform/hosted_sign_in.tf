# The hosted sign-in: pages of Cognito's own, by email or with Google, for clients that send people there.

locals {
  hosted_sign_in = var.hosted_sign_in != null
  google         = try(var.hosted_sign_in.google, null)
  hosted_url     = local.hosted_sign_in ? "https://${var.hosted_sign_in.domain_prefix}.auth.${var.region}.amazoncognito.com" : null
}

resource "aws_cognito_user_pool_domain" "this" {
  count = local.hosted_sign_in ? 1 : 0

  domain       = var.hosted_sign_in.domain_prefix
  user_pool_id = aws_cognito_user_pool.this.id
}

# What Google gave the application. The provider has no other way to hand it to Cognito than through the state.
data "aws_secretsmanager_secret_version" "google" {
  count = local.google == null ? 0 : 1

  secret_id = local.google.client_secret_name
}

resource "aws_cognito_identity_provider" "google" {
  count = local.google == null ? 0 : 1

  user_pool_id  = aws_cognito_user_pool.this.id
  provider_name = "Google"
  provider_type = "Google"

  provider_details = {
    client_id        = local.google.client_id
    client_secret    = data.aws_secretsmanager_secret_version.google[0].secret_string
    authorize_scopes = "openid email profile"
  }

  attribute_mapping = {
    username       = "sub"
    email          = "email"
    email_verified = "email_verified"
    name           = "name"
  }

  lifecycle {
    # Cognito adds the addresses of Google.
    ignore_changes = [
      provider_details["attributes_url"],
      provider_details["attributes_url_add_attributes"],
      provider_details["authorize_url"],
      provider_details["oidc_issuer"],
      provider_details["token_request_method"],
      provider_details["token_url"],
    ]
  }
}
