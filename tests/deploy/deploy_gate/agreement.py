"""What was deployed is what the project's lists say: routes, authorizers, functions, permissions, tables.

Queues, what calls functions beside requests, and the WebSocket API are in `realtime_agreement.py`, the HTTP API's own
authorizer and what tells of notifications in `messaging_agreement.py`.
"""

import json
from typing import Any

from deploy_gate import contract, senders
from deploy_gate.emulator import Emulator

Json = dict[str, Any]

WITHOUT_AUTHORIZER = {"NONE": "none", "AWS_IAM": "iam"}


class Agreement:
    """Compares, and collects what differs."""

    def __init__(self, emulator: Emulator, outputs: Json) -> None:
        self.emulator, self.outputs = emulator, outputs
        self.differences: list[str] = []

    def same(self, what: str, wanted: Any, found: Any) -> None:
        if wanted == found:
            return
        if isinstance(wanted, dict):
            wanted, found = set(map(str, wanted.items())), set(map(str, found.items()))
        if isinstance(wanted, set):
            wanted, found = sorted(wanted - found), sorted(found - wanted)
        self.differences.append(f"{what}: wanted {wanted}, found {found}")

    def check(self) -> None:
        self.check_functions()
        self.check_routes()
        self.check_permissions()
        self.check_tables()
        self.raise_differences()

    def raise_differences(self) -> None:
        if self.differences:
            raise SystemExit("\n".join(self.differences))

    def check_functions(self) -> None:
        found = self.emulator.client("lambda").get_paginator("list_functions").paginate().build_full_result()
        names = {function["FunctionName"] for function in found["Functions"]}
        self.same("functions", set(self.outputs["function_names"].values()), names)
        self.same("lambdas", set(contract.functions()), set(self.outputs["function_names"]))

    def check_routes(self) -> None:
        gateway = self.emulator.client("apigatewayv2")
        (api,) = (each for each in gateway.get_apis()["Items"] if each["ProtocolType"] == "HTTP")
        place = {"ApiId": api["ApiId"]}
        authorizers = {each["AuthorizerId"]: each["Name"] for each in gateway.get_authorizers(**place)["Items"]}
        targets = integrations(gateway, api["ApiId"])
        found = {
            route["RouteKey"]: (
                targets[route["Target"]],
                WITHOUT_AUTHORIZER.get(route["AuthorizationType"]) or authorizers[route["AuthorizerId"]],
            )
            for route in gateway.get_routes(**place, MaxResults="100")["Items"]
        }
        wanted = {
            route: (self.outputs["function_names"][name], function.authorizer)
            for name, function in contract.functions().items()
            for route in function.routes
        }
        self.same("routes", wanted, found)

    def check_permissions(self) -> None:
        iam, functions = self.emulator.client("iam"), self.emulator.client("lambda")
        for name, function in contract.functions().items():
            deployed = self.outputs["function_names"][name]
            role = functions.get_function_configuration(FunctionName=deployed)["Role"].rpartition("/")[2]
            attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
            self.same(f"managed policies of {role}", [], attached)
            found = set()
            for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
                found |= permissions_in(document)
            self.same(f"permissions of {role}", self.permissions_of(deployed, function), found)

    def permissions_of(self, deployed: str, function: contract.Function) -> set[tuple[str, str]]:
        """What a row gives, as pairs of an action and the end of the ARN that it is for."""
        table_names = self.outputs["table_names"]
        secret_prefix = self.outputs["client_id_secret"].rpartition("/")[0]
        log = f"log-group:/aws/lambda/{deployed}:*"
        given = {("logs:CreateLogStream", log), ("logs:PutLogEvents", log)}
        for table in function.tables:
            given |= {(f"dynamodb:{action}", f"table/{table_names[table]}") for action in function.table_actions(table)}
        for table, index in (each.split("/") for each in function.indexes):
            given.add(("dynamodb:Query", f"table/{table_names[table]}/index/{index}"))
        given |= {("secretsmanager:GetSecretValue", f"secret:{secret_prefix}/{secret}") for secret in function.secrets}
        given |= {(f"cognito-idp:{action}", f"userpool/{self.outputs['user_pool_id']}") for action in function.cognito}
        given |= self.realtime_permissions_of(function)
        given |= messaging_permissions_of(function, secret_prefix)
        return given | ({("dynamodb:DescribeEndpoints", "*")} if function.warms_up else set())

    def realtime_permissions_of(self, function: contract.Function) -> set[tuple[str, str]]:
        given = set()
        for queue, url in self.outputs["queue_urls"].items():
            given |= {(f"sqs:{action}", url.rpartition("/")[2]) for action in function.queue_actions(queue)}
        if function.stream:
            table = self.outputs["table_names"][function.stream["table"]]
            stream = self.emulator.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
            actions = function.stream_actions(function.stream["table"])
            given |= {(f"dynamodb:{action}", end_of(stream)) for action in actions}
            given.add(("dynamodb:ListStreams", "*"))
        api, stage = self.outputs["realtime_url"].split("/")[-2:]
        connections = {f"{api}/{stage}/{method}/@connections/*" for method in function.connection_methods()}
        return given | {("execute-api:ManageConnections", place) for place in connections}

    def check_tables(self) -> None:
        client = self.emulator.client("dynamodb")
        wanted = contract.tables()
        names = {name: self.outputs["table_names"][name] for name in wanted}
        self.same("tables", set(names.values()), set(client.list_tables()["TableNames"]))
        for name, row in wanted.items():
            table = client.describe_table(TableName=names[name])["Table"]
            types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
            self.same(f"keys of {name}", contract.keys(row), keys_in(table, types))
            indexes = {
                each["IndexName"]: (keys_in(each, types), each["Projection"]["ProjectionType"], attributes_in(each))
                for each in table.get("GlobalSecondaryIndexes", [])
            }
            self.same(f"indexes of {name}", wanted_indexes(row), indexes)
            self.same(f"billing of {name}", "PAY_PER_REQUEST", table["BillingModeSummary"]["BillingMode"])
            stream = table.get("StreamSpecification", {}).get("StreamViewType")
            self.same(f"stream of {name}", row.get("stream"), stream)
            time_to_live = client.describe_time_to_live(TableName=table["TableName"])["TimeToLiveDescription"]
            self.same(f"time to live of {name}", row.get("timeToLive"), time_to_live.get("AttributeName"))


