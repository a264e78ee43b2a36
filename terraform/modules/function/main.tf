resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:Encrypted with the key of CloudWatch; no secret, token, body or address is logged
  #checkov:skip=CKV_AWS_338:How long logs are kept is the deployer's to say
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = var.role_name
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  dynamic "statement" {
    for_each = var.statements

    content {
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = statement.value.condition[*]

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }

  dynamic "statement" {
    for_each = var.tracing ? [true] : []

    content {
      actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      resources = ["*"]
    }
  }
}

resource "aws_iam_role_policy" "this" {
  name   = "least-privilege"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:Tracing is an option, since it is paid for by the request
  #checkov:skip=CKV_AWS_115:Reserved concurrency takes from the account's; the gateway's throttles are the limit
  #checkov:skip=CKV_AWS_116:The gateways wait for its answer, and queues, streams and events have dead ends of their own
  #checkov:skip=CKV_AWS_117:It talks to AWS alone; a VPC would add a gateway to pay for and nothing to protect
  #checkov:skip=CKV_AWS_173:No variable holds a secret
  #checkov:skip=CKV_AWS_272:deploy.sh builds and uploads in one go
  function_name    = var.name
  role             = aws_iam_role.this.arn
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = [var.architecture]
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  memory_size      = var.memory_mb
  timeout          = local.timeout_seconds

  environment {
    variables = merge(var.environment, { RUST_LOG = lower(var.log_level) })
  }

  # RUST_LOG chooses among our own lines. What a panic or a failed start prints has no level: Lambda takes it for INFO. The
  # lines of Lambda itself (START, END, REPORT) would be most of the log.
  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.this.name
    application_log_level = "INFO"
    system_log_level      = "WARN"
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  # Without its permissions its first calls would fail.
  depends_on = [aws_iam_role_policy.this]
}

locals {
  # Just below the gateways' own, 30 s over HTTP and 29 s for a frame: the lambda gives up first, and the failure is in its
  # log. A queue's visibility timeout must be six times as long.
  timeout_seconds = 28
}
