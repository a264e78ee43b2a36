# Who may connect, what answers, and what is written down.

mock_provider "aws" {
  mock_resource "aws_apigatewayv2_api" {
    defaults = {
      api_endpoint  = "wss://api.execute-api.eu-west-1.amazonaws.com"
      execution_arn = "arn:aws:execute-api:eu-west-1:123456789012:api"
    }
  }
}

variables {
  name = "chinwag-test-realtime"
  functions = {
    authorizer = { name = "chinwag-test-authorizer", invoke_arn = "arn:authorizer" }
    connection = { name = "chinwag-test-connection", invoke_arn = "arn:connection" }
    message    = { name = "chinwag-test-message", invoke_arn = "arn:message" }
    send       = { name = "chinwag-test-send", invoke_arn = "arn:send" }
  }
  routes             = { "$connect" = "connection", "$disconnect" = "connection", "$default" = "message" }
  authorizer         = "authorizer"
  throttle           = { rate = 100, burst = 200 }
  access_log         = false
  log_retention_days = 7
  domain             = null
}

run "api" {
  command = apply

  module {
    source = "./modules/websocket-api"
  }

  assert {
    condition     = aws_apigatewayv2_api.this.protocol_type == "WEBSOCKET" && aws_apigatewayv2_api.this.route_selection_expression == "$request.body.action"
    error_message = "Frames must be told apart by their action."
  }

  assert {
    condition     = aws_apigatewayv2_authorizer.this.authorizer_type == "REQUEST" && aws_apigatewayv2_authorizer.this.authorizer_uri == "arn:authorizer" && aws_apigatewayv2_authorizer.this.identity_sources == toset(["route.request.querystring.token"])
    error_message = "Whoever connects must show a token to the authorizer."
  }

  assert {
    condition     = aws_apigatewayv2_route.this["$connect"].authorization_type == "CUSTOM" && aws_apigatewayv2_route.this["$connect"].authorizer_id == aws_apigatewayv2_authorizer.this.id
    error_message = "$connect must be authorized."
  }

  assert {
    condition     = aws_apigatewayv2_route_response.frames.route_id == aws_apigatewayv2_route.this["$default"].id && { for key, route in aws_apigatewayv2_route.this : key => route.route_response_selection_expression if route.route_response_selection_expression != null } == { "$default" = "$default" }
    error_message = "What answers a frame must go back, and nothing else: a route response of $connect would break the handshake."
  }

  assert {
    condition     = aws_apigatewayv2_integration.this["message"].integration_uri == "arn:message" && aws_apigatewayv2_route.this["$default"].target == "integrations/${aws_apigatewayv2_integration.this["message"].id}"
    error_message = "A frame must reach its function."
  }

  assert {
    condition     = keys(aws_lambda_permission.this) == ["authorizer", "connection", "message"]
    error_message = "The API may call the functions of its routes and its authorizer, and no other."
  }

  assert {
    condition     = aws_apigatewayv2_stage.this.default_route_settings[0].throttling_rate_limit == 100 && aws_apigatewayv2_stage.this.default_route_settings[0].throttling_burst_limit == 200
    error_message = "The throttles must be as they were asked for."
  }

  assert {
    condition     = output.url == "wss://api.execute-api.eu-west-1.amazonaws.com/${aws_apigatewayv2_stage.this.name}" && output.stage_arn == "arn:aws:execute-api:eu-west-1:123456789012:api/${aws_apigatewayv2_stage.this.name}"
    error_message = "The URL and the ARN must be those of the stage."
  }

  assert {
    condition     = length(aws_cloudwatch_log_group.access) == 0 && length(aws_apigatewayv2_stage.this.access_log_settings) == 0
    error_message = "Without the account's role a log would refuse the stage."
  }
}

run "access_log" {
  command = apply

  module {
    source = "./modules/websocket-api"
  }

  variables {
    access_log = true
  }

  # With values as long as they get: each line is paid for by its length.
  assert {
    condition = length(
      replace(replace(replace(replace(replace(replace(replace(
        aws_apigatewayv2_stage.this.access_log_settings[0].format,
        "$context.authorizer.principalId", "01234567-89ab-cdef-0123-456789abcdef"),
        "$context.error.responseType", "INTEGRATION_TIMEOUT"),
        "$context.integrationLatency", "29000"),
        "$context.requestId", "JKJaXmPLvHcESHA="),
        "$context.connectionId", "JKJaXfcEvHcCESw="),
        "$context.requestTimeEpoch", "1795000000000"),
      "$context.routeKey", "$disconnect")
    ) <= 300
    error_message = "A line of the access log must be at most 300 bytes."
  }

  assert {
    condition = alltrue([
      for secret in ["authorization", "sourceIp", "$context.path", "querystring", "requestOverride", "token", "messageId"] :
      !strcontains(lower(aws_apigatewayv2_stage.this.access_log_settings[0].format), lower(secret))
    ])
    error_message = "Tokens, addresses, paths and queries do not belong into a log."
  }
}

run "domain" {
  command = apply

  module {
    source = "./modules/websocket-api"
  }

  variables {
    domain = { name = "realtime.example.com", certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1", zone_id = "Z1" }
  }

  assert {
    condition     = output.url == "wss://realtime.example.com"
    error_message = "With a domain of its own the API is there."
  }
}
