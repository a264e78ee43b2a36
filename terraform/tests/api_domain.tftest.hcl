# A domain of one's own, with and without a zone for its records.

mock_provider "aws" {}

variables {
  api_id = "api"
  stage  = "ws"
  domain = { name = "api.example.com", certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1", zone_id = "Z1" }
}

run "with_a_zone" {
  command = apply

  module {
    source = "./modules/api-domain"
  }

  assert {
    condition     = keys(aws_route53_record.this) == ["A", "AAAA"]
    error_message = "The domain must have its records."
  }

  assert {
    condition     = aws_apigatewayv2_api_mapping.this.api_id == "api" && aws_apigatewayv2_api_mapping.this.stage == "ws" && aws_apigatewayv2_api_mapping.this.api_mapping_key == null
    error_message = "The whole domain must lead to the stage."
  }
}

run "without_a_zone" {
  command = apply

  module {
    source = "./modules/api-domain"
  }

  variables {
    domain = { name = "api.example.com", certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1" }
  }

  assert {
    condition     = length(aws_route53_record.this) == 0
    error_message = "Records belong into a zone."
  }
}
