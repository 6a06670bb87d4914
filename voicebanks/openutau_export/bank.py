"""A voice as a voicebank of OpenUtau: every file of it, in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import onnx
import resvg_py

from frontend_g2p.phones import LANGUAGES
from singer.errors import VoicebankError
from singer.voice import Voice
from voicebanks.load import VoiceFolder, load_folder
from voicebanks.openutau_export import descriptions
from voicebanks.openutau_export.acoustic import acoustic_model
from voicebanks.openutau_export.dictionaries import FILE_SUFFIXES, LANGUAGE_IDS, dictionary
from voicebanks.openutau_export.durations import duration_model, word_encoder
from voicebanks.openutau_export.pitch import phone_encoder, pitch_model
from voicebanks.openutau_export.styles import (
    DURATION_STYLE,
    PITCH_STYLE,
    VARIANCE_STYLE,
    control_embedding,
    speakers,
    style_embedding,
)
from voicebanks.openutau_export.tokens import token_ids, token_table
from voicebanks.openutau_export.variance import variance_model
from voicebanks.openutau_export.vocoder import vocoder_model
from voicebanks.passport import PASSPORT_NAME
from voicebanks.plain_svg import is_plain
from voicebanks.portrait import portrait_svg
from voicebanks.use_policy import POLICY_NAME, UsePolicy, policy_of, told

Files = dict[str, bytes]
_PORTRAIT_WIDTH, _ICON_WIDTH = 720, 128


def bank_files(found: VoiceFolder) -> Files:
    """Path in the bank to content, the same every time.

    Args:
        found: the voice; every file of it is checked.

    Raises:
        VoicebankError: damaged, or a voice that does not sing all languages.
        ModelError: a model does not fit the manifest.
    """
    voice = load_folder(found)
    _check_complete(voice)
    networks = {
        role: onnx.load(found.folder_of(role) / found.manifest.files[role].path)
        for role in ("encoder", "decoder", "vocoder")
    }
    manifest, cast = found.manifest, speakers(voice.name)
    acoustic = acoustic_model(voice, networks["encoder"], networks["decoder"])
    papers, policy = _papers(found), policy_of(found)
    files = {
        "acoustic.onnx": _bytes(acoustic),
        "dsconfig.yaml": _yaml(descriptions.acoustic_config(manifest, tuple(cast))),
        "dsvocoder/vocoder.onnx": _bytes(vocoder_model(voice.spec, networks["vocoder"])),
        "dsvocoder/vocoder.yaml": _yaml(descriptions.vocoder_config(manifest)),
        "character.txt": descriptions.character_txt(manifest).encode(),
        "character.yaml": _yaml(descriptions.character_yaml(manifest, cast)),
        "readme.txt": (
            descriptions.readme(manifest, tuple(cast), PASSPORT_NAME in papers) + _terms(policy)
        ).encode(),
        POLICY_NAME: f"{json.dumps(policy.document(), ensure_ascii=False, indent=1)}\n".encode(),
        **_tables(""),
        **_pictures(found),
        **papers,
    }
    for speaker, emotion in cast.items():
        files[f"{speaker}.emb"] = control_embedding(emotion, voice.character).astype("<f4").tobytes()
    return {**files, **_duration_module(cast), **_pitch_module(cast), **_variance_module(cast)}


def _terms(policy: UsePolicy) -> str:
    return "".join(
        ("What it may be used for; the licence decides:\n", *(f"- {line}\n" for line in told(policy)))
    )


def _check_complete(voice: Voice) -> None:
    needed = {token.symbol for token in token_table().values()}
    missing = sorted(needed - set(voice.phones)) + [name for name in LANGUAGES if name not in voice.languages]
    if missing:
        message = (
            f"cannot be exported, as it lacks {' '.join(missing)}; a bank has every phone of every language"
        )
        raise VoicebankError("incomplete_voice", message, f"voice {voice.name!r}")


def _duration_module(cast: Mapping[str, Mapping[str, float]]) -> Files:
    models = {"linguistic": word_encoder(), "dur": duration_model()}
    files = _module("dsdur", models, (cast, DURATION_STYLE), predict_dur=True)
    for language, suffix in FILE_SUFFIXES.items():
        files[f"dsdur/dsdict-{suffix}.yaml"] = _yaml(dictionary(language))
    return {**files, "dsdur/dsdict.yaml": _yaml(dictionary(None))}


def _pitch_module(cast: Mapping[str, Mapping[str, float]]) -> Files:
    models = {"linguistic": phone_encoder(), "pitch": pitch_model()}
    files = _module("dspitch", models, (cast, PITCH_STYLE), use_expr=True, use_note_rest=True)
    return {**files, "dspitch/dsdict.yaml": _yaml({**dictionary(None), "entries": []})}


def _variance_module(cast: Mapping[str, Mapping[str, float]]) -> Files:
    models = {"linguistic": phone_encoder(), "variance": variance_model()}
    predicted = {f"predict_{name}": True for name in ("energy", "breathiness", "tension")}
    files = _module("dsvariance", models, (cast, VARIANCE_STYLE), **predicted)
    return {**files, "dsvariance/dsdict.yaml": _yaml({**dictionary(None), "entries": []})}


def _module(
    folder: str,
    models: Mapping[str, onnx.ModelProto],
    spoken: tuple[Mapping[str, Mapping[str, float]], Sequence[str]],
    **config: Any,
) -> Files:
    """Models, tables, embeddings and configuration of one folder; ``spoken`` are the speakers and the fields of their styles."""
    cast, style = spoken
    names = {role: f"{role}.onnx" for role in models}
    files = {f"{folder}/{names[role]}": _bytes(model) for role, model in models.items()}
    files[f"{folder}/dsconfig.yaml"] = _yaml(descriptions.module_config(names, tuple(cast), **config))
    for speaker, emotion in cast.items():
        files[f"{folder}/{speaker}.emb"] = style_embedding(emotion, style).astype("<f4").tobytes()
    return {**files, **_tables(f"{folder}/")}


def _tables(folder: str) -> Files:
    tables = {"phonemes.json": token_ids(), "languages.json": dict(LANGUAGE_IDS)}
    return {
        f"{folder}{name}": (json.dumps(table, indent=1) + "\n").encode() for name, table in tables.items()
    }


def _papers(found: VoiceFolder) -> Files:
    """Licence, notices, and the passport where there is one."""
    names = [*found.manifest.licence.files, PASSPORT_NAME]
    return {name: (found.folder / name).read_bytes() for name in names if (found.folder / name).is_file()}


def _pictures(found: VoiceFolder) -> Files:
    """The portrait in two sizes; drawn from the name where a voice has none that may be drawn."""
    entry, drawing = found.manifest.files.get("portrait"), ""
    if entry is not None and entry.path.endswith(".svg"):
        drawing = (found.folder / entry.path).read_text(encoding="utf-8", errors="replace")
    if not is_plain(drawing):
        drawing = portrait_svg(found.manifest.name, found.manifest.axes)
    sizes = {descriptions.PORTRAIT: _PORTRAIT_WIDTH, descriptions.ICON: _ICON_WIDTH}
    return {
        name: bytes(resvg_py.svg_to_bytes(svg_string=drawing, width=width, skip_system_fonts=True))
        for name, width in sizes.items()
    }


def _bytes(model: onnx.ModelProto) -> bytes:
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def _yaml(content: Mapping[str, Any]) -> bytes:
    """Content as YAML: every value as JSON, which is YAML, too; lists of mappings with a line for each."""
    lines = []
    for key, value in content.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines += [f"{key}:", *(f"- {_json(item)}" for item in value)]
        else:
            lines.append(f"{key}: {_json(value)}")
    return ("\n".join(lines) + "\n").encode()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
