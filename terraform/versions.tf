terraform {
  # 1.9 lets a validation look at more than its own variable; 1.11 locks the state in S3 without a table.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # 6.48 knows where the events of text messages go.
      version = "~> 6.48"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = merge(var.tags, {
      app         = var.name
      environment = var.environment
      managed_by  = "terraform"
    })
  }
}
