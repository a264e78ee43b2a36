# Notifications by mail and text message: who may be their sender, and who is told what became of them. Run with -var
# packages=<a folder with <lambda>/bootstrap.zip>.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  environment         = "test"
  region              = "eu-west-1"
  deletion_protection = false
}

run "nobody_is_a_sender_unasked" {
  command = apply

  assert {
    condition     = length(module.email) == 0 && length(module.sms) == 0
    error_message = "Without senders there is nothing to send with."
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.email) == 0 && length(aws_sns_topic_subscription.sms) == 0 && length(aws_cloudwatch_metric_alarm.reputation) == 0
    error_message = "Without senders there is nobody to listen to."
  }

  assert {
    condition     = local.environments["notify"].SENDERS == "{\"email\":[],\"sms\":[]}"
    error_message = "Who takes notifications must know that nobody is a sender."
  }

  assert {
    condition     = local.environments["notification-delivery"].EMAIL_CONFIGURATION_SET == "chinwag-test" && local.environments["notification-delivery"].SMS_CONFIGURATION_SET == "chinwag-test"
    error_message = "Who sends must be able to start."
  }

  assert {
    condition = alltrue(flatten([
      for statements in values(local.statements) : [
        for statement in statements : [for action in statement.actions : !startswith(action, "ses:") && !startswith(action, "sms-voice:")]
      ]
    ]))
    error_message = "Without senders nobody may send."
  }

  assert {
    condition     = local.environments["messaging-authorizer"].MESSAGING_API_SECRET == "chinwag-test/messaging-api" && !can(local.environments["messaging-authorizer"].MESSAGING_JWKS_URL)
    error_message = "The authorizer must know the secret, and no URL that is not there."
  }

  assert {
    condition     = keys(aws_secretsmanager_secret.this) == ["api-keys", "cognito-client-id", "messaging-api"] && keys(aws_secretsmanager_secret_version.this) == ["cognito-client-id"]
    error_message = "What tokens are signed with must not be in the state."
  }
}

run "senders" {
  command = apply

  variables {
    senders = {
      email             = ["No-Reply@mail.example.com"]
      create_identities = ["example.com"]
      sms               = [{ identity = "+18005551234", arn = "arn:aws:sms-voice:eu-west-1:123456789012:phone-number/phone-1" }]
    }
    messaging_jwks_url = "https://issuer.example.com/jwks.json"
  }

  assert {
    condition     = jsondecode(local.environments["notify"].SENDERS) == { email = ["No-Reply@mail.example.com"], sms = ["+18005551234"] }
    error_message = "Who takes notifications must know the senders."
  }

  assert {
    condition     = { for function, environment in local.environments : function => environment.MESSAGING_JWKS_URL if can(environment.MESSAGING_JWKS_URL) } == { messaging-authorizer = "https://issuer.example.com/jwks.json" }
    error_message = "The authorizer must know where the keys are, and nobody else."
  }

  # What sending takes.

  assert {
    condition = jsonencode({
      for function, statements in local.statements : function => one([for statement in statements : statement if contains(statement.actions, "ses:SendEmail")])
      if length([for statement in statements : statement if contains(statement.actions, "ses:SendEmail")]) > 0
      }) == jsonencode({
      for function in ["graphql", "notification-delivery"] : function => {
        actions = ["ses:SendEmail"]
        resources = [
          "arn:aws:ses:eu-west-1:123456789012:configuration-set/chinwag-test",
          "arn:aws:ses:eu-west-1:123456789012:identity/No-Reply@mail.example.com",
          "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
          "arn:aws:ses:eu-west-1:123456789012:identity/mail.example.com",
        ]
        condition = { test = "StringEqualsIgnoreCase", variable = "ses:FromAddress", values = ["No-Reply@mail.example.com"] }
      }
    })
    error_message = "Who sends mail must send as the senders and with their identities, and as nobody else."
  }

  assert {
    condition = jsonencode({
      for function, statements in local.statements : function => one([for statement in statements : statement.resources if contains(statement.actions, "sms-voice:SendTextMessage")])
      if length([for statement in statements : statement if contains(statement.actions, "sms-voice:SendTextMessage")]) > 0
      }) == jsonencode({
      for function in ["graphql", "notification-delivery"] : function => ["arn:aws:sms-voice:eu-west-1:123456789012:phone-number/phone-1"]
    })
    error_message = "Who sends text messages must send them from the senders' numbers alone."
  }

  assert {
    condition     = { for key, alarm in aws_cloudwatch_metric_alarm.reputation : alarm.metric_name => alarm.threshold } == { "Reputation.BounceRate" = 0.05, "Reputation.ComplaintRate" = 0.001 }
    error_message = "Before SES stops all mail somebody must be woken."
  }

  assert {
    condition     = keys(output.dkim_records) == ["example.com"]
    error_message = "The records of a domain that was made an identity must be told."
  }

  # What became of it.

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.email[0].event_pattern) == {
      source = ["aws.ses"]
      detail = { mail = { tags = { "ses:configuration-set" = ["chinwag-test"] } } }
    }
    error_message = "The mail of others must be none of our business."
  }

  assert {
    condition = (
      aws_cloudwatch_event_target.email[0].arn == module.function["delivery-events"].arn
      && aws_lambda_permission.email_events[0].source_arn == aws_cloudwatch_event_rule.email[0].arn
      && aws_sns_topic_subscription.sms[0].endpoint == module.function["delivery-events"].arn
      && aws_sns_topic_subscription.sms[0].topic_arn == module.sms[0].topic_arn
      && aws_lambda_permission.sms_events[0].source_arn == module.sms[0].topic_arn
    )
    error_message = "Both services must tell the one function, and be let to."
  }

  assert {
    condition = (
      aws_cloudwatch_event_target.email[0].dead_letter_config[0].arn == aws_sqs_queue.this["delivery-events-failures"].arn
      && jsondecode(aws_sns_topic_subscription.sms[0].redrive_policy).deadLetterTargetArn == aws_sqs_queue.this["delivery-events-failures"].arn
      && aws_lambda_function_event_invoke_config.delivery_events.destination_config[0].on_failure[0].destination == aws_sqs_queue.this["delivery-events-failures"].arn
      && contains(local.statements["delivery-events"], { actions = ["sqs:SendMessage"], resources = [aws_sqs_queue.this["delivery-events-failures"].arn] })
    )
    error_message = "What could not be told must not be lost."
  }

  assert {
    condition = local.queue_services["delivery-events-failures"] == {
      "events.amazonaws.com" = aws_cloudwatch_event_rule.email[0].arn
      "sns.amazonaws.com"    = module.sms[0].topic_arn
    }
    error_message = "Who could not tell the function must be let to the queue for that."
  }
}

run "mail_alone" {
  command = plan

  variables {
    senders = { email = ["no-reply@example.com"] }
  }

  assert {
    condition     = length(module.email) == 1 && length(module.sms) == 0 && output.dkim_records == {}
    error_message = "Of what is not asked for nothing must be made."
  }
}
