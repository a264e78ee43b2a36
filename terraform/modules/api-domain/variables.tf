variable "api_id" {
  description = "The API's id."
  type        = string
}

variable "stage" {
  description = "The API's stage that the domain leads to."
  type        = string
}

variable "domain" {
  description = "Its name, its certificate in this region, and the Route 53 zone that gets its records, if any."
  type = object({
    name            = string
    certificate_arn = string
    zone_id         = optional(string)
  })
}
