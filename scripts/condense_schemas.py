"""Condense Kafka's message schemas out of its jars into kcli/wire/schemas.

Usage: python scripts/condense_schemas.py JAR...

Only facts that the codec needs are kept: names, types, versions, tags, defaults. A message that is in the folder
already is replaced, unless the jar no longer gives it any version; so give the newest jars last.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "kcli" / "wire" / "schemas"
MESSAGE_KEYS = ("apiKey", "type", "name", "validVersions", "flexibleVersions", "latestVersionUnstable")
FIELD_KEYS = (
    "name", "type", "versions", "nullableVersions", "flexibleVersions", "taggedVersions", "tag", "default",
)  # fmt: skip


def condense_field(field: dict[str, Any]) -> dict[str, Any]:
    kept = {key: field[key] for key in FIELD_KEYS if key in field}
    if "tag" in kept:
        kept["tag"] = int(kept["tag"])  # some schemas write the tag as a string
    if "fields" in field:
        kept["fields"] = [condense_field(inner) for inner in field["fields"]]
    return kept


def condense(schema: dict[str, Any]) -> dict[str, Any]:
    kept = {key: schema[key] for key in MESSAGE_KEYS if key in schema}
    kept["fields"] = [condense_field(field) for field in schema.get("fields", [])]
    if schema.get("commonStructs"):
        kept["commonStructs"] = [
            {"name": common["name"], "fields": [condense_field(field) for field in common["fields"]]}
            for common in schema["commonStructs"]
        ]
    return kept


def main(jars: list[str]) -> None:
    for jar in jars:
        with zipfile.ZipFile(jar) as archive:
            for name in archive.namelist():
                if not re.fullmatch(r"common/(message|metadata)/\w+\.json", name):
                    continue
                text = re.sub(r"(?m)^\s*//.*$", "", archive.read(name).decode())
                schema = json.loads(text)
                if schema["validVersions"] == "none":
                    continue
                target = TARGET / (schema["name"] + ".json")
                target.write_text(json.dumps(condense(schema), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
