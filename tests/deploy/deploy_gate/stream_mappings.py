"""What Lambda does with a failed batch of a table's stream.

Ministack tries it again for ever and as a whole, and hears nothing of what failed in it.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.services import lambda_svc

Json = dict[str, Any]
Execute = Callable[[Json, Json], Json]

# What this stands on, and another version of ministack may no longer have.
NEEDED = ("_execute_function", "_iter_all_esms", "_poll_dynamodb_streams", "_send_ddb_stream_failure_record")

PAUSE_SECONDS = 0.1


def poll_aside(poll: Callable[[], bool]) -> Callable[[], bool]:
    """A batch that is tried again holds up its own stream; here it held up all queues as well."""
    work = threading.Event()

    def poll_on() -> None:
        while True:
            work.wait()
            work.clear()
            while poll():
                pass

    threading.Thread(target=poll_on, daemon=True).start()

    def patched() -> bool:
        work.set()
        return False

    return patched


def try_as_lambda_does(execute: Execute) -> Execute:
    """Gives a batch of a stream to its function until it is done, or given up."""

    def patched(function: Json, event: Json) -> Json:
        records = event.get("Records") if isinstance(event, dict) else None
        if not records or records[0].get("eventSource") != "aws:dynamodb":
            return execute(function, event)
        return Batch(execute, function, mapping_of(function, records)).try_all(records)

    return patched


def mapping_of(function: Json, records: list[Json]) -> Json:
    source, name = records[0]["eventSourceARN"], function["config"]["FunctionName"]
    mappings = (mapping for _, _, mapping in lambda_svc._iter_all_esms())
    return next(each for each in mappings if (each["EventSourceArn"], each["FunctionName"]) == (source, name))


@dataclass
class Batch:
    """A batch on its way to a function."""

    execute: Execute
    function: Json
    mapping: Json

    def try_all(self, records: list[Json]) -> Json:
        """Ends when all records are done or given up, those before others first."""
        waiting, answer = [(records, 0)], {}
        while waiting:
            batch, tries = waiting.pop()
            answer = self.execute(self.function, {"Records": batch})
            failed = batch if answer.get("error") else self.reported(batch, answer)
            if not failed:
                continue
            if tries >= self.retries:
                source, reason = batch[0]["eventSourceARN"], "RetryAttemptsExhausted"
                lambda_svc._send_ddb_stream_failure_record(self.mapping, self.function, failed, source, answer, reason)
                continue
            time.sleep(PAUSE_SECONDS)
            waiting += self.again(failed, tries, split=bool(answer.get("error")))
        return {"body": None, "log": answer.get("log", "")}

    @property
    def retries(self) -> float:
        limit = self.mapping.get("MaximumRetryAttempts")
        return float("inf") if limit is None or limit < 0 else limit

    def reported(self, batch: list[Json], answer: Json) -> list[Json]:
        """What the function says that it could not do: the first such record, and all after it."""
        if "ReportBatchItemFailures" not in (self.mapping.get("FunctionResponseTypes") or []):
            return []
        body = answer.get("body")
        body = json.loads(body) if isinstance(body, str) and body else body
        failures = {each["itemIdentifier"] for each in (body or {}).get("batchItemFailures") or []}
        if not failures:
            return []
        places = [place for place, record in enumerate(batch) if record["dynamodb"]["SequenceNumber"] in failures]
        # An id that is none of the batch's fails all of it.
        return batch[places[0] :] if len(failures) == len(places) else batch

    def again(self, failed: list[Json], tries: int, *, split: bool) -> list[tuple[list[Json], int]]:
        """What is tried next, the last first. To be split uses up no try; where it failed says more than half."""
        if split and self.mapping.get("BisectBatchOnFunctionError") and len(failed) > 1:
            half = len(failed) // 2
            return [(failed[half:], tries), (failed[:half], tries)]
        return [(failed, tries + 1)]
