# In place of the web client, which is not deployed here: what the root module names of it.
variable "name" {
  type = string
}

variable "folder" {
  type = string
}

variable "api_url" {
  type = string
}

variable "hosted_sign_in" {
  type    = object({ url = string, clientId = string })
  default = null
}

variable "realtime_url" {
  type = string
}

output "url" {
  value = null
}

output "fixups" {
  value = []
}
