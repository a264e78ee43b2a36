"""After the destroy there is nothing left in the account."""

from typing import Any

from deploy_gate.emulator import Emulator

# What is asked, of which service, and where the answer lists it.
LISTS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("lambda", "list_functions", "Functions", {}),
    ("lambda", "list_event_source_mappings", "EventSourceMappings", {}),
    ("sqs", "list_queues", "QueueUrls", {}),
    ("dynamodb", "list_tables", "TableNames", {}),
    ("iam", "list_roles", "Roles", {}),
    ("iam", "list_users", "Users", {}),
    ("logs", "describe_log_groups", "logGroups", {}),
    ("cloudwatch", "describe_alarms", "MetricAlarms", {}),
    ("cloudwatch", "list_dashboards", "DashboardEntries", {}),
    ("sns", "list_topics", "Topics", {}),
    ("cognito-idp", "list_user_pools", "UserPools", {"MaxResults": 60}),
    ("secretsmanager", "list_secrets", "SecretList", {"IncludePlannedDeletion": True}),
    ("apigatewayv2", "get_apis", "Items", {}),
    ("events", "list_rules", "Rules", {}),
    ("sesv2", "list_configuration_sets", "ConfigurationSets", {}),
    ("sesv2", "list_email_identities", "EmailIdentities", {}),
    ("pinpoint-sms-voice-v2", "describe_configuration_sets", "ConfigurationSets", {}),
]


def check(emulator: Emulator) -> None:
    left = []
    for service, operation, name, arguments in LISTS:
        for found in getattr(emulator.client(service), operation)(**arguments).get(name) or []:
            left.append(f"{service}: {found}")
    if left:
        raise SystemExit("\n".join([*left, "the destroy left this behind"]))
