# What the gateway lets through, and what it writes down.

mock_provider "aws" {}

variables {
  name = "chinwag-test"
  functions = {
    send = { name = "chinwag-test-send", invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/send/invocations" }
    push = { name = "chinwag-test-push", invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/push/invocations" }
    door = { name = "chinwag-test-door", invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/door/invocations" }
  }
  routes = {
    "POST /v1/messages"      = { function = "send", authorizer = "jwt" }
    "POST /v1/authenticate"  = { function = "send", authorizer = "none" }
    "POST /v1/gateway"       = { function = "send", authorizer = "iam" }
    "POST /v1/notifications" = { function = "send", authorizer = "lambda" }
  }
  authorizer         = "door"
  jwt                = { issuer = "https://issuer.example", audience = "client" }
  cors_origins       = ["*"]
  throttle           = { rate = 100, burst = 200 }
  route_throttles    = { "POST /v1/authenticate" = { rate = 1, burst = 2 } }
  log_retention_days = 7
  domain             = null
}

run "gateway" {
  command = apply

  module {
    source = "./modules/http-api"
  }

  assert {
    condition     = aws_apigatewayv2_route.this["POST /v1/messages"].authorization_type == "JWT" && aws_apigatewayv2_route.this["POST /v1/messages"].authorizer_id == aws_apigatewayv2_authorizer.jwt.id
    error_message = "A route that asks for a token must have the authorizer."
  }

  assert {
    condition     = aws_apigatewayv2_route.this["POST /v1/authenticate"].authorization_type == "NONE"
    error_message = "A route that asks for none must be open."
  }

  assert {
    condition     = aws_apigatewayv2_route.this["POST /v1/gateway"].authorization_type == "AWS_IAM" && aws_apigatewayv2_route.this["POST /v1/gateway"].authorizer_id == null
    error_message = "A route that asks for IAM must be signed for."
  }

  assert {
    condition = (
      aws_apigatewayv2_route.this["POST /v1/notifications"].authorization_type == "CUSTOM"
      && aws_apigatewayv2_route.this["POST /v1/notifications"].authorizer_id == aws_apigatewayv2_authorizer.lambda[0].id
    )
    error_message = "A route that asks for the lambda must have it as its authorizer."
  }

  assert {
    condition = (
      aws_apigatewayv2_authorizer.lambda[0].authorizer_type == "REQUEST"
      && aws_apigatewayv2_authorizer.lambda[0].authorizer_uri == var.functions.door.invoke_arn
      && aws_apigatewayv2_authorizer.lambda[0].authorizer_payload_format_version == "2.0"
      && aws_apigatewayv2_authorizer.lambda[0].enable_simple_responses
      && aws_apigatewayv2_authorizer.lambda[0].identity_sources == toset(["$request.header.Authorization"])
      && aws_apigatewayv2_authorizer.lambda[0].authorizer_result_ttl_in_seconds == 300
    )
    error_message = "The authorizer must be asked with the header alone, and its answer be kept for 5 minutes."
  }

  assert {
    condition = (
      aws_lambda_permission.authorizer[0].function_name == "chinwag-test-door"
      && aws_lambda_permission.authorizer[0].source_arn == "${aws_apigatewayv2_api.this.execution_arn}/authorizers/${aws_apigatewayv2_authorizer.lambda[0].id}"
    )
    error_message = "The gateway must be let to the authorizer's function as an authorizer alone."
  }

  assert {
    condition     = keys(aws_lambda_permission.this) == ["send"] && keys(aws_apigatewayv2_integration.this) == ["send"]
    error_message = "Only functions with a route may be called."
  }

  # With values as long as they get: each line is paid for by its length.
  assert {
    condition = length(
      replace(replace(replace(replace(replace(replace(replace(
        aws_apigatewayv2_stage.this.access_log_settings[0].format,
        "$context.authorizer.claims.sub", "01234567-89ab-cdef-0123-456789abcdef"),
        "$context.error.responseType", "INTEGRATION_TIMEOUT"),
        "$context.integrationLatency", "29000"),
        "$context.requestId", "JKJaXmPLvHcESHA="),
        "$context.requestTimeEpoch", "1795000000000"),
        "$context.responseLatency", "29000"),
      "$context.routeKey", "DELETE /v1/conversations/{conversationId}/messages/{seq}")
    ) <= 300
    error_message = "A line of the access log must be at most 300 bytes."
  }

  assert {
    condition = alltrue([
      for secret in ["authorization", "sourceIp", "$context.path", "querystring"] :
      !strcontains(lower(aws_apigatewayv2_stage.this.access_log_settings[0].format), lower(secret))
    ])
    error_message = "Tokens, addresses, paths and queries do not belong into a log."
  }

  assert {
    condition     = aws_apigatewayv2_stage.this.default_route_settings[0].throttling_rate_limit == 100 && length(aws_apigatewayv2_stage.this.route_settings) == 1
    error_message = "The throttles must be as they were asked for."
  }

  assert {
    condition     = aws_apigatewayv2_api.this.disable_execute_api_endpoint == false
    error_message = "Without a domain of its own the API is at the address that AWS gives it."
  }
}

run "no_authorizer" {
  command = apply

  module {
    source = "./modules/http-api"
  }

  variables {
    routes     = { "POST /v1/authenticate" = { function = "send", authorizer = "none" } }
    authorizer = null
  }

  assert {
    condition     = length(aws_apigatewayv2_authorizer.lambda) == 0 && length(aws_lambda_permission.authorizer) == 0
    error_message = "There must be no authorizer where no function is one."
  }
}

run "domain_whose_records_are_made_elsewhere" {
  command = apply

  module {
    source = "./modules/http-api"
  }

  variables {
    domain = { name = "api.example.com", certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1" }
  }

  assert {
    condition     = !aws_apigatewayv2_api.this.disable_execute_api_endpoint && output.url == aws_apigatewayv2_api.this.api_endpoint
    error_message = "Until the records are there the API must stay where it is."
  }
}

run "domain" {
  command = apply

  module {
    source = "./modules/http-api"
  }

  variables {
    domain = { name = "api.example.com", certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1", zone_id = "Z1" }
  }

  assert {
    condition     = output.url == "https://api.example.com" && aws_apigatewayv2_api.this.disable_execute_api_endpoint
    error_message = "With a domain of its own the API is there, and nowhere else."
  }
}
