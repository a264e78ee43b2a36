# What each function may do: what its row of routes.json says, and nothing else.

locals {
  # Without scans: nothing in Chinwag reads a whole table.
  table_actions = {
    read = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"]
    write = [
      "dynamodb:BatchWriteItem",
      "dynamodb:ConditionCheckItem",
      "dynamodb:DeleteItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
    ]
  }

  actions_by_access = merge(local.table_actions, {
    readwrite = concat(local.table_actions.read, local.table_actions.write)
  })

  connection_methods = { post = "POST", close = "DELETE" }

  statements = {
    for function, row in local.functions : function => concat(
      [
        for table, access in try(row.tables, {}) : {
          actions   = local.actions_by_access[access]
          resources = [module.table[table].arn]
        }
      ],
      [
        for index in try(row.indexes, []) : {
          actions   = ["dynamodb:Query"]
          resources = ["${module.table[split("/", index)[0]].arn}/index/${split("/", index)[1]}"]
        }
      ],
      [
        for secret in try(row.secrets, []) : {
          actions   = ["secretsmanager:GetSecretValue"]
          resources = [aws_secretsmanager_secret.this[secret].arn]
        }
      ],
      [
        for action in try(row.cognito, []) : {
          actions   = ["cognito-idp:${action}"]
          resources = [aws_cognito_user_pool.this.arn]
        }
      ],
      [
        for queue in try(row.sends, []) : {
          actions   = ["sqs:SendMessage"]
          resources = [aws_sqs_queue.this[queue].arn]
        }
      ],
      [
        for queue in try([row.queue.name], []) : {
          actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
          resources = [aws_sqs_queue.this[queue].arn]
        }
      ],
      flatten([
        for stream in try([row.stream], []) : [
          {
            actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
            resources = [module.table[stream.table].stream_arn]
          },
          # It has no resource, and names streams alone.
          { actions = ["dynamodb:ListStreams"], resources = ["*"] },
          { actions = ["sqs:SendMessage"], resources = [aws_sqs_queue.this[stream.onFailure].arn] },
        ]
      ]),
      [
        for method in [for use in try(row.realtime, []) : local.connection_methods[use] if use != "url"] : {
          actions   = ["execute-api:ManageConnections"]
          resources = ["${module.websocket_api.stage_arn}/${method}/@connections/*"]
        }
      ],
      flatten([for use in try(row.messaging, []) : local.messaging_statements[use]]),
      [
        for queue in try(row.deliveryEvents, false) ? ["delivery-events-failures"] : [] : {
          actions   = ["sqs:SendMessage"]
          resources = [aws_sqs_queue.this[queue].arn]
        }
      ],
      # The call that opens the connection ahead of the first request. It has no resource and tells nothing.
      try(row.tables, null) == null && try(row.indexes, null) == null ? [] : [
        { actions = ["dynamodb:DescribeEndpoints"], resources = ["*"] },
      ],
    )
  }
}

# What another system needs to call a function that asks for IAM.
data "aws_iam_policy_document" "caller" {
  for_each = { for function, row in local.functions : function => row.routes if try(row.authorizer, null) == "iam" }

  statement {
    actions = ["execute-api:Invoke"]
    resources = [
      for route in each.value :
      "${module.http_api.stage_arn}/${replace(replace(route, " ", ""), "/\\{[^}]*\\}/", "*")}"
    ]
  }
}
