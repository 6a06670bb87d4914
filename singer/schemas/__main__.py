"""Write the published JSON Schemas anew; a test compares them with the wire types."""

from __future__ import annotations

import json
from pathlib import Path

from singer.performance.performance_document import performance_schema
from singer.score_document import score_schema
from singer.timeline_document import timeline_schema


def main() -> None:
    """Write ``score.schema.json``, ``performance.schema.json`` and ``timeline.schema.json`` beside this file."""
    schemas = {"score": score_schema(), "performance": performance_schema(), "timeline": timeline_schema()}
    for name, schema in schemas.items():
        text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        Path(__file__).with_name(f"{name}.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
