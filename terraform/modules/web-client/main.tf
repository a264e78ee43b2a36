# The files of the web client in a private bucket, and CloudFront in front of it.

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:What is in it is public through CloudFront; nobody else reaches it
  #checkov:skip=CKV_AWS_21:The files are in Git
  #checkov:skip=CKV_AWS_144:The files are in Git
  #checkov:skip=CKV_AWS_145:Encrypted with the key of S3; the files are public
  #checkov:skip=CKV2_AWS_61:There is nothing that grows old
  #checkov:skip=CKV2_AWS_62:Nothing waits for its changes
  bucket_prefix = "${var.name}-"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.this.arn}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudfront_distribution.this.arn]
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = data.aws_iam_policy_document.this.json

  depends_on = [aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_object" "file" {
  for_each = setsubtract(fileset(var.folder, "**"), [local.settings_file])

  bucket        = aws_s3_bucket.this.id
  key           = each.key
  source        = "${var.folder}/${each.key}"
  source_hash   = filemd5("${var.folder}/${each.key}")
  content_type  = local.content_types[regex("[^.]*$", each.key)]
  cache_control = local.cache_control
}

resource "aws_s3_object" "settings" {
  bucket        = aws_s3_bucket.this.id
  key           = local.settings_file
  content       = jsonencode(merge({ apiUrl = var.api_url }, var.hosted_sign_in == null ? {} : { hostedSignIn = var.hosted_sign_in }))
  content_type  = local.content_types["json"]
  cache_control = local.cache_control
}

resource "aws_cloudfront_origin_access_control" "this" {
  name                              = var.name
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_response_headers_policy" "this" {
  #checkov:skip=CKV_AWS_259:The domain above is that of CloudFront, and not ours to speak for
  name = var.name

  security_headers_config {
    content_security_policy {
      content_security_policy = local.content_security_policy
      override                = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = 31536000
      override                   = true
    }
  }
}

data "aws_cloudfront_cache_policy" "optimized" {
  name = "Managed-CachingOptimized"
}

resource "aws_cloudfront_distribution" "this" {
  #checkov:skip=CKV_AWS_68:A firewall has nothing to guard before a few static files
  #checkov:skip=CKV2_AWS_47:A firewall has nothing to guard before a few static files
  #checkov:skip=CKV_AWS_86:Who fetched a static file is nobody's business
  #checkov:skip=CKV_AWS_310:The files are in one bucket, and S3 does not go away
  #checkov:skip=CKV_AWS_374:Chat is for people everywhere
  #checkov:skip=CKV_AWS_174:With the certificate of CloudFront the least version of TLS is not ours to say
  #checkov:skip=CKV2_AWS_42:Without a domain of one's own the certificate is that of CloudFront
  comment             = var.name
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  price_class         = "PriceClass_100"
  default_root_object = "index.html"

  origin {
    origin_id                = "files"
    domain_name              = aws_s3_bucket.this.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.this.id
  }

  default_cache_behavior {
    target_origin_id           = "files"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = data.aws_cloudfront_cache_policy.optimized.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}

locals {
  settings_file = "config.json"

  # The names of files do not change with their content: whoever has one asks whether it is still the same.
  cache_control = "no-cache"

  # A file of another kind ends the plan: what CloudFront served it as would be a guess.
  content_types = {
    css         = "text/css; charset=utf-8"
    html        = "text/html; charset=utf-8"
    ico         = "image/x-icon"
    js          = "text/javascript; charset=utf-8"
    json        = "application/json"
    png         = "image/png"
    svg         = "image/svg+xml"
    txt         = "text/plain; charset=utf-8"
    webmanifest = "application/manifest+json"
    woff2       = "font/woff2"
  }

  content_security_policy = join("; ", [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self' ${local.origins["api"]} ${local.origins["realtime"]}",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ])

  # Of a URL, all before its path.
  origins = { for key, url in { api = var.api_url, realtime = var.realtime_url } : key => regex("^[a-z]+://[^/]+", url) }
}
