# Where what cannot be done at once waits, and where what could not be done at all ends.

locals {
  # A queue that gives up has a second one of its kind, for what it gave up on.
  limited_queues = { for name, row in local.queues : name => row if can(row.maxReceiveCount) }
  all_queues     = merge(local.queues, { for name, row in local.limited_queues : "${name}-dlq" => row })
}

resource "aws_sqs_queue" "this" {
  for_each = local.all_queues

  name                        = "${local.prefix}-${each.key}${each.value.fifo ? ".fifo" : ""}"
  fifo_queue                  = each.value.fifo
  content_based_deduplication = each.value.fifo ? false : null
  deduplication_scope         = each.value.fifo ? "messageGroup" : null
  fifo_throughput_limit       = each.value.fifo ? "perMessageGroupId" : null
  visibility_timeout_seconds  = each.value.visibilityTimeoutSeconds
  sqs_managed_sse_enabled     = true

  # Two weeks, the longest that there is.
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue_redrive_policy" "this" {
  for_each = local.limited_queues

  queue_url = aws_sqs_queue.this[each.key].id

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.this["${each.key}-dlq"].arn
    maxReceiveCount     = each.value.maxReceiveCount
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "this" {
  for_each = local.limited_queues

  queue_url = aws_sqs_queue.this["${each.key}-dlq"].id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this[each.key].arn]
  })
}

locals {
  # Services that put into a queue what they could not deliver, and the ARNs of what may do so.
  queue_services = {
    delivery-events-failures = merge(
      { for rule in aws_cloudwatch_event_rule.email : "events.amazonaws.com" => rule.arn },
      { for topic in module.sms[*].topic_arn : "sns.amazonaws.com" => topic },
    )
  }
}

data "aws_iam_policy_document" "tls_only" {
  for_each = aws_sqs_queue.this

  statement {
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  dynamic "statement" {
    for_each = lookup(local.queue_services, each.key, {})

    content {
      actions   = ["sqs:SendMessage"]
      resources = [each.value.arn]

      principals {
        type        = "Service"
        identifiers = [statement.key]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [statement.value]
      }
    }
  }
}

resource "aws_sqs_queue_policy" "tls_only" {
  for_each = aws_sqs_queue.this

  queue_url = each.value.id
  policy    = data.aws_iam_policy_document.tls_only[each.key].json
}
