"""Runs ministack as it stands, but for a few gaps that are filled in here; AWS does what each patch says.

Usage: python -m deploy_gate.patched_ministack. Settings come from the environment.
"""

import html
import json
import threading
from collections.abc import Callable
from typing import Any

import ministack.app as app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.services import (
    apigateway,
    cloudwatch,
    cognito,
    dynamodb_streams,
    eventbridge,
    lambda_svc,
    secretsmanager,
    ses_v2,
    sns,
    sqs,
)

from deploy_gate import asynchronous_calls, mail, message_moves, stream_mappings, text_messages, websocket_sessions

CREDENTIALS = "/_gate/credentials/"


def replace(owner: Any, name: str, patch: Callable[[Callable], Callable]) -> None:
    """Replaces a private function."""
    need(owner, name)
    setattr(owner, name, patch(getattr(owner, name)))


def need(owner: Any, *names: str) -> None:
    """Makes sure of what is private, and another version of ministack may no longer have."""
    for name in names:
        assert hasattr(owner, name), f"ministack has no {owner.__name__}.{name} any more: look at the patch of it"


def echo_authorizer(create: Callable) -> Callable:
    """AWS tells of an authorizer what it was given; more than that Terraform would want to change at every plan."""

    def patched(api_id: str, request: dict) -> tuple:
        status, headers, body = create(api_id, request)
        if status != 201:
            return status, headers, body
        stored = apigateway._authorizers[api_id][json.loads(body)["authorizerId"]]
        for name in ("authorizerPayloadFormatVersion", "jwtConfiguration"):
            if name not in request:
                stored.pop(name, None)
        return apigateway._apigw_response(stored, 201)

    return patched


def alarm_fields(alarm: dict) -> str:
    """What AWS tells of an alarm, as XML, and ministack leaves out in the protocol of older SDKs."""
    fields = {"ActionsEnabled": str(bool(alarm.get("ActionsEnabled", True))).lower()}
    fields["TreatMissingData"] = alarm.get("TreatMissingData") or "missing"
    fields["AlarmDescription"] = alarm.get("AlarmDescription")
    if alarm.get("MetricName"):
        statistic = "ExtendedStatistic" if alarm.get("ExtendedStatistic") else "Statistic"
        fields |= {name: alarm.get(name) for name in (statistic, "Period", "Unit")}
    texts = [f"<{name}>{html.escape(str(value))}</{name}>" for name, value in fields.items() if value]
    for name in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        texts.append(f"<{name}>{''.join(f'<member>{action}</member>' for action in alarm.get(name) or [])}</{name}>")
    if alarm.get("MetricName"):
        texts.append(f"<Dimensions>{''.join(map(dimension, alarm.get('Dimensions') or []))}</Dimensions>")
    return "".join(texts)


def send_no_empty_json(invoke: Callable) -> Callable:
    """Where a lambda sends no body, the gateway says nothing of a content type; ministack calls it JSON."""

    async def patched(*arguments: Any, **options: Any) -> tuple:
        status, headers, body = await invoke(*arguments, **options)
        if not body:
            # A type that the lambda gave is in lower case, as Rust writes it.
            headers.pop("Content-Type", None)
        return status, headers, body

    return patched


def dimension(found: dict) -> str:
    return f"<member><Name>{found['Name']}</Name><Value>{html.escape(found['Value'])}</Value></member>"


def describe_whole_alarms(describe: Callable) -> Callable:
    def patched(params: dict, cbor: dict, is_cbor: bool, is_json: bool = False) -> tuple:
        answer = describe(params, cbor, is_cbor, is_json)
        if is_cbor or is_json:
            return answer
        status, headers, body = answer
        text = body.decode() if isinstance(body, bytes) else body
        for name, alarm in cloudwatch._alarms.items():
            tag = f"<AlarmName>{name}</AlarmName>"
            text = text.replace(tag, tag + alarm_fields(alarm))
        return status, headers, text.encode()

    return patched


def answer_without_delay(build: Callable) -> Callable:
    """A warm lambda has its next call at once on AWS; small packets waited 40 ms here."""

    def patched(worker: Any, generation: Any, pending: Any) -> type:
        settings = {"disable_nagle_algorithm": True, "wbufsize": -1}
        return type("Prompt", (build(worker, generation, pending),), settings)

    return patched


def wait_shortly_for_logs(drain: Callable) -> Callable:
    """A lambda that logs nothing is not waited for on AWS; 50 ms a call here."""

    def patched(worker: Any, first_line_wait: float = 0, idle_confirm: float = 0, hard_cap: float = 0) -> Any:
        return drain(worker, 0.001, 0.001, 0.05)

    return patched


def name_streams(name_resource: Callable) -> Callable:
    """AWS checks a call on a stream against that stream; ministack against none, so that only `*` permits it."""

    def patched(service: str, method: str, path: str, headers: dict, body: bytes, *more: Any) -> str:
        if service != "dynamodbstreams":
            return name_resource(service, method, path, headers, body, *more)
        request = json.loads(body or b"{}")
        iterator = dynamodb_streams._decode_iterator(request.get("ShardIterator", "")) or {}
        return request.get("StreamArn") or iterator.get("arn") or "*"

    return patched


def name_batches(name_action: Callable) -> Callable:
    """On SQS what permits a call permits its batches; ministack asks for actions that AWS does not have."""

    def patched(service: str, *more: Any) -> str:
        action = name_action(service, *more)
        return action.removesuffix("Batch") if service == "sqs" and action else action

    return patched


