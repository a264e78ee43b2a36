output "api_url" {
  description = "Where the API is, without a slash at the end."
  value       = module.http_api.url
}

output "domain_target" {
  description = "What the records of your own domain must point to, if you make them elsewhere than in Route 53."
  value       = module.http_api.domain_target
}

output "user_pool_id" {
  description = "The Cognito user pool."
  value       = aws_cognito_user_pool.this.id
}

output "user_pool_client_id" {
  description = "The client of the user pool that the API signs people in with."
  value       = aws_cognito_user_pool_client.this.id
}

output "client_id_secret" {
  description = "The name of the secret that holds the client's id."
  value       = aws_secretsmanager_secret.this["cognito-client-id"].name
}

output "dashboard_url" {
  description = "The dashboard: is chat working?"
  value       = "https://${var.region}.console.aws.amazon.com/cloudwatch/home?region=${var.region}#dashboards/dashboard/${aws_cloudwatch_dashboard.this.dashboard_name}"
}

output "alarm_topic_arn" {
  description = "The SNS topic that alarms go to."
  value       = aws_sns_topic.alarms.arn
}

output "function_names" {
  description = "The functions by their names in routes.json."
  value       = { for key, function in module.function : key => function.name }
}

output "table_names" {
  description = "The tables by their names in tables.json."
  value       = { for key, table in module.table : key => table.name }
}
