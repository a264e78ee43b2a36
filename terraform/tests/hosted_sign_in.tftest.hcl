# How people sign in: the client of the user pool, and the hosted sign-in. Run with -var packages=<a folder with
# <lambda>/bootstrap.zip>.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_secretsmanager_secret_version" {
    defaults = { secret_string = "what Google gave" }
  }
}

variables {
  environment         = "test"
  region              = "eu-west-1"
  deletion_protection = false
}

run "without_hosted_sign_in" {
  command = plan

  assert {
    condition     = length(aws_cognito_user_pool_domain.this) == 0 && length(aws_cognito_identity_provider.google) == 0 && output.hosted_sign_in_url == null
    error_message = "There must be no pages that nobody asked for."
  }

  assert {
    condition     = !anytrue([for environment in values(local.environments) : can(environment.HOSTED_UI_URL)])
    error_message = "Nobody may know of pages that are not there."
  }

  assert {
    condition     = { for function, environment in local.environments : function => environment.REGISTRATION_LIMIT if can(environment.REGISTRATION_LIMIT) } == { register = "50" }
    error_message = "The function that registers must know the limit, and no other."
  }

  assert {
    condition     = length(aws_cognito_user_pool_client.this.refresh_token_rotation) == 0 && contains(aws_cognito_user_pool_client.this.explicit_auth_flows, "ALLOW_REFRESH_TOKEN_AUTH")
    error_message = "LITE has no rotation."
  }

  assert {
    condition     = aws_cognito_user_pool.this.mfa_configuration == "OPTIONAL" && aws_cognito_user_pool.this.software_token_mfa_configuration[0].enabled
    error_message = "People must be able to have a second factor."
  }
}

run "with_hosted_sign_in_and_rotation" {
  command = apply

  variables {
    user_pool_tier     = "ESSENTIALS"
    registration_limit = 0
    hosted_sign_in = {
      domain_prefix = "chinwag-test"
      callback_urls = ["https://chat.example.com/", "com.example.chat://signed-in"]
      google        = { client_id = "id.apps.googleusercontent.com", client_secret_name = "chinwag-google" }
    }
  }

  assert {
    condition     = one(aws_cognito_user_pool_client.this.refresh_token_rotation).feature == "ENABLED" && one(aws_cognito_user_pool_client.this.refresh_token_rotation).retry_grace_period_seconds == 60
    error_message = "Refresh tokens must be rotated, with time to ask again."
  }

  assert {
    condition     = aws_cognito_user_pool_client.this.explicit_auth_flows == toset(["ALLOW_USER_PASSWORD_AUTH"])
    error_message = "No flow may go round the rotation: Cognito refuses it."
  }

  assert {
    condition     = aws_cognito_user_pool_client.this.allowed_oauth_flows == toset(["code"]) && aws_cognito_user_pool_client.this.allowed_oauth_scopes == toset(["aws.cognito.signin.user.admin", "email", "openid", "profile"])
    error_message = "Browsers must bring a code back, never tokens."
  }

  assert {
    condition     = aws_cognito_user_pool_client.this.supported_identity_providers == toset(["COGNITO", "Google"])
    error_message = "People must be able to sign in by email and with Google."
  }

  assert {
    condition     = aws_cognito_identity_provider.google[0].provider_details["client_secret"] == "what Google gave" && data.aws_secretsmanager_secret_version.google[0].secret_id == "chinwag-google"
    error_message = "What Google gave must come from Secrets Manager."
  }

  assert {
    condition = { for function, environment in local.environments : function => [environment.HOSTED_UI_URL, jsondecode(environment.HOSTED_UI_REDIRECT_URIS)] if can(environment.HOSTED_UI_URL) } == {
      authenticate-code = ["https://chinwag-test.auth.eu-west-1.amazoncognito.com", ["https://chat.example.com/", "com.example.chat://signed-in"]]
    }
    error_message = "The function that exchanges codes must know the pages, and no other."
  }

  assert {
    condition     = output.hosted_sign_in_url == "https://chinwag-test.auth.eu-west-1.amazoncognito.com" && !can(local.environments["register"].REGISTRATION_LIMIT)
    error_message = "What is switched off must not be there."
  }

  # Who may do what to accounts and sockets.

  assert {
    condition = {
      for function, statements in local.statements : function => toset(flatten([
        for statement in statements : [for action in statement.actions : action if startswith(action, "cognito-idp:")]
      ])) if length(flatten([for statement in statements : [for action in statement.actions : action if startswith(action, "cognito-idp:")]])) > 0
      } == {
      delete-account  = toset(["cognito-idp:AdminDisableUser", "cognito-idp:AdminGetUser", "cognito-idp:AdminUserGlobalSignOut"])
      erasure         = toset(["cognito-idp:AdminDeleteUser", "cognito-idp:AdminDisableUser", "cognito-idp:AdminGetUser", "cognito-idp:AdminUserGlobalSignOut"])
      export          = toset(["cognito-idp:AdminGetUser"])
      password-change = toset(["cognito-idp:AdminGetUser", "cognito-idp:AdminUserGlobalSignOut"])
      password-reset  = toset(["cognito-idp:AdminGetUser", "cognito-idp:AdminUserGlobalSignOut"])
      register        = toset(["cognito-idp:AdminGetUser"])
      sign-out        = toset(["cognito-idp:AdminGetUser", "cognito-idp:AdminUserGlobalSignOut"])
    }
    error_message = "Who ends sessions may do that to accounts, and nothing else."
  }
}

run "a_place_to_come_back_to_is_encrypted" {
  command = plan

  variables {
    hosted_sign_in = { domain_prefix = "chinwag-test", callback_urls = ["http://chat.example.com/"] }
  }

  expect_failures = [var.hosted_sign_in]
}
