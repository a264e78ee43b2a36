# For people. Fill in what is commented out before the first of them comes: docs/operations.md says why.

environment         = "prod"
deletion_protection = true
recovery_days       = 35
log_retention_days  = 90
monthly_budget_usd  = 500

# alarm_email  = "ops@example.com"
# cors_origins = ["https://chat.example.com"]
# email        = { from = "Chinwag <no-reply@example.com>", identity_arn = "arn:aws:ses:eu-west-1:123456789012:identity/example.com" }
# senders      = { email = ["no-reply@example.com"], create_identities = ["example.com"] }
# domains      = { api = { name = "api.example.com", certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/…", zone_id = "Z…" } }
