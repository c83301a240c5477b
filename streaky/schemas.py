"""The JSON Schemas that ship with the package: of the config file and of the report."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def config_schema() -> str:
    """The JSON Schema of `.github/streaky.yml`, for editors."""
    return (HERE / "config.schema.json").read_text(encoding="utf-8")
