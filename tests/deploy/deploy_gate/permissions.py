"""Every lambda may do what its row of routes.json says, and nothing else: tried with its own credentials."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from deploy_gate import contract, senders
from deploy_gate.emulator import Emulator

Json = dict[str, Any]
Call = Callable[[], Any]

# How AWS answers what is permitted but cannot be done: nothing here changes a row.
PERMITTED = {
    "BadRequestException",
    "ConditionalCheckFailedException",
    "GoneException",
    "InvalidParameterValue",
    "MissingParameter",
    "ReceiptHandleIsInvalid",
    "ResourceNotFoundException",
    "TransactionCanceledException",
    "UserNotFoundException",
    "ValidationException",
}
REFUSED = {"AccessDenied", "AccessDeniedException"}
COGNITO = {"AdminConfirmSignUp", "AdminDeleteUser", "AdminDisableUser", "AdminGetUser", "AdminSetUserPassword"}


def is_permitted(call: Call) -> bool:
    try:
        call()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in REFUSED:
            return False
        if code not in PERMITTED:
            raise
    return True


def table_calls(dynamodb: Any, table: str, row: Json) -> dict[str, Call]:
    """A call for each action on a table, on a row that is not there."""
    key = {each["name"]: {each["type"]: "0"} for each in contract.keys(row)}
    partition = row["partitionKey"]
    there = {"ConditionExpression": "attribute_exists(#k)", "ExpressionAttributeNames": {"#k": partition["name"]}}
    query = query_for(row)
    place = {"TableName": table}
    check = {"ConditionCheck": {**place, "Key": key, **there}}
    return {
        "GetItem": lambda: dynamodb.get_item(**place, Key=key),
        "BatchGetItem": lambda: dynamodb.batch_get_item(RequestItems={table: {"Keys": [key]}}),
        "Query": lambda: dynamodb.query(**place, **query),
        "PutItem": lambda: dynamodb.put_item(**place, Item=key, **there),
        "UpdateItem": lambda: dynamodb.update_item(**place, Key=key, **there),
        "DeleteItem": lambda: dynamodb.delete_item(**place, Key=key, **there),
        "BatchWriteItem": lambda: dynamodb.batch_write_item(RequestItems={table: [{"DeleteRequest": {"Key": key}}]}),
        "ConditionCheckItem": lambda: dynamodb.transact_write_items(TransactItems=[check]),
        "Scan": lambda: dynamodb.scan(**place, Limit=1),
        "DescribeTable": lambda: dynamodb.describe_table(**place),
        "UpdateTable": lambda: dynamodb.update_table(**place, DeletionProtectionEnabled=False),
    }


def query_for(row: Json) -> Json:
    key = row["partitionKey"]
    return {
        "KeyConditionExpression": "#k = :k",
        "ExpressionAttributeNames": {"#k": key["name"]},
        "ExpressionAttributeValues": {":k": {key["type"]: "0"}},
        "Limit": 1,
    }


def cognito_calls(cognito: Any, pool: str) -> dict[str, Call]:
    who = {"UserPoolId": pool, "Username": "nobody"}
    more = {"AdminSetUserPassword": {"Password": "Nobodys-Password-1"}}
    methods = {action: "".join(f"_{c.lower()}" if c.isupper() else c for c in action)[1:] for action in COGNITO}
    return {
        action: lambda action=action: getattr(cognito, methods[action])(**who, **more.get(action, {}))
        for action in COGNITO
    }


def queue_calls(sqs: Any, queue: str) -> dict[str, Call]:
    """A call for each action on a queue: none that could be carried out puts something there or takes it away."""
    place, receipt = {"QueueUrl": queue}, {"ReceiptHandle": "none"}
    return {
        "SendMessage": lambda: sqs.send_message(**place, MessageBody="", MessageGroupId="nobody"),
        "ReceiveMessage": lambda: sqs.receive_message(**place, MaxNumberOfMessages=0),
        "DeleteMessage": lambda: sqs.delete_message(**place, **receipt),
        "ChangeMessageVisibility": lambda: sqs.change_message_visibility(**place, **receipt, VisibilityTimeout=0),
        "GetQueueAttributes": lambda: sqs.get_queue_attributes(**place, AttributeNames=["QueueArn"]),
        "SetQueueAttributes": lambda: sqs.set_queue_attributes(**place, Attributes={}),
        "PurgeQueue": lambda: sqs.purge_queue(**place),
    }


def stream_calls(streams: Any, place: Json, iterator: str) -> dict[str, Call]:
    return {
        "DescribeStream": lambda: streams.describe_stream(StreamArn=place["StreamArn"]),
        "GetShardIterator": lambda: streams.get_shard_iterator(**place),
        "GetRecords": lambda: streams.get_records(ShardIterator=iterator),
    }


def messaging_calls(email: Any, sms: Any, name: str) -> dict[str, tuple[str, Call]]:
    """A call for each sender and for others, with what it is a use of; they send to nobody."""
    text = {"Data": "text"}
    content = {"Simple": {"Subject": text, "Body": {"Text": text}}}
    to = {"Destination": {"ToAddresses": ["nobody"]}, "Content": content, "ConfigurationSetName": name}
    told = {"DestinationPhoneNumber": "+1", "MessageBody": "text", "MessageType": "TRANSACTIONAL"}
    other = "+18005554321"
    return {
        f"mail from {senders.EMAIL}": ("email", lambda: email.send_email(FromEmailAddress=senders.EMAIL, **to)),
        "mail from another": ("", lambda: email.send_email(FromEmailAddress=f"x{senders.EMAIL}", **to)),
        "mail with another configuration set": (
            "",
            lambda: email.send_email(FromEmailAddress=senders.EMAIL, **to | {"ConfigurationSetName": "other"}),
        ),
        f"text from {senders.NUMBER}": (
            "sms",
            lambda: sms.send_text_message(OriginationIdentity=senders.NUMBER, ConfigurationSetName=name, **told),
        ),
        "text from another": (
            "",
            lambda: sms.send_text_message(OriginationIdentity=other, ConfigurationSetName=name, **told),
        ),
    }


def connection_calls(connections: Any) -> dict[str, Call]:
    nobody = {"ConnectionId": "nobody="}
    return {
        "POST": lambda: connections.post_to_connection(**nobody, Data=b"{}"),
        "DELETE": lambda: connections.delete_connection(**nobody),
        "GET": lambda: connections.get_connection(**nobody),
    }


class Permissions:
    """What one lambda is given, beside what it can do."""

    def __init__(self, emulator: Emulator, outputs: Json, name: str, function: contract.Function) -> None:
        self.emulator, self.outputs, self.function = emulator, outputs, function
        deployed = outputs["function_names"][name]
        with urllib.request.urlopen(f"{emulator.endpoint}/_gate/credentials/{deployed}", timeout=10) as answer:
            credentials = json.load(answer)
        self.dynamodb, self.streams, self.secrets, self.cognito, self.sqs, self.email, self.sms = (
            emulator.client(service, credentials)
            for service in (
                "dynamodb", "dynamodbstreams", "secretsmanager", "cognito-idp", "sqs", "sesv2", "pinpoint-sms-voice-v2"
            )
        )
        management = outputs["realtime_url"].replace("ws", "http", 1)
        self.connections = emulator.client("apigatewaymanagementapi", credentials, management)

    def tries(self, secrets: list[str]) -> Iterator[tuple[str, bool, Call]]:
        """What is tried, whether the row gives it, and the call."""
        yield from self.tries_of_data(secrets)
        yield from self.tries_of_realtime()
        name = self.outputs["messaging_secret"].rpartition("/")[0]
        for what, (use, call) in messaging_calls(self.email, self.sms, name).items():
            yield what, use in self.function.messaging, call

    def tries_of_realtime(self) -> Iterator[tuple[str, bool, Call]]:
        for queue, url in self.outputs["queue_urls"].items():
            for action, call in queue_calls(self.sqs, url).items():
                yield f"{action} on {queue}", action in self.function.queue_actions(queue), call
        for method, call in connection_calls(self.connections).items():
            yield f"{method} to a connection", method in self.function.connection_methods(), call
        for table in (name for name, row in contract.tables().items() if "stream" in row):
            for action, call in stream_calls(self.streams, *self.stream_of(table)).items():
                yield f"{action} on the stream of {table}", action in self.function.stream_actions(table), call
        yield "ListStreams", self.function.stream is not None, self.streams.list_streams

    def stream_of(self, table: str) -> tuple[Json, str]:
        """The end of a table's stream, and the iterator that is there."""
        described = self.emulator.client("dynamodb").describe_table(TableName=self.outputs["table_names"][table])
        stream, client = described["Table"]["LatestStreamArn"], self.emulator.client("dynamodbstreams")
        (shard, *_) = client.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
        place = {"StreamArn": stream, "ShardId": shard["ShardId"], "ShardIteratorType": "LATEST"}
        return place, client.get_shard_iterator(**place)["ShardIterator"]

    def tries_of_data(self, secrets: list[str]) -> Iterator[tuple[str, bool, Call]]:
        for table, row in contract.tables().items():
            deployed = self.outputs["table_names"][table]
            for action, call in table_calls(self.dynamodb, deployed, row).items():
                yield f"{action} on {table}", action in self.function.table_actions(table), call
            for index, index_row in row.get("indexes", {}).items():
                place = {"TableName": deployed, "IndexName": index}
                given, query = f"{table}/{index}" in self.function.indexes, query_for(index_row)
                yield f"Query on {table}/{index}", given, lambda: self.dynamodb.query(**place, **query)
                yield f"Scan on {table}/{index}", False, lambda: self.dynamodb.scan(**place, Limit=1)
        for secret in secrets:
            given = secret.rpartition("/")[2] in self.function.secrets
            yield f"GetSecretValue of {secret}", given, lambda: self.secrets.get_secret_value(SecretId=secret)
        for action, call in cognito_calls(self.cognito, self.outputs["user_pool_id"]).items():
            yield action, action in self.function.cognito, call
        yield "DescribeEndpoints", self.function.warms_up, self.dynamodb.describe_endpoints


def check(emulator: Emulator, outputs: Json) -> int:
    """Tries everything with the credentials of every lambda; how many calls that were."""
    secrets = [each["Name"] for each in emulator.client("secretsmanager").list_secrets()["SecretList"]]
    wrong, count = [], 0
    for name, function in contract.functions().items():
        for what, given, call in Permissions(emulator, outputs, name, function).tries(secrets):
            count += 1
            if is_permitted(call) != given:
                wrong.append(f"{name}: {what} is {'refused' if given else 'permitted'}, against its row of routes.json")
    if wrong:
        raise SystemExit("\n".join(wrong))
    return count
