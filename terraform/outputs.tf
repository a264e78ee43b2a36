output "api_url" {
  description = "Where the API is, without a slash at the end."
  value       = module.http_api.url
}

output "realtime_url" {
  description = "Where clients open their WebSocket, with a token of POST /v1/realtime/token."
  value       = module.websocket_api.url

  # Whoever takes it may connect at once.
  depends_on = [module.websocket_api]
}

output "web_url" {
  description = "Where the web client is, if web_client asks for it."
  value       = one(module.web_client[*].url)
}

output "domain_targets" {
  description = "What the records of your own domains must point to, if you make them elsewhere than in Route 53."
  value = {
    for key, target in { api = module.http_api.domain_target, realtime = module.websocket_api.domain_target } :
    key => target if contains(keys(var.domains), key)
  }
}

output "caller_policies" {
  description = "The IAM policies, as JSON, that let another system call the functions that ask for IAM, by the functions' names."
  value       = { for function, policy in data.aws_iam_policy_document.caller : function => policy.json }
}

output "user_pool_id" {
  description = "The Cognito user pool."
  value       = aws_cognito_user_pool.this.id
}

output "user_pool_client_id" {
  description = "The client of the user pool that the API signs people in with."
  value       = aws_cognito_user_pool_client.this.id
}

output "hosted_sign_in_url" {
  description = "Where the pages of the hosted sign-in are, if hosted_sign_in asks for them. Google sends people back to <it>/oauth2/idpresponse."
  value       = local.hosted_url
}

output "client_id_secret" {
  description = "The name of the secret that holds the client's id."
  value       = aws_secretsmanager_secret.this["cognito-client-id"].name
}

output "messaging_secret" {
  description = "The name of the secret that tokens for the notifications are signed with."
  value       = aws_secretsmanager_secret.this["messaging-api"].name
}

output "api_keys_secret" {
  description = "The name of the secret that knows the API keys of GraphQL, by their hashes."
  value       = aws_secretsmanager_secret.this["api-keys"].name
}

output "dkim_records" {
  description = "The records that verify the domains of senders.create_identities, by the domains."
  value       = merge(module.email[*].dkim_records...)
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

output "queue_urls" {
  description = "The queues by their names in queues.json, and <name>-dlq, where what could not be handled ends."
  value       = { for key, queue in aws_sqs_queue.this : key => queue.id }
}
