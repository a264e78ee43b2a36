# What mail is sent with.

mock_provider "aws" {}

run "email" {
  command = apply

  module {
    source = "./modules/email"
  }

  variables {
    name          = "chinwag-test"
    identities    = ["example.com", "somebody@example.org"]
    event_bus_arn = "arn:aws:events:eu-west-1:123456789012:event-bus/default"
  }

  assert {
    condition = (
      aws_sesv2_configuration_set.this.suppression_options[0].suppressed_reasons == tolist(["BOUNCE", "COMPLAINT"])
      && aws_sesv2_configuration_set.this.delivery_options[0].tls_policy == "REQUIRE"
      && aws_sesv2_configuration_set.this.reputation_options[0].reputation_metrics_enabled
    )
    error_message = "Nobody must be bothered again who did not want mail, and no mail must travel in the open."
  }

  assert {
    condition = (
      aws_sesv2_configuration_set_event_destination.this.configuration_set_name == "chinwag-test"
      && aws_sesv2_configuration_set_event_destination.this.event_destination[0].enabled
      && aws_sesv2_configuration_set_event_destination.this.event_destination[0].matching_event_types == toset(["BOUNCE", "COMPLAINT", "DELIVERY", "REJECT", "RENDERING_FAILURE", "SEND"])
      && aws_sesv2_configuration_set_event_destination.this.event_destination[0].event_bridge_destination[0].event_bus_arn == var.event_bus_arn
    )
    error_message = "What became of mail must be told."
  }

  assert {
    condition     = keys(aws_sesv2_email_identity.this) == ["example.com", "somebody@example.org"] && keys(output.dkim_records) == ["example.com"]
    error_message = "Identities must be made as asked for; a domain is verified by records, an address by a mail."
  }
}
