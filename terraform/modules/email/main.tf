# What mail is sent with: SES keeps its addresses of bounces and complaints, and tells EventBridge what became of each.

resource "aws_sesv2_configuration_set" "this" {
  configuration_set_name = var.name

  delivery_options {
    tls_policy = "REQUIRE"
  }

  reputation_options {
    reputation_metrics_enabled = true
  }

  suppression_options {
    suppressed_reasons = ["BOUNCE", "COMPLAINT"]
  }
}

resource "aws_sesv2_configuration_set_event_destination" "this" {
  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name
  event_destination_name = "event-bus"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE", "COMPLAINT", "DELIVERY", "REJECT", "RENDERING_FAILURE", "SEND"]

    event_bridge_destination {
      event_bus_arn = var.event_bus_arn
    }
  }
}

resource "aws_sesv2_email_identity" "this" {
  for_each = var.identities

  email_identity = each.key
}
