output "id" {
  description = "The API's id."
  value       = aws_apigatewayv2_api.this.id
}

output "url" {
  description = "Where the API is, without a slash at the end."
  value       = local.has_records ? "https://${var.domain.name}" : aws_apigatewayv2_api.this.api_endpoint

  # Whoever takes it may call at once.
  depends_on = [
    aws_apigatewayv2_stage.this,
    aws_lambda_permission.this,
    aws_lambda_permission.authorizer,
    module.domain,
  ]
}

output "domain_target" {
  description = "What the records of the domain must point to, where there is a domain."
  value       = one(module.domain[*].target)
}

output "stage_arn" {
  description = "What the ARNs of its requests begin with: a slash, the method and the path follow."
  value       = "${aws_apigatewayv2_api.this.execution_arn}/${aws_apigatewayv2_stage.this.name}"
}

output "access_log_name" {
  description = "The name of the access log's group."
  value       = aws_cloudwatch_log_group.access.name
}
