"""The WebSocket API, queues, and what calls functions beside requests are what routes.json and queues.json say."""

import json
from typing import Any

from deploy_gate import contract
from deploy_gate.agreement import Agreement, end_of, function_in, integrations

Json = dict[str, Any]


class RealtimeAgreement(Agreement):
    """Compares the rest."""

    def check(self) -> None:
        self.check_websocket_api()
        self.check_environments()
        self.check_queues()
        self.check_mappings()
        self.raise_differences()

    def check_websocket_api(self) -> None:
        gateway = self.emulator.client("apigatewayv2")
        (api,) = (each for each in gateway.get_apis()["Items"] if each["ProtocolType"] == "WEBSOCKET")
        place = {"ApiId": api["ApiId"]}
        targets = integrations(gateway, api["ApiId"])
        routes = {route["RouteKey"]: route for route in gateway.get_routes(**place)["Items"]}
        rows, names = contract.functions(), self.outputs["function_names"]
        wanted = {route: names[name] for name, row in rows.items() for route in row.websocketRoutes}
        self.same("WebSocket routes", wanted, {key: targets[route["Target"]] for key, route in routes.items()})

        (authorizer,) = gateway.get_authorizers(**place)["Items"]
        (wanted,) = (names[name] for name, row in rows.items() if row.authorizes == "websocket")
        self.same("authorizer", wanted, function_in(authorizer["AuthorizerUri"]))
        self.same("identity source", ["route.request.querystring.token"], authorizer["IdentitySource"])
        asked = {key: route["AuthorizerId"] for key, route in routes.items() if route["AuthorizationType"] == "CUSTOM"}
        self.same("authorized routes", {"$connect": authorizer["AuthorizerId"]}, asked)

        answering = {
            key
            for key, route in routes.items()
            if gateway.get_route_responses(**place, RouteId=route["RouteId"])["Items"]
        }
        self.same("routes with a response", {"$default"}, answering)

    def check_environments(self) -> None:
        client = self.emulator.client("lambda")
        for name, row in contract.functions().items():
            deployed = self.outputs["function_names"][name]
            variables = client.get_function_configuration(FunctionName=deployed)["Environment"]["Variables"]
            variables.pop("AWS_ENDPOINT_URL")
            found = {key: value for key, value in variables.items() if key.endswith("_URL")}
            wanted = {contract.variable(queue): self.outputs["queue_urls"][queue] for queue in row.sends}
            if row.realtime:
                wanted["REALTIME_URL"] = self.outputs["realtime_url"]
            self.same(f"URLs that {name} knows", wanted, found)

    def check_queues(self) -> None:
        client, urls = self.emulator.client("sqs"), self.outputs["queue_urls"]
        rows = contract.queues()
        self.same("queues", set(urls.values()), set(client.list_queues().get("QueueUrls", [])))
        self.same("rows of queues.json", set(rows), set(urls))
        for name, row in rows.items():
            found = client.get_queue_attributes(QueueUrl=urls[name], AttributeNames=["All"])["Attributes"]
            kind = (found.get("FifoQueue"), found.get("DeduplicationScope"), found.get("FifoThroughputLimit"))
            fifo = ("true", "messageGroup", "perMessageGroupId")
            self.same(f"kind of {name}", fifo if row["fifo"] else (None, None, None), kind)
            self.same(f"encryption of {name}", "true", found.get("SqsManagedSseEnabled"))
            self.same(f"visibility timeout of {name}", str(row["visibilityTimeoutSeconds"]), found["VisibilityTimeout"])
            redrive = json.loads(found.get("RedrivePolicy", "{}"))
            place = (redrive.get("deadLetterTargetArn", "").rpartition(":")[2], redrive.get("maxReceiveCount"))
            limit = row.get("maxReceiveCount")
            wanted = (urls[contract.dead_letter(name)].rpartition("/")[2], limit) if limit else ("", None)
            self.same(f"dead-letter queue of {name}", wanted, place)

    def check_mappings(self) -> None:
        names, urls = self.outputs["function_names"], self.outputs["queue_urls"]
        wanted = {}
        for name, row in contract.functions().items():
            if row.queue:
                source = urls[row.queue["name"]].rpartition("/")[2]
                wanted[names[name]] = {"source": source, "size": row.queue["batchSize"]}
            if row.stream:
                wanted[names[name]] = self.wanted_stream(row.stream)
        listed = self.emulator.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        self.same("event sources", wanted, {each["FunctionArn"].rpartition(":")[2]: mapping(each) for each in listed})
        for each in listed:
            answers = each.get("FunctionResponseTypes")
            self.same(f"answers of {each['FunctionArn']}", ["ReportBatchItemFailures"], answers)

    def wanted_stream(self, row: Json) -> Json:
        table = self.outputs["table_names"][row["table"]]
        stream = self.emulator.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
        return {
            "source": end_of(stream),
            "size": row["batchSize"],
            "tries": row["maximumRetryAttempts"],
            "bisects": True,
            "at once": 1,
            "from": "LATEST",
            "failures": self.outputs["queue_urls"][row["onFailure"]].rpartition("/")[2],
            "events": [{"eventName": row["events"]}],
        }


def mapping(found: Json) -> Json:
    common = {"source": end_of(found["EventSourceArn"]), "size": found["BatchSize"]}
    if ":sqs:" in found["EventSourceArn"]:
        return common
    return common | {
        "tries": found.get("MaximumRetryAttempts"),
        "bisects": found.get("BisectBatchOnFunctionError"),
        "at once": found.get("ParallelizationFactor"),
        "from": found.get("StartingPosition"),
        "failures": found["DestinationConfig"]["OnFailure"]["Destination"].rpartition(":")[2],
        "events": [json.loads(each["Pattern"]) for each in found["FilterCriteria"]["Filters"]],
    }
