"""Who notifications come from in the deployment of the gate."""

import json

from deploy_gate.emulator import REGION

EMAIL, NUMBER = "sender@example.com", "+18005551234"
# What else SES may know the sender by.
DOMAINS = ["example.com"]
NUMBER_ARN = f"arn:aws:sms-voice:{REGION}:000000000000:phone-number/phone-{NUMBER.removeprefix('+')}"

CONDITION = {"StringEqualsIgnoreCase": {"ses:FromAddress": [EMAIL]}}
# What functions are told of them.
KNOWN = {"email": [EMAIL], "sms": [NUMBER]}

VARIABLE = json.dumps(
    {"email": [EMAIL], "create_identities": DOMAINS, "sms": [{"identity": NUMBER, "arn": NUMBER_ARN}]}
)
