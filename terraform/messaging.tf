# Notifications by mail and text message: who may be their sender, and what functions need to send them.

data "aws_partition" "current" {}

locals {
  sends_email = length(var.senders.email) > 0
  sends_sms   = length(var.senders.sms) > 0

  # What SES may know a sender by: the address, its domain, or a domain above it.
  email_identities = toset(flatten([
    for address in var.senders.email : concat([address], [
      for labels in [split(".", element(split("@", address), 1))] : [
        for index in range(length(labels) - 1) : join(".", slice(labels, index, length(labels)))
      ]
    ]...)
  ]))

  ses_arn = "arn:${data.aws_partition.current.partition}:ses:${var.region}:${data.aws_caller_identity.current.account_id}"

  # The names of the configuration sets are there also while nobody is a sender, and the sets are not.
  messaging_variables = {
    senders = { SENDERS = jsonencode({ email = var.senders.email, sms = var.senders.sms[*].identity }) }
    email   = { EMAIL_CONFIGURATION_SET = local.prefix }
    sms     = { SMS_CONFIGURATION_SET = local.prefix }
  }

  messaging_statements = {
    senders = []
    email = local.sends_email ? [
      {
        actions = ["ses:SendEmail"]
        resources = concat(
          ["${local.ses_arn}:configuration-set/${local.prefix}"],
          [for identity in local.email_identities : "${local.ses_arn}:identity/${identity}"],
        )
        condition = { test = "StringEqualsIgnoreCase", variable = "ses:FromAddress", values = var.senders.email }
      },
    ] : []
    # It has no permissions for configuration sets.
    sms = local.sends_sms ? [
      { actions = ["sms-voice:SendTextMessage"], resources = distinct(var.senders.sms[*].arn) },
    ] : []
  }
}

module "email" {
  source = "./modules/email"
  count  = local.sends_email ? 1 : 0

  name          = local.prefix
  identities    = toset(var.senders.create_identities)
  event_bus_arn = "arn:${data.aws_partition.current.partition}:events:${var.region}:${data.aws_caller_identity.current.account_id}:event-bus/default"
}

module "sms" {
  source = "./modules/sms"
  count  = local.sends_sms ? 1 : 0

  name       = local.prefix
  account_id = data.aws_caller_identity.current.account_id
}
