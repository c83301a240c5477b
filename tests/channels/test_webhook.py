"""The JSON webhook: its form and its signature."""

from __future__ import annotations

import hashlib
import hmac
import json

import jsonschema
import pytest

from streaky.channels.webhook.delivery import payload as webhook_payload
from streaky.sandbox import Fault, Sandbox
from tests.channels.sending import (
    Clock,
    on_webhook,
)
from tests.conftest import ROOT
from tests.test_messages import CASES, PAGE, WAYS, alert, leads_to


def test_the_webhook_is_signed_over_its_raw_body(sandbox: Sandbox) -> None:
    secret = "a shared secret, 🔑"
    endpoint = sandbox.webhook.endpoint("/hook", secret=secret)
    assert on_webhook(endpoint.url, secret, Clock().pace()).state == "sent"
    (request,) = sandbox.webhook.requests
    expected = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["X-Streaky-Signature-256"] == f"sha256={expected}"
    schema = json.loads((ROOT / "streaky/webhook.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(request.json())
    assert request.json()["currentStreak"] == 42


@pytest.mark.parametrize("case", CASES)
def test_every_alert_is_as_the_webhooks_schema_says(case: str) -> None:
    body = webhook_payload(alert(case))
    schema = json.loads((ROOT / "streaky/webhook.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(body)
    assert body["link"] == leads_to(case)
    assert body["pause"] == (PAGE if alert(case).urgency else None)
    assert [way["url"] for way in body["ways"]] == [way.url for way in WAYS.get(case, ())]


def test_a_webhook_without_a_secret_is_not_signed_and_a_wrong_one_fails(sandbox: Sandbox) -> None:
    assert on_webhook(sandbox.webhook.endpoint("/open").url, "", Clock().pace()).state == "sent"
    assert "X-Streaky-Signature-256" not in sandbox.webhook.requests[0].headers
    closed = sandbox.webhook.endpoint("/closed", secret="right")
    assert on_webhook(closed.url, "wrong", Clock().pace()).state == "failed"


def test_a_webhooks_retry_names_the_same_slot(sandbox: Sandbox) -> None:
    endpoint = sandbox.webhook.endpoint("/hook")
    sandbox.webhook.fail(Fault.status(502))
    assert on_webhook(endpoint.url, "", Clock().pace()).state == "sent"
    assert len({request.headers["X-Streaky-Slot"] for request in sandbox.webhook.requests}) == 1
