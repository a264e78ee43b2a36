# What becomes of mail and text messages once they are sent: both services tell it to one function, asynchronously.

locals {
  delivery_events = one([for function, row in local.functions : function if try(row.deliveryEvents, false)])
}

resource "aws_lambda_function_event_invoke_config" "delivery_events" {
  function_name = module.function[local.delivery_events].name

  # As often and as long as Lambda tries at most.
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 21600

  destination_config {
    on_failure {
      destination = aws_sqs_queue.this["delivery-events-failures"].arn
    }
  }
}

# SES tells the default bus, where its events are among those of all of the account.
resource "aws_cloudwatch_event_rule" "email" {
  count = local.sends_email ? 1 : 0

  name        = "${local.prefix}-email-events"
  description = "What became of the mail of ${local.prefix}."

  event_pattern = jsonencode({
    source = ["aws.ses"]
    detail = { mail = { tags = { "ses:configuration-set" = [local.prefix] } } }
  })
}

resource "aws_cloudwatch_event_target" "email" {
  count = local.sends_email ? 1 : 0

  rule      = aws_cloudwatch_event_rule.email[0].name
  target_id = local.delivery_events
  arn       = module.function[local.delivery_events].arn

  # As often and as long as EventBridge tries at most.
  retry_policy {
    maximum_retry_attempts       = 185
    maximum_event_age_in_seconds = 86400
  }

  dead_letter_config {
    arn = aws_sqs_queue.this["delivery-events-failures"].arn
  }
}

resource "aws_lambda_permission" "email_events" {
  count = local.sends_email ? 1 : 0

  statement_id  = "email-events"
  action        = "lambda:InvokeFunction"
  function_name = module.function[local.delivery_events].name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.email[0].arn
}

resource "aws_sns_topic_subscription" "sms" {
  count = local.sends_sms ? 1 : 0

  topic_arn      = module.sms[0].topic_arn
  protocol       = "lambda"
  endpoint       = module.function[local.delivery_events].arn
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.this["delivery-events-failures"].arn })
}

resource "aws_lambda_permission" "sms_events" {
  count = local.sends_sms ? 1 : 0

  statement_id  = "sms-events"
  action        = "lambda:InvokeFunction"
  function_name = module.function[local.delivery_events].name
  principal     = "sns.amazonaws.com"
  source_arn    = module.sms[0].topic_arn
}
