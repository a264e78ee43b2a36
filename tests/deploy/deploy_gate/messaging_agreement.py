"""What notifications need is there: the HTTP API's own authorizer, senders, and what tells what became of them."""

import json
from typing import Any

from deploy_gate import contract, senders
from deploy_gate.agreement import Agreement, function_in

Json = dict[str, Any]


class MessagingAgreement(Agreement):
    """Compares that."""

    def check(self) -> None:
        self.check_authorizer()
        self.check_environments()
        self.check_email_events()
        self.check_sms_events()
        self.check_failures()
        self.raise_differences()

    @property
    def name(self) -> str:
        """What the configuration sets are called."""
        return self.outputs["messaging_secret"].rpartition("/")[0]

    def function(self, **row: Any) -> str:
        """The deployed name of the one function whose row says so."""
        rows = contract.functions().items()
        (found,) = (name for name, each in rows if all(getattr(each, key) == value for key, value in row.items()))
        return self.outputs["function_names"][found]

    def check_authorizer(self) -> None:
        gateway = self.emulator.client("apigatewayv2")
        (api,) = (each for each in gateway.get_apis()["Items"] if each["ProtocolType"] == "HTTP")
        authorizers = gateway.get_authorizers(ApiId=api["ApiId"])["Items"]
        (found,) = (each for each in authorizers if each["AuthorizerType"] == "REQUEST")
        self.same("HTTP authorizer", self.function(authorizes="http"), function_in(found["AuthorizerUri"]))
        wanted = ("2.0", True, ["$request.header.Authorization"], 300)
        asked = ("AuthorizerPayloadFormatVersion", "EnableSimpleResponses", "IdentitySource")
        kept = "AuthorizerResultTtlInSeconds"
        self.same("how the HTTP authorizer is asked", wanted, tuple(found.get(name) for name in (*asked, kept)))

    def check_environments(self) -> None:
        client = self.emulator.client("lambda")
        known = {
            "senders": ("SENDERS", json.dumps(senders.KNOWN, separators=(",", ":"))),
            "email": ("EMAIL_CONFIGURATION_SET", self.name),
            "sms": ("SMS_CONFIGURATION_SET", self.name),
            "messaging-api": ("MESSAGING_API_SECRET", self.outputs["messaging_secret"]),
            "api-keys": ("API_KEYS_SECRET", self.outputs["api_keys_secret"]),
        }
        for name, row in contract.functions().items():
            deployed = self.outputs["function_names"][name]
            variables = client.get_function_configuration(FunctionName=deployed)["Environment"]["Variables"]
            wanted = dict(known[use] for use in [*row.messaging, *row.secrets] if use in known)
            found = {key: variables[key] for key, _ in known.values() if key in variables}
            self.same(f"what {name} knows of notifications", wanted, found)

    def check_email_events(self) -> None:
        client = self.emulator.client("events")
        (rule,) = client.list_rules()["Rules"]
        pattern = {"source": ["aws.ses"], "detail": {"mail": {"tags": {"ses:configuration-set": [self.name]}}}}
        self.same("events of mail", pattern, json.loads(rule["EventPattern"]))
        (target,) = client.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        self.same("who is told of mail", self.function(deliveryEvents=True), target["Arn"].rpartition(":")[2])
        self.same("who is told of mail instead", self.untold(), target["DeadLetterConfig"]["Arn"].rpartition(":")[2])

    def check_sms_events(self) -> None:
        client = self.emulator.client("sns")
        subscriptions = client.list_subscriptions()["Subscriptions"]
        (found,) = (each for each in subscriptions if each["Protocol"] == "lambda")
        self.same("topic of text messages", f"{self.name}-sms-events", found["TopicArn"].rpartition(":")[2])
        self.same(
            "who is told of text messages", self.function(deliveryEvents=True), found["Endpoint"].rpartition(":")[2]
        )
        attributes = client.get_subscription_attributes(SubscriptionArn=found["SubscriptionArn"])["Attributes"]
        instead = json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"].rpartition(":")[2]
        self.same("who is told of text messages instead", self.untold(), instead)

    def check_failures(self) -> None:
        name = self.function(deliveryEvents=True)
        found = self.emulator.client("lambda").get_function_event_invoke_config(FunctionName=name)
        self.same("tries of a delivery event", 2, found["MaximumRetryAttempts"])
        instead = found["DestinationConfig"]["OnFailure"]["Destination"].rpartition(":")[2]
        self.same("failed delivery events", self.untold(), instead)

    def untold(self) -> str:
        return self.outputs["queue_urls"][contract.UNTOLD].rpartition("/")[2]
