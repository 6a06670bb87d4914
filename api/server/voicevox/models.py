"""What the endpoints take and give: names and types are those of the VOICEVOX engine's description."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

StyleType = Literal["singing_teacher", "frame_decode", "sing"]


class _Model(BaseModel):
    """Keys that are not known are passed over, as that engine does; numbers are finite."""

    model_config = ConfigDict(allow_inf_nan=False)


class Note(_Model):
    """A note, or a rest."""

    id: Annotated[str | None, Field(description="Handed on to its phonemes.")] = None
    key: Annotated[int | None, Field(description="MIDI note number; none for a rest.")] = None
    frame_length: Annotated[int, Field(description="Length in frames of 1/93.75 s.")]
    lyric: Annotated[str, Field(description="One mora in kana; empty for a rest.")]


class Score(_Model):
    """A song."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "notes": [
                        {"key": None, "frame_length": 15, "lyric": ""},
                        {"key": 60, "frame_length": 45, "lyric": "ド"},
                        {"key": None, "frame_length": 15, "lyric": ""},
                    ]
                }
            ]
        }
    )

    notes: Annotated[list[Note], Field(description="The first one is a rest.")]


class FramePhoneme(_Model):
    """A phoneme."""

    phoneme: Annotated[str, Field(description="pau, a vowel, N, cl or a consonant.")]
    frame_length: Annotated[int, Field(description="Length in frames of 1/93.75 s.")]
    note_id: Annotated[str | None, Field(description="Of the note that it sings.")] = None


class FrameAudioQuery(_Model):
    """A song, frame by frame."""

    f0: Annotated[list[float], Field(description="Pitch of each frame, Hz; 0 for no voice.")]
    volume: Annotated[list[float], Field(description="Amplitude of each frame; 0.063 is the singer's own.")]
    phonemes: Annotated[list[FramePhoneme], Field(description="They cover all frames.")]
    volumeScale: Annotated[float, Field(description="Factor of all samples.")]  # noqa: N815
    outputSamplingRate: Annotated[int, Field(description="Samples per second.")]  # noqa: N815
    outputStereo: Annotated[bool, Field(description="Two channels, both the same.")]  # noqa: N815


class SpeakerStyle(_Model):
    """One way to use a singer."""

    name: str
    id: int
    type: StyleType


class SpeakerSupportedFeatures(_Model):
    """What else can be done with a singer."""

    permitted_synthesis_morphing: Literal["ALL", "SELF_ONLY", "NOTHING"] = "NOTHING"


class Speaker(_Model):
    """A singer."""

    name: str
    speaker_uuid: str
    styles: list[SpeakerStyle]
    version: str
    supported_features: SpeakerSupportedFeatures = Field(default_factory=SpeakerSupportedFeatures)


class StyleInfo(_Model):
    """Pictures and samples of one style."""

    id: int
    icon: Annotated[str, Field(description="PNG in base64, or its address.")]
    portrait: Annotated[str | None, Field(description="PNG in base64, or its address.")] = None
    voice_samples: list[str]


class SpeakerInfo(_Model):
    """Pictures and terms of a singer."""

    policy: Annotated[str, Field(description="Markdown.")]
    portrait: Annotated[str, Field(description="PNG in base64, or its address.")]
    style_infos: list[StyleInfo]


class SupportedDevicesInfo(_Model):
    """What the server can sing with."""

    cpu: bool
    cuda: bool
    dml: bool


class UpdateInfo(_Model):
    """What a version brought."""

    version: str
    descriptions: list[str]
    contributors: list[str] | None = None


class LicenseInfo(_Model):
    """The licence of a part."""

    name: str
    version: str | None = None
    license: str | None = None
    text: str


class SupportedFeatures(_Model):
    """What the engine can do; it sings."""

    adjust_mora_pitch: bool = False
    adjust_phoneme_length: bool = False
    adjust_speed_scale: bool = False
    adjust_pitch_scale: bool = False
    adjust_intonation_scale: bool = False
    adjust_volume_scale: bool = False
    adjust_pause_length: bool = False
    interrogative_upspeak: bool = False
    synthesis_morphing: bool = False
    sing: bool = True
    manage_library: bool = False
    return_resource_url: bool = False


class EngineManifest(_Model):
    """Who the engine is."""

    manifest_version: str
    name: str
    brand_name: str
    uuid: str
    url: str
    icon: Annotated[str, Field(description="PNG in base64.")]
    default_sampling_rate: int
    frame_rate: float
    terms_of_service: str
    update_infos: list[UpdateInfo]
    dependency_licenses: list[LicenseInfo]
    supported_vvlib_manifest_version: str | None = None
    supported_features: SupportedFeatures
