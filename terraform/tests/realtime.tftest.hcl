# Queues, what calls functions beside requests, and what they are given for it. Run with -var packages=<a folder with
# <lambda>/bootstrap.zip>.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_resource "aws_apigatewayv2_api" {
    defaults = {
      api_endpoint  = "wss://api.execute-api.eu-west-1.amazonaws.com"
      execution_arn = "arn:aws:execute-api:eu-west-1:123456789012:api"
    }
  }
}

variables {
  environment         = "test"
  region              = "eu-west-1"
  deletion_protection = false
}

# One run, since each makes the whole deployment anew.
run "realtime" {
  command = apply

  # Queues.

  assert {
    condition = { for key, queue in aws_sqs_queue.this : key => queue.fifo_queue } == {
      delivery-events-failures = false
      erasures                 = false
      erasures-dlq             = false
      gateway                  = true
      gateway-dlq              = true
      notifications            = false
      notifications-dlq        = false
      push-chunks              = true
      push-chunks-dlq          = true
      push-failures            = false
    }
    error_message = "There must be the queues of queues.json, with dead-letter queues of their kind."
  }

  assert {
    condition     = aws_sqs_queue.this["gateway-dlq"].name == "chinwag-test-gateway-dlq.fifo" && aws_sqs_queue.this["push-failures"].name == "chinwag-test-push-failures"
    error_message = "A queue must be called after the application and the environment, and its kind."
  }

  assert {
    condition     = alltrue([for queue in aws_sqs_queue.this : !queue.fifo_queue || (queue.deduplication_scope == "messageGroup" && queue.fifo_throughput_limit == "perMessageGroupId" && queue.content_based_deduplication == false)])
    error_message = "A FIFO queue must be as fast as it can, and leave it to the sender what is the same."
  }

  assert {
    condition     = alltrue([for queue in aws_sqs_queue.this : queue.sqs_managed_sse_enabled && queue.message_retention_seconds == 1209600])
    error_message = "Queues must be encrypted, and keep what they hold as long as they can."
  }

  # Lambda asks for six times the function's own time, which is 28 s.
  assert {
    condition     = alltrue([for queue in aws_sqs_queue.this : queue.visibility_timeout_seconds >= 6 * 28])
    error_message = "What a function works at must not come again meanwhile."
  }

  assert {
    condition = {
      for key, policy in aws_sqs_queue_redrive_policy.this : key => jsondecode(policy.redrive_policy)
      } == {
      for key, receives in { erasures = 10, gateway = 3, notifications = 3, push-chunks = 3 } :
      key => { deadLetterTargetArn = aws_sqs_queue.this["${key}-dlq"].arn, maxReceiveCount = receives }
    }
    error_message = "What was received too often must go to the queue's own dead-letter queue."
  }

  assert {
    condition     = alltrue([for key, policy in aws_sqs_queue_redrive_allow_policy.this : jsondecode(policy.redrive_allow_policy).sourceQueueArns == [aws_sqs_queue.this[key].arn]])
    error_message = "A dead-letter queue must take from its own queue alone."
  }

  assert {
    condition     = keys(aws_sqs_queue_policy.tls_only) == keys(aws_sqs_queue.this)
    error_message = "Every queue must refuse what is not encrypted."
  }

  # What calls functions.

  assert {
    condition     = keys(aws_lambda_event_source_mapping.stream) == ["push"] && aws_lambda_event_source_mapping.stream["push"].event_source_arn == module.table["Messages"].stream_arn
    error_message = "The stream of the messages must be read by push."
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.stream["push"].starting_position == "LATEST"
      && aws_lambda_event_source_mapping.stream["push"].batch_size == 100
      && aws_lambda_event_source_mapping.stream["push"].maximum_retry_attempts == 5
      && aws_lambda_event_source_mapping.stream["push"].bisect_batch_on_function_error
      && aws_lambda_event_source_mapping.stream["push"].parallelization_factor == 1
      && one(one(aws_lambda_event_source_mapping.stream["push"].filter_criteria).filter).pattern == jsonencode({ eventName = ["INSERT"] })
      && aws_lambda_event_source_mapping.stream["push"].destination_config[0].on_failure[0].destination_arn == aws_sqs_queue.this["push-failures"].arn
    )
    error_message = "The stream must be read as routes.json says, in order."
  }

  assert {
    condition = { for key, mapping in aws_lambda_event_source_mapping.queue : key => [mapping.event_source_arn, mapping.batch_size] } == {
      erasure               = [aws_sqs_queue.this["erasures"].arn, 1]
      push-chunk            = [aws_sqs_queue.this["push-chunks"].arn, 10]
      gateway-delivery      = [aws_sqs_queue.this["gateway"].arn, 10]
      notification-delivery = [aws_sqs_queue.this["notifications"].arn, 10]
    }
    error_message = "The queues must be read as routes.json says."
  }

  assert {
    condition     = alltrue([for mapping in concat(values(aws_lambda_event_source_mapping.stream), values(aws_lambda_event_source_mapping.queue)) : mapping.function_response_types == toset(["ReportBatchItemFailures"])])
    error_message = "A function must be able to say what of a batch failed."
  }

  # Permissions.

  assert {
    condition     = contains(local.statements["gateway-message"], { actions = ["sqs:SendMessage"], resources = [aws_sqs_queue.this["gateway"].arn] })
    error_message = "Who sends to a queue must be permitted to."
  }

  assert {
    condition = contains(local.statements["gateway-delivery"], {
      actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
      resources = [aws_sqs_queue.this["gateway"].arn]
    })
    error_message = "Who takes from a queue must be permitted to."
  }

  assert {
    condition = contains(local.statements["push"], {
      actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
      resources = [module.table["Messages"].stream_arn]
    }) && contains(local.statements["push"], { actions = ["sqs:SendMessage"], resources = [aws_sqs_queue.this["push-failures"].arn] })
    error_message = "Who reads a stream must be permitted to, and to tell what failed."
  }

  assert {
    condition = {
      for function, statements in local.statements : function => flatten([
        for statement in statements : statement.resources if statement.actions == ["execute-api:ManageConnections"]
      ])
      if contains(["push", "realtime-connection", "realtime-token"], function)
      } == {
      push = [
        "arn:aws:execute-api:eu-west-1:123456789012:api/ws/POST/@connections/*",
        "arn:aws:execute-api:eu-west-1:123456789012:api/ws/DELETE/@connections/*",
      ]
      realtime-connection = ["arn:aws:execute-api:eu-west-1:123456789012:api/ws/DELETE/@connections/*"]
      realtime-token      = []
    }
    error_message = "Who posts must post, who closes must close, and who knows the URL alone must do neither."
  }

  assert {
    condition     = keys(output.caller_policies) == ["gateway-message", "lobby-admins"]
    error_message = "There must be a policy for the callers of each function that asks for IAM."
  }

  assert {
    condition     = data.aws_iam_policy_document.caller["gateway-message"].statement[0].resources == toset(["${module.http_api.stage_arn}/POST/v1/gateway/messages"]) && contains(data.aws_iam_policy_document.caller["lobby-admins"].statement[0].resources, "${module.http_api.stage_arn}/PUT/v1/lobby/admins/*")
    error_message = "A caller must be let to the routes of the function, and to no other."
  }

  # What functions know.

  assert {
    condition = {
      for function, environment in local.environments : function => environment.REALTIME_URL if can(environment.REALTIME_URL)
      } == {
      for function, row in jsondecode(file("../routes.json")) : function => "wss://api.execute-api.eu-west-1.amazonaws.com/ws" if can(row.realtime)
    }
    error_message = "Who has to do with connections must know where they are."
  }

  assert {
    condition     = local.environments["push"].PUSH_CHUNKS_QUEUE_URL == aws_sqs_queue.this["push-chunks"].id && local.environments["gateway-message"].GATEWAY_QUEUE_URL == aws_sqs_queue.this["gateway"].id
    error_message = "Who sends to a queue must know where it is."
  }

  # Alarms.

  assert {
    condition = alltrue([
      for key in ["delivery-events-failures", "erasures-dlq", "gateway-dlq", "notifications-dlq", "push-chunks-dlq", "push-failures"] :
      aws_cloudwatch_metric_alarm.incident["${key}-messages"].dimensions.QueueName == aws_sqs_queue.this[key].name
    ]) && !contains(keys(aws_cloudwatch_metric_alarm.incident), "gateway-messages")
    error_message = "Whatever ends where nobody takes it must wake somebody."
  }

  assert {
    condition = { for key, alarm in aws_cloudwatch_metric_alarm.delay : key => alarm.threshold } == {
      push-delay          = 60000
      gateway-delay       = 60
      notifications-delay = 60
      push-chunks-delay   = 60
    }
    error_message = "What waits too long must wake somebody."
  }
}
