# The package travels through S3 here: hashicorp/aws 3.39 uploads files one after the other, at 5 s each.
resource "aws_s3_bucket_object" "package" {
  bucket = "packages"
  key    = var.name
  source = var.package
  etag   = filemd5(var.package)
}
