"""The description at /openapi.json is true: whatever is asked, the answers are among those it lists."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.server.app import create_app
from api.server.problems import STATUS
from api.server.settings import ServerSettings
from api.server.songs import FILE_TYPES
from tests.api.cli_runs import ROOT
from tests.api.server.stand import Stand, standing

MOST_EXAMPLES = 20
TOKEN = "openapi-token"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    folder = tmp_path_factory.mktemp("server")
    tokens = folder / "tokens.toml"
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    tokens.write_text(f'[[token]]\nname = "a"\nsha256 = "{digest}"\nrequests_per_minute = 1000000\n')
    with standing(folder, tokens_file=tokens, longest_song_s=60) as made:
        yield made


@pytest.fixture(scope="module")
def description(stand: Stand) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"http://{stand.address}/openapi.json").json()
    return found


@schemathesis.serializer(*FILE_TYPES)
def as_it_is(_: Any, value: Any) -> bytes:
    """Any bytes may be sent as a score file."""
    return value if isinstance(value, bytes) else str(value).encode()


described = schemathesis.openapi.from_dict(create_app(ServerSettings()).openapi())


@described.parametrize()
@settings(
    max_examples=MOST_EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
def test_answers_are_as_described(case: schemathesis.Case, stand: Stand) -> None:
    address = f"http://{stand.address}"
    case.call_and_validate(address, headers=HEADERS, excluded_checks=[positive_data_acceptance])


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def resolved(description: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = description["components"]["schemas"][name] if name else schema
    return found


def test_every_body_of_json_has_examples_that_are_right(description: dict[str, Any]) -> None:
    with_examples = set()
    for name, operation in operations(description):
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            continue
        schema = resolved(description, content["application/json"]["schema"])
        whole = {**schema, "components": description["components"]}
        each = [
            {key: part["examples"][0] for key, part in schema["properties"].items() if "examples" in part}
        ]
        for example in schema.get("examples") or (each if each[0] else []):
            jsonschema.validate(example, whole)
            with_examples.add(name)
    assert {"POST /v1/sing", "POST /v1/jobs", "POST /v1/performance", "POST /v1/phonemes"} <= with_examples


@pytest.mark.parametrize("path", ["/v1/sing", "/v1/jobs", "/v1/performance", "/v1/phonemes"])
def test_examples_of_bodies_work(stand: Stand, description: dict[str, Any], path: str) -> None:
    body = description["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    for example in resolved(description, body)["examples"]:
        response = httpx.post(f"http://{stand.address}{path}", json=example, headers=HEADERS, timeout=30)
        assert response.is_success, response.text


def test_every_refusal_is_described_as_a_problem(description: dict[str, Any]) -> None:
    for name, operation in operations(description):
        for status, response in operation["responses"].items():
            if status >= "400" and status != "503":
                assert list(response["content"]) == ["application/problem+json"], (name, status)
        wants_a_token = "security" in operation
        assert ("401" in operation["responses"]) == wants_a_token, name


def test_the_docs_list_every_route(description: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `((?:GET|POST|PUT|DELETE) \S+)` \|", page, re.MULTILINE))
    assert listed == {name for name, _ in operations(description)}


def test_the_docs_list_every_code_that_has_a_status_of_its_own() -> None:
    page = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
    for code, status in STATUS.items():
        (row,) = re.findall(rf"^\| {status} \| (.*) \|$", page, re.MULTILINE)
        assert f"`{code}`" in row, code