def messaging_permissions_of(function: contract.Function, name: str) -> set[tuple[str, str]]:
    """With the configuration sets of that name."""
    given = set()
    if "email" in function.messaging:
        action = f"ses:SendEmail {json.dumps(senders.CONDITION, sort_keys=True)}"
        identities = [senders.EMAIL, *senders.DOMAINS]
        given |= {(action, f"identity/{identity}") for identity in identities} | {(action, f"configuration-set/{name}")}
    if "sms" in function.messaging:
        given.add(("sms-voice:SendTextMessage", end_of(senders.NUMBER_ARN)))
    return given


def integrations(gateway: Any, api: str) -> dict[str, str]:
    """The functions that the integrations of an API call, by what routes call those."""
    return {
        f"integrations/{each['IntegrationId']}": function_in(each["IntegrationUri"])
        for each in gateway.get_integrations(ApiId=api, MaxResults="100")["Items"]
    }


def function_in(uri: str) -> str:
    return uri.split(":function:")[1].split("/")[0]


def permissions_in(document: Json) -> set[tuple[str, str]]:
    """The pairs of action (and condition) and resource of a policy; of an ARN, what comes after account and region."""
    found = set()
    for statement in document["Statement"]:
        actions, resources = as_list(statement["Action"]), as_list(statement["Resource"])
        effect = "" if statement["Effect"] == "Allow" else "(denied) "
        condition = f" {json.dumps(statement['Condition'], sort_keys=True)}" if "Condition" in statement else ""
        found |= {(effect + action + condition, end_of(resource)) for action in actions for resource in resources}
    return found


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def end_of(arn: str) -> str:
    """Secrets have six random characters at the end of their ARN."""
    end = arn.split(":", 5)[-1]
    return end[:-7] if end.startswith("secret:") and end[-7] == "-" else end


def keys_in(described: Json, types: dict[str, str]) -> list[Json]:
    by_kind = sorted(described["KeySchema"], key=lambda key: key["KeyType"])
    return [{"name": key["AttributeName"], "type": types[key["AttributeName"]]} for key in by_kind]


def attributes_in(index: Json) -> set[str]:
    return set(index["Projection"].get("NonKeyAttributes", []))


def projection(index: Json) -> str:
    attributes = index.get("attributes")
    return "ALL" if attributes is None else "INCLUDE" if attributes else "KEYS_ONLY"


def wanted_indexes(row: Json) -> Json:
    return {
        name: (contract.keys(index), projection(index), set(index.get("attributes", [])))
        for name, index in row.get("indexes", {}).items()
    }
