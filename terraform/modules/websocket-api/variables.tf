variable "name" {
  description = "The API's name."
  type        = string
}

variable "routes" {
  description = "Which function answers to each route: `$connect`, `$disconnect` and `$default`."
  type        = map(string)
}

variable "authorizer" {
  description = "The function that decides who may connect."
  type        = string
}

variable "functions" {
  description = "The functions by their names, those of the routes and of the authorizer among them."
  type = map(object({
    name       = string
    invoke_arn = string
  }))
}

variable "throttle" {
  description = "Connections and frames a second, and at once, for each route."
  type = object({
    rate  = number
    burst = number
  })
}

variable "access_log" {
  description = "Whether each connection and each frame has a line in a log."
  type        = bool
}

variable "log_retention_days" {
  description = "How many days the access log is kept."
  type        = number
}

variable "domain" {
  description = "A domain of one's own: its name, its certificate in this region, and the Route 53 zone that gets its records, if any."
  type = object({
    name            = string
    certificate_arn = string
    zone_id         = optional(string)
  })
}
