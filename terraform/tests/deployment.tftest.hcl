# What the plan must say, whatever the environment. Run with -var packages=<a folder with <lambda>/bootstrap.zip>.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

variables {
  environment         = "test"
  region              = "eu-west-1"
  deletion_protection = false
}

run "follows_routes_json" {
  command = plan

  assert {
    condition     = keys(output.function_names) == keys(jsondecode(file("../routes.json")))
    error_message = "There must be a function for each row of routes.json, and no other."
  }

  assert {
    condition     = keys(output.table_names) == keys(jsondecode(file("../tables.json")))
    error_message = "There must be a table for each row of tables.json, and no other."
  }

  assert {
    condition     = alltrue([for key, name in output.function_names : name == "chinwag-test-${key}"])
    error_message = "A function must be called after the application and the environment."
  }
}

run "permits_what_routes_json_says" {
  command = apply

  assert {
    condition = toset([for statement in local.statements["blocks"] : join(" ", statement.actions)]) == toset([
      "dynamodb:BatchGetItem dynamodb:GetItem dynamodb:Query",
      "dynamodb:DescribeEndpoints",
    ])
    error_message = "A function that reads one table must read, and no more."
  }

  assert {
    condition = alltrue([
      for function, statements in local.statements : alltrue([
        for statement in statements : !contains(statement.resources, "*") || contains(
          ["dynamodb:DescribeEndpoints", "dynamodb:ListStreams"], join(" ", statement.actions)
        )
      ])
    ])
    error_message = "Only the calls that have no resource may be permitted on all."
  }

  assert {
    condition = alltrue(flatten([
      for statements in values(local.statements) : [
        for statement in statements : [for action in statement.actions : !strcontains(action, "*")]
      ]
    ]))
    error_message = "No action may be a wildcard."
  }
}

run "production_is_protected" {
  command = plan

  variables {
    environment         = "prod"
    deletion_protection = true
  }

  assert {
    condition     = aws_cognito_user_pool.this.deletion_protection == "ACTIVE"
    error_message = "The user pool of a protected deployment must refuse to be deleted."
  }

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.this : secret.recovery_window_in_days == 30])
    error_message = "The secrets of a protected deployment must be recoverable."
  }
}

run "mail_goes_through_ses_where_there_is_an_identity" {
  command = plan

  variables {
    email = { from = "Chinwag <no-reply@example.com>", identity_arn = "arn:aws:ses:eu-west-1:123456789012:identity/example.com" }
  }

  assert {
    condition     = aws_cognito_user_pool.this.email_configuration[0].email_sending_account == "DEVELOPER"
    error_message = "Mail must go through the SES identity."
  }
}

run "a_budget_and_a_subscription_only_where_they_are_asked_for" {
  command = plan

  assert {
    condition     = length(aws_budgets_budget.this) == 0 && length(aws_sns_topic_subscription.email) == 0
    error_message = "Nothing may be subscribed or budgeted without being asked for."
  }
}

run "a_budget_and_a_subscription" {
  command = plan

  variables {
    monthly_budget_usd = 50
    alarm_email        = "ops@example.com"
  }

  assert {
    condition     = aws_budgets_budget.this[0].limit_amount == "50" && aws_sns_topic_subscription.email[0].endpoint == "ops@example.com"
    error_message = "The budget and the subscription must be as they were asked for."
  }
}

run "every_lambda_table_and_quota_has_its_alarm" {
  command = plan

  assert {
    condition = alltrue([
      for key in keys(output.function_names) :
      contains(keys(aws_cloudwatch_metric_alarm.incident), "${key}-errors") && contains(keys(aws_cloudwatch_metric_alarm.incident), "${key}-throttles")
    ])
    error_message = "Each lambda must have its alarms."
  }

  assert {
    condition = alltrue([
      for key in keys(output.table_names) :
      contains(keys(aws_cloudwatch_metric_alarm.incident), "${key}-ReadThrottleEvents") && contains(keys(aws_cloudwatch_metric_alarm.incident), "${key}-WriteThrottleEvents")
    ])
    error_message = "Each table must have its alarms."
  }
}

run "a_wrong_environment_is_named" {
  command = plan

  variables {
    environment = "Production!"
  }

  expect_failures = [var.environment]
}

run "wrong_limits_are_named" {
  command = plan

  variables {
    flood_limit         = -1
    memory_mb           = 64
    recovery_days       = 40
    log_retention_days  = 31
    alarm_5xx_percent   = 0
    alarm_p99_ms        = 30000
    alarm_delay_seconds = 0
    monthly_budget_usd  = -1
    throttle            = { rate = 0, burst = 10 }
  }

  expect_failures = [
    var.flood_limit,
    var.memory_mb,
    var.recovery_days,
    var.log_retention_days,
    var.alarm_5xx_percent,
    var.alarm_p99_ms,
    var.alarm_delay_seconds,
    var.monthly_budget_usd,
    var.throttle,
  ]
}

run "wrong_choices_are_named" {
  command = plan

  variables {
    name           = "Chin wag"
    region         = "Ireland"
    architecture   = "arm"
    mfa            = "YES"
    user_pool_tier = "CHEAP"
    log_level      = "DEBUG"
    alarm_email    = "nobody"
    cors_origins   = ["https://example.com/path"]
  }

  expect_failures = [
    var.name,
    var.region,
    var.architecture,
    var.mfa,
    var.user_pool_tier,
    var.log_level,
    var.alarm_email,
    var.cors_origins,
  ]
}

run "a_throttle_for_a_route_that_is_none_is_named" {
  command = plan

  variables {
    route_throttles = { "POST /v1/mesages" = { rate = 1, burst = 1 } }
  }

  expect_failures = [var.route_throttles]
}

run "a_certificate_of_another_region_is_named" {
  command = plan

  variables {
    domains = { realtime = { name = "realtime.example.com", certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1" } }
  }

  expect_failures = [var.domains]
}

run "a_domain_for_what_has_none_is_named" {
  command = plan

  variables {
    domains = { web = { name = "chat.example.com", certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1" } }
  }

  expect_failures = [var.domains]
}

run "senders_that_are_none_are_named" {
  command = plan

  variables {
    senders            = { email = ["Chinwag <no-reply@example.com>"], sms = [{ identity = "0800 5551234", arn = "+18005551234" }] }
    messaging_jwks_url = "http://issuer.example.com/jwks.json"
  }

  expect_failures = [var.senders, var.messaging_jwks_url]
}

run "an_identity_of_no_sender_is_named" {
  command = plan

  variables {
    senders = { email = ["no-reply@mail.example.com"], create_identities = ["example.org"] }
  }

  expect_failures = [var.senders]
}

run "an_identity_that_is_none_is_named" {
  command = plan

  variables {
    email = { from = "nobody", identity_arn = "example.com" }
  }

  expect_failures = [var.email]
}
