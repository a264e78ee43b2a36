locals {
  indexes = try(var.table.indexes, {})

  keys = concat(
    [var.table.partitionKey],
    try([var.table.sortKey], []),
    flatten([for index in local.indexes : [index.partitionKey, index.sortKey]]),
  )

  # A key attribute is defined once, however many indexes it is in.
  attributes = { for key in local.keys : key.name => key.type... }
}

resource "aws_dynamodb_table" "this" {
  #checkov:skip=CKV_AWS_119:Encrypted with the key of DynamoDB; a key of one's own adds calls to KMS and a way to lose all data
  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = var.table.partitionKey.name
  range_key                   = try(var.table.sortKey.name, null)
  deletion_protection_enabled = var.deletion_protection
  stream_enabled              = can(var.table.stream)
  stream_view_type            = try(var.table.stream, null)

  dynamic "attribute" {
    for_each = local.attributes

    content {
      name = attribute.key
      type = attribute.value[0]
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.partitionKey.name
      range_key          = global_secondary_index.value.sortKey.name
      projection_type    = try(length(global_secondary_index.value.attributes) > 0 ? "INCLUDE" : "KEYS_ONLY", "ALL")
      non_key_attributes = try(length(global_secondary_index.value.attributes) > 0 ? global_secondary_index.value.attributes : null, null)
    }
  }

  dynamic "ttl" {
    for_each = try([var.table.timeToLive], [])

    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = var.recovery_days
  }
}
