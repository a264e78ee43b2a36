resource "aws_apigatewayv2_api" "this" {
  name                       = var.name
  protocol_type              = "WEBSOCKET"
  ip_address_type            = "dualstack"
  route_selection_expression = "$request.body.action"
}

resource "aws_apigatewayv2_authorizer" "this" {
  api_id           = aws_apigatewayv2_api.this.id
  name             = "connection-token"
  authorizer_type  = "REQUEST"
  authorizer_uri   = var.functions[var.authorizer].invoke_arn
  identity_sources = ["route.request.querystring.token"]
}

resource "aws_apigatewayv2_integration" "this" {
  for_each = toset(values(var.routes))

  api_id             = aws_apigatewayv2_api.this.id
  integration_type   = "AWS_PROXY"
  integration_method = "POST"
  integration_uri    = var.functions[each.key].invoke_arn
}

resource "aws_lambda_permission" "this" {
  for_each = toset(concat(values(var.routes), [var.authorizer]))

  statement_id  = "websocket-api"
  action        = "lambda:InvokeFunction"
  function_name = var.functions[each.key].name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*"
}

resource "aws_apigatewayv2_route" "this" {
  #checkov:skip=CKV_AWS_309:Who connects is authorized; frames come over an open connection alone, and AWS takes no authorizer for them
  for_each = var.routes

  api_id             = aws_apigatewayv2_api.this.id
  route_key          = each.key
  target             = "integrations/${aws_apigatewayv2_integration.this[each.value].id}"
  authorization_type = each.key == "$connect" ? "CUSTOM" : "NONE"
  authorizer_id      = each.key == "$connect" ? aws_apigatewayv2_authorizer.this.id : null

  route_response_selection_expression = each.key == "$default" ? "$default" : null
}

# What the function answers to a frame goes back on its connection.
resource "aws_apigatewayv2_route_response" "frames" {
  api_id             = aws_apigatewayv2_api.this.id
  route_id           = aws_apigatewayv2_route.this["$default"].id
  route_response_key = "$default"
}

resource "aws_cloudwatch_log_group" "access" {
  #checkov:skip=CKV_AWS_158:Encrypted with the key of CloudWatch; no secret, token, body or address is logged
  #checkov:skip=CKV_AWS_338:How long logs are kept is the deployer's to say
  count = var.access_log ? 1 : 0

  name              = "/aws/vendedlogs/apigateway/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_apigatewayv2_stage" "this" {
  #checkov:skip=CKV_AWS_76:The log is an option: it takes a role that is the account's, not ours
  #checkov:skip=CKV2_AWS_51:People's devices have no certificates; who connects shows a token
  api_id      = aws_apigatewayv2_api.this.id
  name        = local.stage
  auto_deploy = true

  # One short line a frame, and none of what was in it or in the query, where the token is.
  dynamic "access_log_settings" {
    for_each = aws_cloudwatch_log_group.access

    content {
      destination_arn = access_log_settings.value.arn
      format          = jsonencode(local.access_log)
    }
  }

  default_route_settings {
    throttling_rate_limit  = var.throttle.rate
    throttling_burst_limit = var.throttle.burst
  }

  # The stage deploys itself when a route changes; what a route needs beside it must be there by then.
  depends_on = [aws_apigatewayv2_route.this, aws_apigatewayv2_route_response.frames]
}

module "domain" {
  source = "../api-domain"
  count  = var.domain == null ? 0 : 1

  api_id = aws_apigatewayv2_api.this.id
  stage  = aws_apigatewayv2_stage.this.id
  domain = var.domain
}

locals {
  # A constant: the functions know the URL, and the stage comes after the functions.
  stage       = "ws"
  has_records = try(var.domain.zone_id, null) != null

  access_log = {
    time         = "$context.requestTimeEpoch"
    requestId    = "$context.requestId"
    connectionId = "$context.connectionId"
    route        = "$context.routeKey"
    status       = "$context.status"
    lambdaMs     = "$context.integrationLatency"
    userId       = "$context.authorizer.principalId"
    error        = "$context.error.responseType"
  }
}
