"""What the engine tells of itself and its singers, as VOICEVOX's clients ask for it."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any, get_args

from api.server.voices import VoicePool
from api.server.voicevox.frames import QUERY_RATE_HZ
from api.server.voicevox.models import EngineManifest, SpeakerInfo, StyleInfo, StyleType, SupportedFeatures
from api.server.voicevox.pictures import icon_png, portrait_png
from api.server.voicevox.singers import speaker_uuid, style_id
from singer.errors import VoicebankError
from voicebanks.portrait import portrait_svg

MANIFEST_VERSION = "0.13.1"
"""Version of the manifest's form."""
SAMPLE_RATE_HZ = 44_100
"""What a query asks for if nobody changes it: the rate of our voices."""
_TERMS = """\
# Singer

The engine is free software under the Apache License 2.0. What a singer's own licence asks for stands in the terms of that singer.
All singing is synthetic and should be labelled so where the law asks for it.

歌声はすべて合成音声です。各歌手の利用条件は、歌手ごとの利用規約をご覧ください。
"""
_COMMERCIAL = {
    "yes": "可",
    "no": "不可",
    "with_permission": "要許可",
    "unknown": "不明 (ライセンスをご確認ください)",
}
_CREDIT = {True: "必須", False: "任意", None: "不明 (ライセンスをご確認ください)"}


@cache
def engine_version() -> str:
    """Version of the server; ours, not that of VOICEVOX."""
    return version("singer-engine")


def engine_manifest(voices: VoicePool) -> EngineManifest:
    """Who the engine is; its icon is that of the default voice."""
    return EngineManifest(
        manifest_version=MANIFEST_VERSION,
        name="Singer",
        brand_name="Singer",
        uuid=speaker_uuid("/engine"),
        url="",
        icon=icon_png(_portrait(voices, voices.default)),
        default_sampling_rate=SAMPLE_RATE_HZ,
        frame_rate=QUERY_RATE_HZ,
        terms_of_service=_TERMS,
        update_infos=[],
        dependency_licenses=[],
        supported_features=SupportedFeatures(),
    )


def singer_info(voices: VoicePool, told: dict[str, Any]) -> SpeakerInfo:
    """Pictures and terms of a singer.

    Args:
        voices: the pool.
        told: what the pool says of the voice.
    """
    svg = _portrait(voices, told["name"])
    return SpeakerInfo(
        policy=_terms_of(told),
        portrait=portrait_png(svg),
        style_infos=[
            StyleInfo(id=style_id(told["name"], kind), icon=icon_png(svg), voice_samples=[])
            for kind in get_args(StyleType)
        ],
    )


def _terms_of(told: dict[str, Any]) -> str:
    """The licence and the use policy of a singer, Markdown."""
    policy = told["use_policy"]
    lines = [
        f"ライセンス: {told['licence']}",
        f"商用利用: {_COMMERCIAL[policy['commercial']]}",
        f"クレジット表記: {_CREDIT[policy['attribution_required']]}",
        *([f"クレジット: {policy['attribution']}"] if policy["attribution"] else []),
        *([f"禁止されている用途: {', '.join(policy['forbidden'])}"] if policy["forbidden"] else []),
        "歌声は合成音声です。",
        *policy["notes"],
    ]
    listed = "".join(f"- {line}\n" for line in lines)
    return f"# {told['title']}\n\n{told['description']}\n\n{listed}"


def _portrait(voices: VoicePool, name: str) -> str:
    """The voice's own portrait, or one that is drawn from its name."""
    try:
        return voices.portrait(name).decode()
    except (VoicebankError, UnicodeDecodeError):
        return portrait_svg(name, {})
