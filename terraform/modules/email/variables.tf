variable "name" {
  description = "The configuration set's name."
  type        = string
}

variable "identities" {
  description = "The addresses and domains that are made identities. Whoever has them must verify them."
  type        = set(string)
}

variable "event_bus_arn" {
  description = "Who is told what became of mail: the default event bus, as SES knows no other."
  type        = string
}
