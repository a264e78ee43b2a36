variable "name" {
  description = "The configuration set's name, and the beginning of the topic's."
  type        = string
}

variable "account_id" {
  description = "The account whose text messages the topic tells of."
  type        = string
}
