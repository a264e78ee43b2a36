variable "name" {
  description = "The API's name."
  type        = string
}

variable "routes" {
  description = "The routes by their keys (`GET /path`): which function answers, and who may call (`none`, `jwt`, `lambda` or `iam`)."
  type = map(object({
    function   = string
    authorizer = string
  }))
}

variable "authorizer" {
  description = "The function that decides who may call the routes that ask for `lambda`, if there are any."
  type        = string
}

variable "functions" {
  description = "The functions by their names, those of the routes and of the authorizer among them."
  type = map(object({
    name       = string
    invoke_arn = string
  }))
}

variable "jwt" {
  description = "Whose access tokens are taken: the issuer, and the client that they were made for."
  type = object({
    issuer   = string
    audience = string
  })
}

variable "cors_origins" {
  description = "The origins whose web pages may call the API."
  type        = list(string)
}

variable "throttle" {
  description = "Requests a second, and at once, for each route without a throttle of its own."
  type = object({
    rate  = number
    burst = number
  })
}

variable "route_throttles" {
  description = "The same for single routes, by their keys."
  type = map(object({
    rate  = number
    burst = number
  }))
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
