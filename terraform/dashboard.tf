# Is chat working? The first row says so, the others why not.

locals {
  graphs = [
    {
      title = "Requests a minute"
      stat  = "Sum"
      metrics = [
        ["AWS/ApiGateway", "Count", "ApiId", module.http_api.id, { label = "all" }],
        ["AWS/ApiGateway", "4xx", "ApiId", module.http_api.id, { label = "refused (4xx)" }],
        ["AWS/ApiGateway", "5xx", "ApiId", module.http_api.id, { label = "failed (5xx)", color = "#d62728" }],
      ]
    },
    {
      title = "Time to answer, ms"
      stat  = "p99"
      metrics = [
        ["AWS/ApiGateway", "Latency", "ApiId", module.http_api.id, { stat = "p50", label = "p50" }],
        ["AWS/ApiGateway", "Latency", "ApiId", module.http_api.id, { stat = "p99", label = "p99" }],
      ]
    },
    {
      title = "Messages sent a minute"
      stat  = "Sum"
      metrics = [
        for key in ["send", "send-group"] :
        ["AWS/Lambda", "Invocations", "FunctionName", module.function[key].name, { label = key }]
      ]
    },
    {
      title = "Notifications: taken, sent, told of, a minute"
      stat  = "Sum"
      metrics = [
        for key in ["notify", "notification-delivery", "delivery-events"] :
        ["AWS/Lambda", "Invocations", "FunctionName", module.function[key].name, { label = key }]
      ]
    },
    {
      title = "Realtime: connections opened, frames in and out, a minute"
      stat  = "Sum"
      metrics = [
        for metric in ["ConnectCount", "MessageCount", "ClientError", "IntegrationError", "ExecutionError"] :
        ["AWS/ApiGateway", metric, "ApiId", module.websocket_api.id]
      ]
    },
    {
      title = "Push: age of what is pushed, ms"
      stat  = "Maximum"
      metrics = [
        for key in keys(local.streams) :
        ["AWS/Lambda", "IteratorAge", "FunctionName", module.function[key].name, { label = key }]
      ]
    },
    {
      title = "Queues: messages that wait"
      stat  = "Maximum"
      metrics = [
        for key, queue in aws_sqs_queue.this :
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue.name, { label = key }]
      ]
    },
    {
      title = "Queues: age of the oldest message, s"
      stat  = "Maximum"
      metrics = [
        for key, queue in aws_sqs_queue.this :
        ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue.name, { label = key }]
      ]
    },
    {
      title = "Lambdas: crashes and time-outs"
      stat  = "Sum"
      metrics = [
        for key, function in module.function :
        ["AWS/Lambda", "Errors", "FunctionName", function.name, { label = key }]
      ]
    },
    {
      title = "Lambdas: calls refused"
      stat  = "Sum"
      metrics = [
        for key, function in module.function :
        ["AWS/Lambda", "Throttles", "FunctionName", function.name, { label = key }]
      ]
    },
    {
      title = "Lambdas: time, p99, ms"
      stat  = "p99"
      metrics = [
        for key, function in module.function :
        ["AWS/Lambda", "Duration", "FunctionName", function.name, { label = key }]
      ]
    },
    {
      title = "Tables: calls refused"
      stat  = "Sum"
      metrics = concat([
        for key, table in module.table : [
          for event in ["ReadThrottleEvents", "WriteThrottleEvents"] :
          ["AWS/DynamoDB", event, "TableName", table.name, { label = "${key} ${event}" }]
        ]
      ]...)
    },
    {
      title = "Tables: units used a minute"
      stat  = "Sum"
      metrics = concat([
        for key, table in module.table : [
          for unit in ["Read", "Write"] :
          ["AWS/DynamoDB", "Consumed${unit}CapacityUnits", "TableName", table.name, { label = "${key} ${lower(unit)}" }]
        ]
      ]...)
    },
    {
      title = "Accounts: signed up, signed in"
      stat  = "Sum"
      metrics = [
        for metric in ["SignUpSuccesses", "SignInSuccesses", "SignInThrottles"] :
        ["AWS/Cognito", metric, "UserPool", aws_cognito_user_pool.this.id, "UserPoolClient", aws_cognito_user_pool_client.this.id]
      ]
    },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  # Dashboards are the account's, not the region's.
  dashboard_name = "${local.prefix}-${var.region}"

  dashboard_body = jsonencode({
    widgets = concat(
      [
        {
          type   = "alarm"
          x      = 0
          y      = 0
          width  = 24
          height = 3
          properties = {
            title = "Alarms: none is red when chat works"
            alarms = concat(
              [aws_cloudwatch_metric_alarm.failing.arn, aws_cloudwatch_metric_alarm.slow.arn],
              [for alarm in aws_cloudwatch_metric_alarm.delay : alarm.arn],
              [for alarm in aws_cloudwatch_metric_alarm.incident : alarm.arn],
              [for alarm in aws_cloudwatch_metric_alarm.reputation : alarm.arn],
            )
          }
        },
      ],
      [
        for index, graph in local.graphs : {
          type   = "metric"
          x      = index % 3 * 8
          y      = 3 + floor(index / 3) * 6
          width  = 8
          height = 6
          properties = {
            title   = graph.title
            region  = var.region
            stat    = graph.stat
            period  = 60
            metrics = graph.metrics
          }
        }
      ],
      [
        {
          type   = "log"
          x      = 0
          y      = 3 + ceil(length(local.graphs) / 3) * 6
          width  = 24
          height = 6
          properties = {
            title  = "Routes: requests, failures, time"
            region = var.region
            view   = "table"
            query  = <<-QUERY
              SOURCE '${module.http_api.access_log_name}'
              | stats count(*) as requests, sum(status >= 500) as failed, pct(ms, 50) as p50, pct(ms, 99) as p99 by route
              | sort requests desc
            QUERY
          }
        },
      ],
    )
  })
}
