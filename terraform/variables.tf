variable "name" {
  description = "The application's name: the beginning of all names, and a tag."
  type        = string
  default     = "chinwag"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,11}$", var.name))
    error_message = "name must be 2 to 12 of a-z, 0-9 and -, and begin with a letter."
  }
}

variable "environment" {
  description = "Which of several deployments this is, such as dev or prod: the second part of all names, and a tag."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,11}$", var.environment))
    error_message = "environment must be 1 to 12 of a-z, 0-9 and -, and begin with a letter."
  }
}

variable "region" {
  description = "The AWS region, such as eu-west-1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the name of an AWS region, such as eu-west-1."
  }
}

variable "tags" {
  description = "Tags for every resource, besides app, environment and managed_by."
  type        = map(string)
  default     = {}
}

variable "packages" {
  description = "The folder that holds <lambda>/bootstrap.zip for each lambda, as deploy.sh builds them."
  type        = string
  default     = "../target/lambda"
}

variable "architecture" {
  description = "What the packages were built for: arm64, or x86_64 at a quarter more."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64."
  }
}

variable "memory_mb" {
  description = "The memory of each lambda in MB. They use about 20; their share of a processor grows with it."
  type        = number
  default     = 256

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number from 128 to 10240 (Lambda's limits)."
  }
}

variable "tracing" {
  description = "Whether requests are traced with X-Ray."
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "Whether the tables, the user pool and the secrets refuse to be deleted. For production."
  type        = bool
}

variable "recovery_days" {
  description = "How many days back the tables can be restored to any second."
  type        = number
  default     = 35

  validation {
    condition     = var.recovery_days >= 1 && var.recovery_days <= 35 && floor(var.recovery_days) == var.recovery_days
    error_message = "recovery_days must be a whole number from 1 to 35 (DynamoDB's limits)."
  }
}

variable "flood_limit" {
  description = "How many messages a second one sender may write into one conversation; 0: as many as they like."
  type        = number
  default     = 10

  validation {
    condition     = var.flood_limit >= 0 && var.flood_limit <= 1000 && floor(var.flood_limit) == var.flood_limit
    error_message = "flood_limit must be a whole number from 0 to 1000."
  }
}

variable "registration_limit" {
  description = "How many may register from one address within an hour: a class or a conference room may, a program makes no more than a thousand accounts a day. 0: as many as they like."
  type        = number
  default     = 50

  validation {
    condition     = var.registration_limit >= 0 && var.registration_limit <= 100000 && floor(var.registration_limit) == var.registration_limit
    error_message = "registration_limit must be a whole number from 0 to 100000."
  }
}

variable "throttle" {
  description = "Requests, and connections and frames, a second and at once, that API Gateway lets through to each route. Its quota for all APIs of an account and region is 10,000 and 5,000, in newer regions 2,500 and 1,250."
  type = object({
    rate  = number
    burst = number
  })
  default = { rate = 1000, burst = 1000 }

  validation {
    condition     = var.throttle.rate > 0 && var.throttle.burst > 0
    error_message = "throttle.rate and throttle.burst must be above 0, or nothing gets through."
  }
}

variable "route_throttles" {
  description = "The same for single routes, by their keys in routes.json. The defaults stay below Cognito's quotas: 50 registrations and confirmations a second together, 120 sign-ins and refreshes, and 30 forgotten passwords."
  type = map(object({
    rate  = number
    burst = number
  }))
  default = {
    "POST /v1/register"               = { rate = 20, burst = 20 }
    "POST /v1/register/confirm"       = { rate = 20, burst = 20 }
    "POST /v1/register/resend"        = { rate = 10, burst = 10 }
    "POST /v1/authenticate"           = { rate = 40, burst = 40 }
    "POST /v1/authenticate/challenge" = { rate = 40, burst = 40 }
    "POST /v1/authenticate/code"      = { rate = 40, burst = 40 }
    "POST /v1/authenticate/refresh"   = { rate = 70, burst = 70 }
    "POST /v1/password/forgot"        = { rate = 10, burst = 10 }
    "POST /v1/password/reset"         = { rate = 10, burst = 10 }
    "POST /v1/password/change"        = { rate = 10, burst = 10 }
    "DELETE /v1/users/me/mfa"         = { rate = 5, burst = 5 }
  }

  validation {
    condition     = alltrue([for route in keys(var.route_throttles) : contains(keys(local.routes), route)])
    error_message = "route_throttles must name routes of routes.json, such as \"POST /v1/messages\"."
  }

  validation {
    condition     = alltrue([for limit in values(var.route_throttles) : limit.rate > 0 && limit.burst > 0])
    error_message = "route_throttles must have a rate and a burst above 0 for each route."
  }
}

variable "cors_origins" {
  description = "The origins whose web pages may call the API, such as https://chat.example.com; * for any. Tokens travel in a header, never in a cookie."
  type        = list(string)
  default     = ["*"]

  validation {
    condition     = var.cors_origins == tolist(["*"]) || alltrue([for origin in var.cors_origins : can(regex("^https?://[^/*]+$", origin))])
    error_message = "cors_origins must be * or origins such as https://chat.example.com, without a path."
  }
}

