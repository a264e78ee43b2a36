variable "name" {
  description = "The table's name."
  type        = string
}

variable "table" {
  description = "The table's row of tables.json: partitionKey, and where there are such: sortKey, indexes, timeToLive, stream."
  type        = any
}

variable "deletion_protection" {
  description = "Whether the table refuses to be deleted."
  type        = bool
}

variable "recovery_days" {
  description = "How many days back the table can be restored."
  type        = number
}
