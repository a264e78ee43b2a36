output "id" {
  description = "The API's id."
  value       = aws_apigatewayv2_api.this.id
}

output "url" {
  description = "Where the API is, without a slash at the end."
  value       = var.domain == null ? aws_apigatewayv2_api.this.api_endpoint : "https://${var.domain.name}"

  # Whoever takes it may call at once.
  depends_on = [aws_apigatewayv2_stage.this, aws_lambda_permission.this]
}

output "access_log_name" {
  description = "The name of the access log's group."
  value       = aws_cloudwatch_log_group.access.name
}
