output "topic_arn" {
  description = "The topic that tells what became of text messages."
  value       = aws_sns_topic.this.arn
}
