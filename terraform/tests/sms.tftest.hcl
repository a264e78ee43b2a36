# What text messages are sent with.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

run "sms" {
  command = apply

  module {
    source = "./modules/sms"
  }

  variables {
    name       = "chinwag-test"
    account_id = "123456789012"
  }

  assert {
    condition = (
      aws_pinpointsmsvoicev2_event_destination.this.configuration_set_name == "chinwag-test"
      && aws_pinpointsmsvoicev2_event_destination.this.matching_event_types == toset(["TEXT_ALL"])
      && aws_pinpointsmsvoicev2_event_destination.this.sns_destination[0].topic_arn == aws_sns_topic.this.arn
    )
    error_message = "What became of text messages must be told."
  }

  assert {
    condition     = aws_sns_topic.this.kms_master_key_id == aws_kms_key.this.arn && aws_kms_key.this.enable_key_rotation
    error_message = "Phone numbers must be encrypted."
  }

  assert {
    condition = (
      data.aws_iam_policy_document.topic.statement[0].principals == toset([{ type = "Service", identifiers = toset(["sms-voice.amazonaws.com"]) }])
      && data.aws_iam_policy_document.topic.statement[0].condition == toset([{ test = "StringEquals", variable = "aws:SourceAccount", values = tolist(["123456789012"]) }])
      && data.aws_iam_policy_document.topic.statement[1].effect == "Deny"
    )
    error_message = "Nobody but the service for this account may tell the topic, and only encrypted."
  }
}
