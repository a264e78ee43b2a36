# For trying things out: cheap, and gone when it is destroyed.

environment         = "dev"
deletion_protection = false
recovery_days       = 1
log_retention_days  = 7
