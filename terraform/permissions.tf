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
      # The call that opens the connection ahead of the first request. It has no resource and tells nothing.
      try(row.tables, null) == null && try(row.indexes, null) == null ? [] : [
        { actions = ["dynamodb:DescribeEndpoints"], resources = ["*"] },
      ],
    )
  }
}
