output "url" {
  description = "Where the client is: its origin, without a slash at the end."
  value       = "https://${aws_cloudfront_distribution.this.domain_name}"
}
