"""Where things are."""

import os
from pathlib import Path

GATE = Path(__file__).resolve().parents[1]
REPOSITORY = GATE.parents[1]
TERRAFORM = REPOSITORY / "terraform"

TOOLS = Path(os.environ.get("CHINWAG_TOOLS") or REPOSITORY / ".tools").resolve()
PROGRAMS = TOOLS / "gates/bin"
CHECKOV = TOOLS / "checkov/bin/python"
TERRAFORM_CONFIG = TOOLS / "mirror/terraform.rc"
SCHEMA_6 = TOOLS / "schemas/aws-6.json"
SCHEMA_3 = TOOLS / "schemas/aws-3.json"
