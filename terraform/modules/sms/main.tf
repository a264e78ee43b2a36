# What text messages are sent with, and the topic that tells what became of each.

resource "aws_pinpointsmsvoicev2_configuration_set" "this" {
  name = var.name
}

resource "aws_pinpointsmsvoicev2_event_destination" "this" {
  configuration_set_name = aws_pinpointsmsvoicev2_configuration_set.this.name
  event_destination_name = "topic"
  matching_event_types   = ["TEXT_ALL"]

  sns_destination {
    topic_arn = aws_sns_topic.this.arn
  }

  # Before, it could not tell the topic.
  depends_on = [aws_sns_topic_policy.this]
}

# Phone numbers are in what it tells.
resource "aws_sns_topic" "this" {
  name              = "${var.name}-sms-events"
  kms_master_key_id = aws_kms_key.this.arn
}

resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = data.aws_iam_policy_document.topic.json
}

data "aws_iam_policy_document" "topic" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.this.arn]

    principals {
      type        = "Service"
      identifiers = ["sms-voice.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }

  statement {
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.this.arn]

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
}

# Of the key that AWS has for topics no other service may make use.
resource "aws_kms_key" "this" {
  description         = "Events of text messages of ${var.name}"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
}

data "aws_partition" "current" {}

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:In the policy of a key the key itself is the one resource, and the account must be able to manage it
  #checkov:skip=CKV_AWS_111:In the policy of a key the key itself is the one resource
  #checkov:skip=CKV_AWS_356:In the policy of a key the key itself is the one resource
  statement {
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${var.account_id}:root"]
    }
  }

  statement {
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["sms-voice.amazonaws.com"]
    }
  }
}
