# The whole API on one screen is routes.json, all tables are tables.json: what is made here follows them.

locals {
  functions = jsondecode(file("${path.module}/../routes.json"))
  tables    = jsondecode(file("${path.module}/../tables.json"))

  # Every name begins with it, so that several environments fit into one account.
  prefix = "${var.name}-${var.environment}"

  routes = merge([
    for function, row in local.functions : {
      for key in row.routes : key => { function = function, authorizer = row.authorizer }
    }
  ]...)
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

  environment = merge(
    { TABLE_PREFIX = "${local.prefix}-" },
    var.flood_limit > 0 ? { FLOOD_LIMIT = tostring(var.flood_limit) } : {},
    # Who reads the client's id talks to Cognito.
    contains(try(each.value.secrets, []), "cognito-client-id") ? {
      USER_POOL_ID             = aws_cognito_user_pool.this.id
      COGNITO_CLIENT_ID_SECRET = aws_secretsmanager_secret.this["cognito-client-id"].name
    } : {},
  )
}

module "http_api" {
  source = "./modules/http-api"

  name               = local.prefix
  routes             = local.routes
  functions          = module.function
  cors_origins       = var.cors_origins
  throttle           = var.throttle
  route_throttles    = var.route_throttles
  log_retention_days = var.log_retention_days
  domain             = var.domain

  jwt = {
    issuer   = "https://${aws_cognito_user_pool.this.endpoint}"
    audience = aws_cognito_user_pool_client.this.id
  }
}
