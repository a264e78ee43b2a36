# What browsers are served, and what it may do there.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_resource "aws_cloudfront_distribution" {
    defaults = { domain_name = "d1.cloudfront.net", arn = "arn:aws:cloudfront::123456789012:distribution/D1" }
  }
}

run "files" {
  command = apply

  module {
    source = "./modules/web-client"
  }

  variables {
    name         = "chinwag-test-web"
    folder       = "tests/web"
    api_url      = "https://api.example.com"
    realtime_url = "wss://realtime.example.com/ws"

    hosted_sign_in = { url = "https://chinwag.auth.eu-west-1.amazoncognito.com", clientId = "client" }
  }

  assert {
    condition = { for key, file in aws_s3_object.file : key => file.content_type } == {
      "index.html"      = "text/html; charset=utf-8"
      "scripts/chat.js" = "text/javascript; charset=utf-8"
    }
    error_message = "All files must be there with their types, and the settings of another place must not."
  }

  assert {
    condition = jsondecode(aws_s3_object.settings.content) == {
      apiUrl       = "https://api.example.com"
      hostedSignIn = { url = "https://chinwag.auth.eu-west-1.amazoncognito.com", clientId = "client" }
    }
    error_message = "The client must be told where the API is, and where people sign in instead."
  }

  assert {
    condition = one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).content_security_policy).content_security_policy == join("; ", [
      "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
      "connect-src 'self' https://api.example.com wss://realtime.example.com", "manifest-src 'self'", "base-uri 'none'",
      "form-action 'none'", "frame-ancestors 'none'",
    ])
    error_message = "The client may load its own files, and talk to its own API."
  }

  assert {
    condition     = aws_s3_bucket_public_access_block.this.restrict_public_buckets && aws_s3_bucket_public_access_block.this.block_public_policy
    error_message = "The bucket must be private."
  }

  assert {
    condition     = output.url == "https://d1.cloudfront.net"
    error_message = "The client must be at its origin."
  }
}

run "only_where_it_is_asked_for" {
  command = plan

  variables {
    environment         = "test"
    region              = "eu-west-1"
    deletion_protection = false
  }

  assert {
    condition     = output.web_url == null && length(module.web_client) == 0
    error_message = "Nothing may be served without being asked for."
  }
}

run "an_origin_that_browsers_would_stop_is_named" {
  command = apply

  variables {
    environment         = "test"
    region              = "eu-west-1"
    deletion_protection = false
    web_client          = true
    cors_origins        = ["https://chat.example.com"]
  }

  # Where nothing stands in for AWS, addresses have no scheme.
  override_module {
    target  = module.http_api
    outputs = { url = "https://api.example.com", id = "api", stage_arn = "arn", access_log_name = "log", domain_target = null }
  }

  override_module {
    target  = module.websocket_api
    outputs = { url = "wss://realtime.example.com/ws", id = "ws", stage_arn = "arn", domain_target = null }
  }

  expect_failures = [check.web_client_may_call_the_api]
}
