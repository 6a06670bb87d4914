"""The text files of an exported bank: configurations of its models, and who sings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from voicebanks.manifest import Manifest
from voicebanks.openutau_export import units
from voicebanks.openutau_export.durations import HOP_SAMPLES
from voicebanks.openutau_export.styles import HIDDEN

Yaml = dict[str, Any]
PORTRAIT, ICON = "portrait.png", "icon.png"
VOCODER = "singer-vocoder"

_NOTICE = """{title}
{underline}

{description}

This is a synthetic singing voice. Anything that it sings is synthetic, and should be labelled so where the law asks for it.
{origin}
Licence: {licence} ({files}). Voice {name} {version}, exported with the command "singer voices export {name} --format openutau".
Sings Mandarin, Cantonese, English and Japanese; at home from MIDI note {lowest:g} to {highest:g}.
Voice colours: {speakers}.
"""

_ORIGIN = """It belongs to no living or dead person: passport.json holds the evidence, and tells where it comes from.
The hashes there are those of the voice before it was exported.
"""


def module_config(models: Mapping[str, str], speakers: Sequence[str], **more: Any) -> Yaml:
    """``dsconfig.yaml`` of dsdur, dspitch or dsvariance: key to file of its models, and what else it says."""
    return {
        "phonemes": "phonemes.json",
        "languages": "languages.json",
        "use_lang_id": False,
        **models,
        "speakers": list(speakers),
        "hidden_size": HIDDEN,
        "sample_rate": 44_100,
        "hop_size": HOP_SAMPLES,
        "use_continuous_acceleration": True,
        "predict_dur": False,
        **{f"predict_{name}": False for name in ("energy", "breathiness", "voicing", "tension")},
        **more,
    }


def acoustic_config(manifest: Manifest, speakers: Sequence[str]) -> Yaml:
    """``dsconfig.yaml`` of the whole bank."""
    shift = units.KEY_SHIFT_SEMITONES
    return {
        "phonemes": "phonemes.json",
        "languages": "languages.json",
        "use_lang_id": False,
        "acoustic": "acoustic.onnx",
        "vocoder": VOCODER,
        "speakers": list(speakers),
        "hidden_size": len(units.SPEAKER_CONTROLS),
        "use_key_shift_embed": True,
        "use_speed_embed": False,
        "use_energy_embed": True,
        "use_breathiness_embed": True,
        "use_voicing_embed": False,
        "use_tension_embed": True,
        "use_variable_depth": False,
        "use_continuous_acceleration": True,
        "augmentation_args": {"random_pitch_shifting": {"range": [-shift, shift]}},
        **_feature_axes(manifest),
    }


def vocoder_config(manifest: Manifest) -> Yaml:
    """``vocoder.yaml``."""
    return {"name": VOCODER, "model": "vocoder.onnx", "pitch_controllable": True, **_feature_axes(manifest)}


def _feature_axes(manifest: Manifest) -> Yaml:
    """What acoustic model and vocoder must agree on. No client looks inside ``mel``; sizes of a transform are formal here."""
    return {
        "sample_rate": manifest.audio.sample_rate_hz,
        "hop_size": manifest.audio.hop_samples,
        "win_size": 2_048,
        "fft_size": 2_048,
        "num_mel_bins": units.MEL_BINS,
        "mel_fmin": 0,
        "mel_fmax": 20_000,
        "mel_base": "e",
        "mel_scale": "htk",
    }


def character_yaml(manifest: Manifest, speakers: Mapping[str, Mapping[str, float]]) -> Yaml:
    """``character.yaml``: the singer, and a voice colour for each speaker."""
    return {
        "name": manifest.title,
        "singer_type": "diffsinger",
        "text_file_encoding": "utf-8",
        "image": ICON,
        "portrait": PORTRAIT,
        "portrait_opacity": 0.67,
        "portrait_height": 0,
        "version": manifest.version_of_voice,
        "default_phonemizer": "OpenUtau.Core.DiffSinger.DiffSingerChinesePhonemizer",
        "subbanks": [
            {
                "color": next(iter(emotion), ""),
                "prefix": "",
                "suffix": speaker,
                "tone_ranges": ["C1-B7"],
            }
            for speaker, emotion in speakers.items()
        ],
    }


def character_txt(manifest: Manifest) -> str:
    """``character.txt``, by which OpenUtau knows a singer."""
    lines = {
        "name": manifest.title,
        "image": ICON,
        "author": "singer-engine",
        "voice": "synthetic",
        "version": manifest.version_of_voice,
    }
    return "".join(f"{key}={value}\n" for key, value in lines.items())


def readme(manifest: Manifest, speakers: Sequence[str], has_passport: bool) -> str:
    """What a person should know who opens the folder; whose voice it is not, a passport must show."""
    return _NOTICE.format(
        title=manifest.title,
        underline="=" * 2 * len(manifest.title),
        description=manifest.description,
        origin=_ORIGIN if has_passport else "",
        licence=manifest.licence.spdx,
        files=", ".join(manifest.licence.files),
        name=manifest.name,
        version=manifest.version_of_voice,
        lowest=manifest.range.lowest_midi,
        highest=manifest.range.highest_midi,
        speakers=", ".join(speakers),
    )
