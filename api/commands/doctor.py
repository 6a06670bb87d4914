"""``singer doctor``: what is installed, what works, and whether it sings."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from api.options import PROVIDERS, json_option
from api.reporting import print_json
from api.settings import read_settings
from singer.errors import ModelError, SingerError

_NEEDED = ("numpy", "onnxruntime", "soundfile", "soxr", "pydantic", "click", "rich")
_OPTIONAL = {"pyopenjtalk-plus": "Japanese lyrics in kanji (extra ja)", "torch": "training (extra train)"}


@click.command("doctor")
@click.option(
    "--provider", type=click.Choice(PROVIDERS), default="cpu", show_default=True, help="Where models run."
)
@json_option
def command(provider: str, as_json: bool) -> None:
    """Check the installation: versions, providers, every voice's files, and a note sung by every voice and measured.

    \b
    singer doctor
    singer doctor --provider cuda --json
    """
    report: dict[str, Any] = {
        "engine": _version("singer-engine"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in _NEEDED},
        "optional": {name: _version(name) for name in _OPTIONAL},
        "providers": _providers(),
        "provider": provider,
        "voices": _voices(provider),
    }
    report["ok"] = all(report["packages"].values()) and all(voice["ok"] for voice in report["voices"])
    if as_json:
        print_json(report)
    else:
        _show(report)
    if not report["ok"]:
        sys.exit(ModelError.exit_code)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _providers() -> list[str]:
    from singer.onnx_model import runtime_versions

    found = runtime_versions()["providers"]
    return list(found) if isinstance(found, list) else []


def _voices(provider: str) -> list[dict[str, Any]]:
    from voicebanks.load import known_names

    return [_try_voice(name, provider) for name in known_names(read_settings().voice_folders)]


def _try_voice(name: str, provider: str) -> dict[str, Any]:
    """Load a voice, sing a scale with it and measure; whatever the engine has to say goes into the report."""
    from api.self_test import sing_scale
    from singer.onnx_model import RunsOn
    from voicebanks.load import load_voice

    try:
        voice = load_voice(name, read_settings().voice_folders, RunsOn(provider))
        sung = sing_scale(voice)
    except SingerError as error:
        return {"name": name, "ok": False, "error": str(error)}
    return {
        "name": name,
        "ok": sung.quality.is_good,
        "fingerprint": voice.fingerprint,
        "real_time_factor": round(sung.real_time_factor, 4),
        "pitch_error_cents": sung.quality.pitch_error_cents,
        "report": sung.quality.line(),
    }


def _show(report: dict[str, Any]) -> None:
    click.echo(f"singer {report['engine']} on Python {report['python']}, {report['platform']}")
    for name, found in report["packages"].items():
        click.echo(f"  {name:<18}{found or 'MISSING'}")
    for name, found in report["optional"].items():
        click.echo(f"  {name:<18}{found or 'not installed'} - {_OPTIONAL[name]}")
    click.echo(f"providers: {', '.join(report['providers'])}; asked for: {report['provider']}")
    for voice in report["voices"]:
        state = "sings" if voice["ok"] else "FAILS"
        click.echo(f"voice {voice['name']}: {state}; {voice.get('report') or voice.get('error')}")
    click.echo("all is well" if report["ok"] else "something is wrong, see above")
