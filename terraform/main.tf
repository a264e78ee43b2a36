# The whole API on one screen is routes.json, all tables are tables.json, all queues queues.json: what is made here follows
# them.

locals {
  functions = jsondecode(file("${path.module}/../routes.json"))
  tables    = jsondecode(file("${path.module}/../tables.json"))
  queues    = jsondecode(file("${path.module}/../queues.json"))

  # Every name begins with it, so that several environments fit into one account.
  prefix = "${var.name}-${var.environment}"

  routes = merge([
    for function, row in local.functions : {
      for key in try(row.routes, []) : key => { function = function, authorizer = row.authorizer }
    }
  ]...)

  websocket_routes = merge([
    for function, row in local.functions : { for key in try(row.websocketRoutes, []) : key => function }
  ]...)

  environments = {
    for function, row in local.functions : function => merge(
      { TABLE_PREFIX = "${local.prefix}-" },
      var.flood_limit > 0 ? { FLOOD_LIMIT = tostring(var.flood_limit) } : {},
      # Who reads the client's id talks to Cognito.
      contains(try(row.secrets, []), "cognito-client-id") ? {
        USER_POOL_ID             = aws_cognito_user_pool.this.id
        COGNITO_CLIENT_ID_SECRET = aws_secretsmanager_secret.this["cognito-client-id"].name
      } : {},
      var.registration_limit > 0 && can(row.tables.Registrations) ? { REGISTRATION_LIMIT = tostring(var.registration_limit) } : {},
      local.hosted_sign_in && contains(try(row.routes, []), "POST /v1/authenticate/code") ? {
        HOSTED_UI_URL           = local.hosted_url
        HOSTED_UI_REDIRECT_URIS = jsonencode(var.hosted_sign_in.callback_urls)
      } : {},
      contains(try(row.secrets, []), "messaging-api") ? merge(
        { MESSAGING_API_SECRET = aws_secretsmanager_secret.this["messaging-api"].name },
        var.messaging_jwks_url == null ? {} : { MESSAGING_JWKS_URL = var.messaging_jwks_url },
      ) : {},
      contains(try(row.secrets, []), "api-keys") ? {
        API_KEYS_SECRET       = aws_secretsmanager_secret.this["api-keys"].name
        GRAPHQL_INTROSPECTION = var.graphql_introspection ? "on" : "off"
      } : {},
      can(row.realtime) ? { REALTIME_URL = module.websocket_api.url } : {},
      merge([for use in try(row.messaging, []) : local.messaging_variables[use]]...),
      { for queue in try(row.sends, []) : "${upper(replace(queue, "-", "_"))}_QUEUE_URL" => aws_sqs_queue.this[queue].id },
    )
  }

  # Which function decides for which API.
  authorizers = { for function, row in local.functions : row.authorizes => function if can(row.authorizes) }
}

module "table" {
  source   = "./modules/table"
  for_each = local.tables

  name                = "${local.prefix}-${each.key}"
  table               = each.value
  deletion_protection = var.deletion_protection
  recovery_days       = var.recovery_days
}

module "function" {
  source   = "./modules/function"
  for_each = local.functions

  name               = "${local.prefix}-${each.key}"
  role_name          = "${local.prefix}-${each.key}-${var.region}"
  package            = "${var.packages}/${each.key}/bootstrap.zip"
  architecture       = var.architecture
  memory_mb          = var.memory_mb
  log_level          = var.log_level
  log_retention_days = var.log_retention_days
  tracing            = var.tracing
  statements         = local.statements[each.key]
  environment        = local.environments[each.key]
}

module "http_api" {
  source = "./modules/http-api"

  name               = local.prefix
  routes             = local.routes
  authorizer         = lookup(local.authorizers, "http", null)
  functions          = module.function
  cors_origins       = var.cors_origins
  throttle           = var.throttle
  route_throttles    = var.route_throttles
  log_retention_days = var.log_retention_days
  domain             = try(var.domains.api, null)

  jwt = {
    issuer   = "https://${aws_cognito_user_pool.this.endpoint}"
    audience = aws_cognito_user_pool_client.this.id
  }
}

module "websocket_api" {
  source = "./modules/websocket-api"

  name               = "${local.prefix}-realtime"
  routes             = local.websocket_routes
  authorizer         = local.authorizers.websocket
  functions          = module.function
  throttle           = var.throttle
  access_log         = var.realtime_access_log
  log_retention_days = var.log_retention_days
  domain             = try(var.domains.realtime, null)
}
