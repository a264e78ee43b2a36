# What wakes somebody. docs/operations.md tells what each alarm means and what to do.

resource "aws_sns_topic" "alarms" {
  #checkov:skip=CKV_AWS_26:The names of alarms are no secret, and CloudWatch cannot publish through the key of SNS
  name = "${local.prefix}-alarms"
}

data "aws_iam_policy_document" "alarms" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_caller_identity" "current" {}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.alarms.json
}

resource "aws_sns_topic_subscription" "email" {
  count = var.alarm_email == null ? 0 : 1

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

locals {
  # The queues that nobody takes from.
  dead_ends = setsubtract(keys(local.all_queues), [for queue in local.consumers : queue.name])

  # What should not happen at all, or not for long: the sum of a metric over 5 minutes above 0, once or twice in a row.
  incidents = merge(
    {
      for key, function in module.function : "${key}-errors" => {
        description = "The lambda ${key} crashed or ran out of time."
        namespace   = "AWS/Lambda"
        metric      = "Errors"
        dimensions  = { FunctionName = function.name }
        periods     = 1
      }
    },
    {
      for key, function in module.function : "${key}-throttles" => {
        description = "The lambda ${key} was called more often at once than the account allows."
        namespace   = "AWS/Lambda"
        metric      = "Throttles"
        dimensions  = { FunctionName = function.name }
        periods     = 1
      }
    },
    merge([
      for key, table in module.table : {
        for event in ["ReadThrottleEvents", "WriteThrottleEvents"] : "${key}-${event}" => {
          description = "The table ${key} refused calls: too many on it, or on one of its keys."
          namespace   = "AWS/DynamoDB"
          metric      = event
          dimensions  = { TableName = table.name }
          periods     = 2
        }
      }
    ]...),
    merge([
      for key, row in local.tables : {
        for pair in setproduct(keys(try(row.indexes, {})), ["ReadThrottleEvents", "WriteThrottleEvents"]) : "${key}-${join("-", pair)}" => {
          description = "The index ${pair[0]} of the table ${key} refused calls."
          namespace   = "AWS/DynamoDB"
          metric      = pair[1]
          dimensions  = { TableName = module.table[key].name, GlobalSecondaryIndexName = pair[0] }
          periods     = 2
        }
      }
    ]...),
    {
      for key in local.dead_ends : "${key}-messages" => {
        description = "Something could not be handled, and waits in the queue ${key} for somebody to look."
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        dimensions  = { QueueName = aws_sqs_queue.this[key].name }
        periods     = 1
      }
    },
    {
      for metric in ["SignInThrottles", "SignUpThrottles", "TokenRefreshThrottles"] : metric => {
        description = "Cognito refused calls: its quota is used up."
        namespace   = "AWS/Cognito"
        metric      = metric
        dimensions  = { UserPool = aws_cognito_user_pool.this.id, UserPoolClient = aws_cognito_user_pool_client.this.id }
        periods     = 1
      }
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "incident" {
  for_each = local.incidents

  alarm_name          = "${local.prefix}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = each.value.periods
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

locals {
  # What waits too long: how old the oldest is that was not handled yet.
  delays = merge(
    {
      for function, stream in local.streams : "${function}-delay" => {
        description = "Changes of the table ${stream.table} wait for the lambda ${function}."
        namespace   = "AWS/Lambda"
        metric      = "IteratorAge"
        dimensions  = { FunctionName = module.function[function].name }
        # In milliseconds.
        threshold = var.alarm_delay_seconds * 1000
      }
    },
    {
      for function, queue in local.consumers : "${queue.name}-delay" => {
        description = "Messages in the queue ${queue.name} wait for the lambda ${function}."
        namespace   = "AWS/SQS"
        metric      = "ApproximateAgeOfOldestMessage"
        dimensions  = { QueueName = aws_sqs_queue.this[queue.name].name }
        threshold   = var.alarm_delay_seconds
      }
      # Here they wait for a quarter of an hour on purpose.
      if queue.name != "erasures"
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "delay" {
  for_each = local.delays

  alarm_name          = "${local.prefix}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "failing" {
  alarm_name          = "${local.prefix}-5xx"
  alarm_description   = "More than ${var.alarm_5xx_percent} % of the requests failed on our side."
  evaluation_periods  = 1
  threshold           = var.alarm_5xx_percent
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "percent"
    label       = "5xx in percent"
    expression  = "100 * failed / requests"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { failed = "5xx", requests = "Count" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApiGateway"
        metric_name = metric_query.value
        dimensions  = { ApiId = module.http_api.id }
        stat        = "Sum"
        period      = 300
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "slow" {
  alarm_name          = "${local.prefix}-p99"
  alarm_description   = "One request in a hundred took longer than ${var.alarm_p99_ms} ms, for most of 15 minutes."
  namespace           = "AWS/ApiGateway"
  metric_name         = "Latency"
  dimensions          = { ApiId = module.http_api.id }
  extended_statistic  = "p99"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  threshold           = var.alarm_p99_ms
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  # A handful of requests has no hundredth.
  evaluate_low_sample_count_percentiles = "ignore"
}

# Of all mail of the account: SES looks at no less.
resource "aws_cloudwatch_metric_alarm" "reputation" {
  for_each = local.sends_email ? { BounceRate = 0.05, ComplaintRate = 0.001 } : {}

  alarm_name          = "${local.prefix}-${each.key}"
  alarm_description   = "Of the account's mail more than ${100 * each.value} % comes back or is complained about: at more SES stops it all."
  namespace           = "AWS/SES"
  metric_name         = "Reputation.${each.key}"
  statistic           = "Maximum"
  period              = 3600
  evaluation_periods  = 1
  threshold           = each.value
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "ignore"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_budgets_budget" "this" {
  count = var.monthly_budget_usd > 0 ? 1 : 0

  # Budgets, too, are the account's.
  name         = "${local.prefix}-${var.region}"
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }

    content {
      notification_type         = notification.key
      comparison_operator       = "GREATER_THAN"
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
    }
  }

  # AWS tries the topic when the budget is made.
  depends_on = [aws_sns_topic_policy.alarms]
}