def take_calls_for_encrypted(resolve: Callable) -> Callable:
    """Nobody speaks to AWS without TLS, and nobody here with it: policies that ask for it would refuse all."""

    def patched(key: str, context: Any) -> Any:
        return "true" if key.lower() == "aws:securetransport" else resolve(key, context)

    return patched


def refuse_as_an_http_api_does(enforce: Callable) -> Callable:
    """A route for AWS credentials refuses an `Authorization` of another kind, which ministack lets through unread, and says
    no with a body of its own, where ministack gives that of an AWS service."""

    def patched(api_id: str, stage: str, method: str, path: str, headers: dict, *rest: Any, **options: Any) -> Any:
        forbidden = 403, {"Content-Type": "application/json"}, b'{"message":"Forbidden"}'
        authorization = headers.get("authorization", "")
        if authorization and not authorization.startswith("AWS4-HMAC-SHA256"):
            if apigateway.route_authorization_type(api_id, stage, method, path) == "AWS_IAM":
                return forbidden
        refused = enforce(api_id, stage, method, path, headers, *rest, **options)
        of_a_service = options["iam_action"] == "execute-api:ManageConnections"
        return forbidden if refused and refused[0] == 403 and not of_a_service else refused

    return patched


def sign_up_one_at_a_time(sign_up: Callable) -> Callable:
    """Of two who sign up with one name at the same time Cognito refuses one; ministack lets the later take its place."""
    turn = threading.Lock()

    def patched(request: dict) -> tuple:
        with turn:
            return sign_up(request)

    return patched


def make_secrets_without_a_value(create: Callable) -> Callable:
    """A secret that is made without a value has none, and no version; ministack gives it an empty one."""

    def patched(request: dict) -> tuple:
        answer = create(request)
        if answer[0] == 200 and not request.keys() & {"SecretString", "SecretBinary"}:
            secretsmanager._secrets[request["Name"]]["Versions"].clear()
        return answer

    return patched


def serve_gate(serve: Callable) -> Callable:
    """What the gate must know and AWS tells nobody.

    `GET /_gate/credentials/<function>`: what Lambda hands to the function itself, for the test of its permissions.
    Nobody but Lambda may assume the roles, here as on AWS. `GET /_gate/text-messages`: what was sent.
    """

    async def patched(scope: dict, receive: Callable, send: Callable) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path.startswith(CREDENTIALS):
            config = lambda_svc._functions[path.removeprefix(CREDENTIALS)]["config"]
            told = lambda_runtime.execution_credentials(config)
        elif path == text_messages.SENT:
            told = {"messages": text_messages.sent}
        else:
            return await serve(scope, receive, send)
        body = json.dumps(told).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return patched


def main() -> None:
    replace(apigateway, "_create_authorizer", echo_authorizer)
    replace(apigateway, "_invoke_lambda_proxy", send_no_empty_json)
    replace(cloudwatch, "_describe_alarms", describe_whole_alarms)
    replace(cognito, "_sign_up", sign_up_one_at_a_time)
    need(dynamodb_streams, "_decode_iterator")
    replace(iam_actions, "extract_iam_action", name_batches)
    replace(iam_actions, "extract_resource_arn", name_streams)
    replace(iam_evaluator, "_resolve_condition_key", take_calls_for_encrypted)
    replace(lambda_runtime.ProvidedWorker, "_build_handler_class", answer_without_delay)
    replace(lambda_runtime.Worker, "_drain_stderr_bounded", wait_shortly_for_logs)
    need(lambda_svc, *stream_mappings.NEEDED)
    replace(lambda_svc, "_execute_function", stream_mappings.try_as_lambda_does)
    replace(lambda_svc, "_poll_dynamodb_streams", stream_mappings.poll_aside)
    need(apigateway, *websocket_sessions.NEEDED)
    replace(apigateway, "_ws_request_context", websocket_sessions.tell_whole_context)
    replace(apigateway, "handle_websocket", websocket_sessions.hold_connections)
    need(apigateway, "route_authorization_type")
    replace(app, "_enforce_execute_api", refuse_as_an_http_api_does)
    need(lambda_svc, *asynchronous_calls.NEEDED)
    replace(eventbridge, "_dispatch_to_lambda", asynchronous_calls.call_for_event)
    replace(sns, "_deliver_to_lambda", asynchronous_calls.call_for_notification)
    need(secretsmanager, "_secrets")
    replace(secretsmanager, "_create_secret", make_secrets_without_a_value)
    need(app, *mail.NEEDED_OF_APP)
    need(ses_v2, *mail.NEEDED_OF_SES)
    need(eventbridge, *mail.NEEDED_OF_EVENTBRIDGE)
    replace(app, "_enforce_ses_v2", mail.authorize_senders)
    replace(ses_v2, "handle_request", mail.tell_what_became_of_it)
    need(app, *text_messages.NEEDED_OF_APP)
    need(sns, *text_messages.NEEDED_OF_SNS)
    replace(app, "_handle_ses_v2_request", text_messages.serve_text_messages)
    need(sqs, *message_moves.NEEDED)
    sqs._HANDLERS.update(message_moves.ACTIONS)
    replace(app, "app", serve_gate)
    app.main()


if __name__ == "__main__":
    main()
