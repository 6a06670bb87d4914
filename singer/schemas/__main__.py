"""Write the published JSON Schemas anew; a test compares them with the wire types."""

from __future__ import annotations

import json
from pathlib import Path

from singer.performance.performance_document import performance_schema
from singer.score_document import score_schema


def main() -> None:
    """Write ``score.schema.json`` and ``performance.schema.json`` beside this file."""
    for name, schema in (("score", score_schema()), ("performance", performance_schema())):
        text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        Path(__file__).with_name(f"{name}.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
