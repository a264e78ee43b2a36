resource "aws_apigatewayv2_api" "this" {
  name            = var.name
  protocol_type   = "HTTP"
  ip_address_type = "dualstack"
  # Only where the records are made here: elsewhere they come later, and until then this is the only address.
  disable_execute_api_endpoint = local.has_records

  cors_configuration {
    allow_origins  = var.cors_origins
    allow_methods  = ["DELETE", "GET", "PATCH", "POST", "PUT"]
    allow_headers  = ["authorization", "content-type", "x-api-key"]
    expose_headers = ["location", "ratelimit", "ratelimit-policy", "retry-after"]
    max_age        = 3600
  }
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  api_id           = aws_apigatewayv2_api.this.id
  name             = "jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = var.jwt.issuer
    audience = [var.jwt.audience]
  }
}

# Whoever has the same header within the time is not asked again, on none of its routes.
resource "aws_apigatewayv2_authorizer" "lambda" {
  count = var.authorizer == null ? 0 : 1

  api_id                            = aws_apigatewayv2_api.this.id
  name                              = "lambda"
  authorizer_type                   = "REQUEST"
  authorizer_uri                    = var.functions[var.authorizer].invoke_arn
  authorizer_payload_format_version = "2.0"
  enable_simple_responses           = true
  identity_sources                  = ["$request.header.Authorization"]
  authorizer_result_ttl_in_seconds  = 300
}

resource "aws_lambda_permission" "authorizer" {
  count = var.authorizer == null ? 0 : 1

  statement_id  = "http-api-authorizer"
  action        = "lambda:InvokeFunction"
  function_name = var.functions[var.authorizer].name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/authorizers/${aws_apigatewayv2_authorizer.lambda[0].id}"
}

resource "aws_apigatewayv2_integration" "this" {
  for_each = local.functions

  api_id                 = aws_apigatewayv2_api.this.id
  integration_type       = "AWS_PROXY"
  integration_uri        = var.functions[each.key].invoke_arn
  payload_format_version = "2.0"
}

resource "aws_lambda_permission" "this" {
  for_each = local.functions

  statement_id  = "http-api"
  action        = "lambda:InvokeFunction"
  function_name = var.functions[each.key].name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*"
}

resource "aws_apigatewayv2_route" "this" {
  #checkov:skip=CKV_AWS_309:Registration and sign-in take no token; routes.json says which those are, and a test holds it
  for_each = var.routes

  api_id             = aws_apigatewayv2_api.this.id
  route_key          = each.key
  target             = "integrations/${aws_apigatewayv2_integration.this[each.value.function].id}"
  authorization_type = local.authorization_types[each.value.authorizer]
  authorizer_id      = lookup(local.authorizer_ids, each.value.authorizer, null)
}

resource "aws_cloudwatch_log_group" "access" {
  #checkov:skip=CKV_AWS_158:Encrypted with the key of CloudWatch; no secret, token, body or address is logged
  #checkov:skip=CKV_AWS_338:How long logs are kept is the deployer's to say
  # Below /aws/vendedlogs the region's one resource policy for logs does not grow with each group.
  name              = "/aws/vendedlogs/apigateway/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  # One short line a request: who (the user's id and no more), what, how it went.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode(local.access_log)
  }

  default_route_settings {
    throttling_rate_limit  = var.throttle.rate
    throttling_burst_limit = var.throttle.burst
  }

  dynamic "route_settings" {
    for_each = var.route_throttles

    content {
      route_key              = route_settings.key
      throttling_rate_limit  = route_settings.value.rate
      throttling_burst_limit = route_settings.value.burst
    }
  }

  # A stage cannot have settings for a route that is not there yet.
  depends_on = [aws_apigatewayv2_route.this]
}

module "domain" {
  source = "../api-domain"
  count  = var.domain == null ? 0 : 1

  api_id = aws_apigatewayv2_api.this.id
  stage  = aws_apigatewayv2_stage.this.id
  domain = var.domain
}

locals {
  has_records = try(var.domain.zone_id, null) != null
  functions   = toset(values(var.routes)[*].function)

  authorization_types = { none = "NONE", jwt = "JWT", lambda = "CUSTOM", iam = "AWS_IAM" }

  authorizer_ids = {
    jwt    = aws_apigatewayv2_authorizer.jwt.id
    lambda = one(aws_apigatewayv2_authorizer.lambda[*].id)
  }

  access_log = {
    time      = "$context.requestTimeEpoch"
    requestId = "$context.requestId"
    route     = "$context.routeKey"
    status    = "$context.status"
    ms        = "$context.responseLatency"
    lambdaMs  = "$context.integrationLatency"
    userId    = "$context.authorizer.claims.sub"
    error     = "$context.error.responseType"
  }
}
