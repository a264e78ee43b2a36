variable "name" {
  description = "What the bucket's name begins with, and what the rest is called."
  type        = string
}

variable "folder" {
  description = "The folder that holds the files."
  type        = string
}

variable "api_url" {
  description = "Where the client finds the API: it is told, and permitted to call it."
  type        = string
}

variable "hosted_sign_in" {
  description = "Where people may sign in instead, and the app client that asks there."
  type        = object({ url = string, clientId = string })
  default     = null
}

variable "realtime_url" {
  description = "Where the client may open its WebSocket."
  type        = string
}
