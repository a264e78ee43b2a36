# The web client, where it is asked for.

module "web_client" {
  source = "./modules/web-client"
  count  = var.web_client ? 1 : 0

  name         = "${local.prefix}-web-${var.region}"
  folder       = "${path.module}/../web"
  api_url      = module.http_api.url
  realtime_url = module.websocket_api.url

  hosted_sign_in = local.hosted_sign_in ? { url = local.hosted_url, clientId = aws_cognito_user_pool_client.this.id } : null
}

# The API cannot take the client's origin by itself: CloudFront chooses it, and already knows the API by then.
check "web_client_may_call_the_api" {
  assert {
    condition = alltrue([
      for client in module.web_client : length(setintersection(var.cors_origins, ["*", client.url])) > 0
    ])
    error_message = "Browsers will not let the web client call the API: add ${join("", module.web_client[*].url)} to cors_origins."
  }
}
