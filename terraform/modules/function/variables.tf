variable "name" {
  description = "The function's name."
  type        = string
}

variable "role_name" {
  description = "The name of its role. Roles are the account's, not the region's."
  type        = string
}

variable "package" {
  description = "The path of the zip that holds the bootstrap."
  type        = string
}

variable "architecture" {
  description = "What the bootstrap was built for: arm64 or x86_64."
  type        = string
}

variable "memory_mb" {
  description = "The function's memory in MB; its share of a processor grows with it."
  type        = number
}

variable "environment" {
  description = "The function's environment variables."
  type        = map(string)
}

variable "statements" {
  description = "What the function may do besides writing its log."
  type = list(object({
    actions   = list(string)
    resources = list(string)
    condition = optional(object({
      test     = string
      variable = string
      values   = list(string)
    }))
  }))
}

variable "log_level" {
  description = "The least level that is logged: INFO, WARN or ERROR."
  type        = string
}

variable "log_retention_days" {
  description = "How many days its log is kept."
  type        = number
}

variable "tracing" {
  description = "Whether requests are traced with X-Ray."
  type        = bool
}
