"""Settings of the server: which place wins, what is refused, and that help and docs tell of all of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from api.server.settings import PREFIX, ServerSettings, SettingsError, is_list, read_server_settings
from tests.api.cli_runs import ROOT, run

NAMES = list(ServerSettings.model_fields)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "server.toml"
    path.write_text('port = 3\nmost_streams = 3\nhost = "file"\nallowed_origins = ["https://a.example"]\n')
    return path


def test_option_over_environment_over_file_over_default(file: Path) -> None:
    environment = {"SINGER_SERVE_PORT": "2", "SINGER_SERVE_MOST_STREAMS": "2", "OTHER": "x"}
    settings = read_server_settings({"port": 1}, file, environment)
    assert (settings.port, settings.most_streams, settings.host) == (1, 2, "file")
    assert settings.most_connections == ServerSettings.model_fields["most_connections"].default
    assert settings.allowed_origins == ["https://a.example"]


def test_defaults_keep_the_server_to_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    settings = read_server_settings({}, None, {})
    assert (settings.host, settings.allowed_origins, settings.tokens_file) == ("127.0.0.1", [], None)
    assert settings.data_folder == tmp_path / "singer" / "server"
    assert settings.jobs_url == f"sqlite:///{tmp_path}/singer/server/jobs.sqlite"
    assert settings.render_threads >= 1


def test_lists_in_the_environment_are_separated_by_commas() -> None:
    told = {
        "SINGER_SERVE_ALLOWED_ORIGINS": "https://a.example, https://b.example,",
        "SINGER_SERVE_SHOW_FILLER": "",
    }
    settings = read_server_settings({}, None, told)
    assert settings.allowed_origins == ["https://a.example", "https://b.example"]
    assert settings.show_filler == []


def test_an_unknown_name_is_named_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as of_environment:
        read_server_settings({}, None, {"SINGER_SERVE_PROT": "1"})
    assert (of_environment.value.code, of_environment.value.where) == ("unknown_setting", "SINGER_SERVE_PROT")
    assert "SINGER_SERVE_PORT" in of_environment.value.message
    path = tmp_path / "server.toml"
    path.write_text("prot = 1\n")
    with pytest.raises(SettingsError) as of_file:
        read_server_settings({}, path, {})
    assert (of_file.value.code, of_file.value.where) == ("unknown_setting", str(path))
    assert "'prot'" in of_file.value.message
    assert "most_streams" in of_file.value.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "65536"), ("port", "high"), ("render_threads", "0"), ("longest_song_s", "nan"), ("keep_jobs_hours", "-1"),
        ("job_threads", "-1"), ("voicevox_prefix", "v"), ("voicevox_port", "0"), ("log_level", "loud"),
        ("largest_body_bytes", "10"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named_with_its_place(tmp_path: Path, name: str, value: str) -> None:
    path = tmp_path / "server.toml"
    path.write_text(f'{name} = "{value}"\n')
    variable = PREFIX + name.upper()
    ways: dict[str, tuple[dict[str, Any], Path | None, dict[str, str]]] = {
        "the command line": ({name: value}, None, {}),
        variable: ({}, None, {variable: value}),
        str(path): ({}, path, {}),
    }
    for place, (options, file, environment) in ways.items():
        with pytest.raises(SettingsError) as caught:
            read_server_settings(options, file, environment)
        assert caught.value.where == place
        assert caught.value.message.startswith(f"{name}: ")
        assert value in caught.value.message


def test_the_place_is_the_one_that_won(file: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read_server_settings({}, file, {"SINGER_SERVE_PORT": "x"})
    assert caught.value.where == "SINGER_SERVE_PORT"


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "server.toml"
    path.write_text("port = \n")
    for each in (path, tmp_path / "none.toml"):
        with pytest.raises(SettingsError) as caught:
            read_server_settings({}, each, {})
        assert (caught.value.code, caught.value.where) == ("settings_file", str(each))


def test_help_lists_every_setting_with_its_variable() -> None:
    told = " ".join(run("serve", "--help").output.split())
    for name in NAMES:
        assert f"--{name.replace('_', '-')} " in told
        assert PREFIX + name.upper() in told.replace(" ", "")


def test_every_setting_can_be_an_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options reach the settings with the right types; the last one is wrong, so that nothing is served."""
    given = {
        "host": "h", "port": "1", "default_voice": "v", "uses": "commercial", "permitted_voices": "p",
        "render_threads": "2", "most_streams": "3",
        "most_connections": "4", "largest_message_bytes": "5000", "largest_body_bytes": "6000", "most_notes": "7",
        "longest_song_s": "8.5", "allowed_origins": "https://a.example", "tokens_file": "t.toml", "data_folder": "d",
        "database_url": "sqlite://", "most_jobs": "9", "keep_jobs_hours": "0.5", "job_threads": "0", "show_folder": "s",
        "show_filler": "f", "show_voice": "w", "voicevox_prefix": "/v", "voicevox_port": "9", "log_level": "warning",
    }  # fmt: skip
    assert set(given) == set(NAMES)
    read: list[ServerSettings] = []

    def noted(options: dict[str, Any], file: Path | None) -> ServerSettings:
        read.append(read_server_settings(options, file, {}))
        raise SettingsError("enough", "enough")

    monkeypatch.setattr("api.server.settings.read_server_settings", noted)
    options = [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", value)]
    result = run("serve", *options)
    assert result.exit_code == SettingsError.exit_code, result.output
    (settings,) = read
    for name, value in given.items():
        found = getattr(settings, name)
        assert found == [value] if is_list(name) else str(found) == value


def test_a_wrong_setting_ends_the_command_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SINGER_SERVE_MOST_STREAMS", "0")
    result = run("serve", "--port", "0", "--data-folder", tmp_path)
    assert result.exit_code == SettingsError.exit_code
    assert "SINGER_SERVE_MOST_STREAMS" in result.stderr
    assert "Traceback" not in result.output


def shown_default(name: str) -> str:
    field = ServerSettings.model_fields[name]
    if field.default_factory is not None:
        return {"render_threads": "cores", "data_folder": "`$XDG_DATA_HOME/singer/server`"}[name]
    return "" if field.default in (None, []) else f"`{field.default}`"


def test_the_table_in_the_docs_is_that_of_the_settings() -> None:
    text = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", text.split("## Settings")[1].split("\n## ")[0], re.MULTILINE
    )
    expected = [
        (name, shown_default(name), ServerSettings.model_fields[name].description or "") for name in NAMES
    ]
    assert [tuple(part.strip() for part in row) for row in rows] == expected
