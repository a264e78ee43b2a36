output "id" {
  description = "The API's id."
  value       = aws_apigatewayv2_api.this.id
}

# Not of the stage: the functions have it in their environment, and the stage comes after them.
output "url" {
  description = "Where clients connect, without a slash at the end. With http in place of ws, where their connections are managed."
  value       = local.has_records ? "wss://${var.domain.name}" : "${aws_apigatewayv2_api.this.api_endpoint}/${local.stage}"
}

output "stage_arn" {
  description = "What the ARNs of its requests begin with: a slash, the method and the path follow."
  value       = "${aws_apigatewayv2_api.this.execution_arn}/${local.stage}"
}

output "domain_target" {
  description = "What the records of the domain must point to, where there is a domain."
  value       = one(module.domain[*].target)
}
