# What calls the functions that no request calls: the stream of a table, and queues.

locals {
  streams   = { for function, row in local.functions : function => row.stream if can(row.stream) }
  consumers = { for function, row in local.functions : function => row.queue if can(row.queue) }
}

resource "aws_lambda_event_source_mapping" "stream" {
  for_each = local.streams

  function_name                  = module.function[each.key].name
  event_source_arn               = module.table[each.value.table].stream_arn
  starting_position              = "LATEST"
  batch_size                     = each.value.batchSize
  maximum_retry_attempts         = each.value.maximumRetryAttempts
  bisect_batch_on_function_error = true
  function_response_types        = ["ReportBatchItemFailures"]
  # With more, only the changes of one item would stay in order, and not the entries of one conversation.
  parallelization_factor = 1

  filter_criteria {
    filter {
      pattern = jsonencode({ eventName = each.value.events })
    }
  }

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.this[each.value.onFailure].arn
    }
  }
}

resource "aws_lambda_event_source_mapping" "queue" {
  for_each = local.consumers

  function_name           = module.function[each.key].name
  event_source_arn        = aws_sqs_queue.this[each.value.name].arn
  batch_size              = each.value.batchSize
  function_response_types = ["ReportBatchItemFailures"]

  dynamic "scaling_config" {
    for_each = can(each.value.maximumConcurrency) ? [each.value.maximumConcurrency] : []

    content {
      maximum_concurrency = scaling_config.value
    }
  }
}