variable "domains" {
  description = "Domains of your own, `api` for the HTTP API, `realtime` for the WebSocket API: the name, the ARN of its ACM certificate in this region, and the Route 53 zone that gets its records. Without a zone, make them elsewhere, as the output domain_targets says; until then the API stays at the address that AWS gives it."
  type = map(object({
    name            = string
    certificate_arn = string
    zone_id         = optional(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for key in keys(var.domains) : contains(["api", "realtime"], key)])
    error_message = "domains may have api and realtime."
  }

  validation {
    condition     = alltrue([for domain in values(var.domains) : can(regex("^arn:aws[a-z-]*:acm:${var.region}:", domain.certificate_arn))])
    error_message = "Each of domains must have as certificate_arn the ARN of an ACM certificate in the region of the deployment."
  }

  validation {
    condition     = alltrue([for domain in values(var.domains) : can(regex("^([a-z0-9-]+\\.)+[a-z]+$", domain.name))])
    error_message = "Each of domains must have a name such as api.example.com, without https://."
  }

  validation {
    condition     = alltrue([for domain in values(var.domains) : domain.zone_id == null || can(regex("^Z[A-Z0-9]+$", domain.zone_id))])
    error_message = "The zone_id of domains must be the id of a Route 53 zone, such as Z0123456789ABCDEFGHIJ."
  }
}

variable "web_client" {
  description = "Whether the web client is put on CloudFront. Its origin must be among cors_origins."
  type        = bool
  default     = false
}

variable "realtime_access_log" {
  description = "Whether each connection and each frame has a line in a log. API Gateway writes it with a role that is set once for all of an account and region: docs/operations.md says how."
  type        = bool
  default     = false
}

variable "user_pool_tier" {
  description = "Cognito's price list: LITE, ESSENTIALS or PLUS. Chinwag needs nothing beyond LITE; from ESSENTIALS on a refresh token is good once, and a stolen one shows."
  type        = string
  default     = "LITE"

  validation {
    condition     = contains(["LITE", "ESSENTIALS", "PLUS"], var.user_pool_tier)
    error_message = "user_pool_tier must be LITE, ESSENTIALS or PLUS."
  }
}

variable "mfa" {
  description = "Whether people may (OPTIONAL) or must (ON) sign in with a second factor; OFF for never. It is an authenticator app."
  type        = string
  default     = "OPTIONAL"

  validation {
    condition     = contains(["OFF", "OPTIONAL", "ON"], var.mfa)
    error_message = "mfa must be OFF, OPTIONAL or ON."
  }
}

variable "hosted_sign_in" {
  description = "The pages on which Cognito signs people in by email or with Google, for clients that send them there: the beginning of their address, and where they may send people back to and when they sign out. `google` is the id that Google gave the application, and the name of the secret in Secrets Manager that holds what it gave with it. Without it there are no such pages."
  type = object({
    domain_prefix = string
    callback_urls = list(string)
    logout_urls   = optional(list(string), [])
    google = optional(object({
      client_id          = string
      client_secret_name = string
    }))
  })
  default = null

  validation {
    condition     = var.hosted_sign_in == null || can(regex("^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$", var.hosted_sign_in.domain_prefix))
    error_message = "hosted_sign_in.domain_prefix must be 1 to 63 of a-z, 0-9 and -, neither beginning nor ending with -."
  }

  validation {
    condition     = var.hosted_sign_in == null || try(length(var.hosted_sign_in.callback_urls) > 0, false)
    error_message = "hosted_sign_in.callback_urls must have one URL at least."
  }

  # As Cognito has it: what comes back over a network is encrypted; an app on a phone has a scheme of its own.
  validation {
    condition = var.hosted_sign_in == null || alltrue([
      for url in try(concat(var.hosted_sign_in.callback_urls, var.hosted_sign_in.logout_urls), []) :
      can(regex("^[a-z][a-z0-9+.-]*://[^#\\s]+$", url)) && (!startswith(url, "http://") || startswith(url, "http://localhost"))
    ])
    error_message = "hosted_sign_in.callback_urls and logout_urls must be https://…, http://localhost… or have an app's own scheme, without #."
  }
}

variable "email" {
  description = "The verified SES identity that Cognito sends its codes from, in the same region or one that Cognito takes, and the sender that people see. Without it Cognito sends some 50 mails a day and no more."
  type = object({
    from         = string
    identity_arn = string
  })
  default = null

  validation {
    condition     = var.email == null || can(regex("^arn:aws[a-z-]*:ses:[a-z0-9-]+:[0-9]{12}:identity/", var.email.identity_arn))
    error_message = "email.identity_arn must be the ARN of an SES identity (arn:aws:ses:<region>:<account>:identity/<address or domain>)."
  }

  validation {
    condition     = var.email == null || can(regex("@", var.email.from))
    error_message = "email.from must be an address, such as Chinwag <no-reply@example.com>."
  }
}

variable "senders" {
  description = "Who notifications come from. `email`: addresses, each with an identity in SES, in this account and region: the address itself, its domain, or a domain above it. `create_identities`: those of the identities that are made here. `sms`: numbers, sender IDs, and ids of numbers or pools of End User Messaging as requests name them, with their ARNs in this region. Whoever is not named is refused."
  type = object({
    email             = optional(list(string), [])
    create_identities = optional(list(string), [])
    sms               = optional(list(object({ identity = string, arn = string })), [])
  })
  default = {}

  validation {
    condition     = alltrue([for address in var.senders.email : can(regex("^[^@<>\\s]+@([a-z0-9-]+\\.)+[a-z]+$", address))])
    error_message = "senders.email must be addresses such as no-reply@example.com, without a name, their domains in lower case."
  }

  validation {
    condition = alltrue([
      for identity in var.senders.create_identities : anytrue([
        for address in var.senders.email : address == identity || endswith(address, "@${identity}") || endswith(address, ".${identity}")
      ])
    ])
    error_message = "senders.create_identities must be among the addresses of senders.email, their domains, and domains above these."
  }

  validation {
    condition     = alltrue([for sender in var.senders.sms : can(regex("^(\\+[1-9][0-9]{6,14}|[A-Za-z0-9_-]{1,64})$", sender.identity))])
    error_message = "Each of senders.sms must have as identity a phone number such as +18005551234, a sender ID, or the id of a number or a pool."
  }

  validation {
    condition     = alltrue([for sender in var.senders.sms : can(regex("^arn:aws[a-z-]*:sms-voice:${var.region}:[0-9]{12}:(phone-number|pool|sender-id)/", sender.arn))])
    error_message = "Each of senders.sms must have as arn the ARN of a phone number, a pool or a sender ID in the region of the deployment."
  }
}

variable "messaging_jwks_url" {
  description = "Where the public keys are that tokens for the notifications may be signed with (RS256), as a JSON Web Key Set. Without it they are signed with the secret of the output messaging_secret (HS256)."
  type        = string
  default     = null

  validation {
    condition     = var.messaging_jwks_url == null || can(regex("^https://[^/?#\\s]+[^\\s]*$", var.messaging_jwks_url))
    error_message = "messaging_jwks_url must be a URL with https, such as https://issuer.example.com/.well-known/jwks.json."
  }
}

variable "graphql_introspection" {
  description = "Whether callers with an API key may ask GraphQL what it offers."
  type        = bool
  default     = false
}

variable "log_level" {
  description = "The least level that the lambdas log: ERROR, WARN, or INFO, which adds a line for each request to the access log's. Below that the AWS SDK would write message bodies."
  type        = string
  default     = "WARN"

  validation {
    condition     = contains(["INFO", "WARN", "ERROR"], var.log_level)
    error_message = "log_level must be INFO, WARN or ERROR."
  }
}

variable "log_retention_days" {
  description = "How many days logs are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of the periods of CloudWatch Logs: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "alarm_email" {
  description = "The address that alarms and the budget's alert go to; it has to confirm the subscription. Without it, subscribe to the topic in the outputs."
  type        = string
  default     = null

  validation {
    condition     = var.alarm_email == null || can(regex("^[^@ ]+@[^@ ]+$", var.alarm_email))
    error_message = "alarm_email must be an address, such as ops@example.com."
  }
}

variable "alarm_5xx_percent" {
  description = "The share of requests that may fail on our side within 5 minutes before there is an alarm."
  type        = number
  default     = 1

  validation {
    condition     = var.alarm_5xx_percent > 0 && var.alarm_5xx_percent <= 100
    error_message = "alarm_5xx_percent must be above 0 and at most 100."
  }
}

variable "alarm_p99_ms" {
  description = "How slow one request in a hundred may be, in milliseconds, before there is an alarm."
  type        = number
  default     = 1000

  validation {
    condition     = var.alarm_p99_ms > 0 && var.alarm_p99_ms < 30000
    error_message = "alarm_p99_ms must be above 0 and below 30000, at which API Gateway gives up."
  }
}

variable "alarm_delay_seconds" {
  description = "How long a message may wait for its push or its delivery, for 5 minutes on end, before there is an alarm."
  type        = number
  default     = 60

  validation {
    condition     = var.alarm_delay_seconds > 0 && var.alarm_delay_seconds <= 3600
    error_message = "alarm_delay_seconds must be above 0 and at most 3600."
  }
}

variable "monthly_budget_usd" {
  description = "What the account may cost a month, in US dollars; there is an alert at 80 % of it, and when more than all of it is to be expected. 0: no budget."
  type        = number
  default     = 0

  validation {
    condition     = var.monthly_budget_usd >= 0
    error_message = "monthly_budget_usd must be 0 or more."
  }
}
