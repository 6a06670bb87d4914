"""The parts of ``docs/voices.md`` that are made: from manifests, passports and the results at hand, between markers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from bench.report import RESULTS
from bench.singer_results import REFERENCE, SingerResult, SungSong
from bench.timbre_axes import CORRELATES, PLACES, numbers
from bench.timbre_correlates import Heard, step_ratio
from singer.pitch_names import pitch_name
from voicebanks.load import VoiceFolder
from voicebanks.passport import PASSPORT_NAME, read_passport
from voicebanks.timbre_space import SPACE, Pole

PAGE = Path(__file__).parents[1] / "docs" / "voices.md"
MEASURED_AS = {
    "softness_db": "softness (H1-A3), dB",
    "formant_shift_percent": "formants, % against 0",
    "centroid_hz": "spectral centroid, Hz",
    "harmonicity_db": "harmonicity 1-4 kHz, dB",
}
_SILENT_DBFS = -90.0


def fill(page: str, blocks: Mapping[str, str]) -> str:
    """``page`` with each block between its markers; raises ``ValueError`` where a marker is missing or doubled."""
    for name, text in blocks.items():
        begin, end = markers(name)
        if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
            raise ValueError(f"the page needs one {begin!r} and after it one {end!r}")
        before, rest = page.split(begin)
        page = f"{before}{begin}\n{text.strip()}\n{end}{rest.split(end)[1]}"
    return page


def markers(name: str) -> tuple[str, str]:
    """The lines around a made block."""
    return f"<!-- made by python -m bench.singers: {name} -->", f"<!-- end of {name} -->"


def block_of(page: str, name: str) -> str:
    """What stands between the markers of ``name``."""
    begin, end = (re.escape(marker) for marker in markers(name))
    found = re.search(f"{begin}\n(.*?)\n{end}", page, re.DOTALL)
    if found is None:
        raise ValueError(f"the page has no block {name}")
    return found[1]


def blocks(
    singers: Sequence[VoiceFolder],
    results: Mapping[str, SingerResult],
    axes: Mapping[str, object] | None = None,
) -> dict[str, str]:
    """Every made block by name.

    Args:
        singers: shipped singers, in the order of the page.
        results: what was measured on each.
        axes: details of the benchmark ``timbre_axes``; those at hand if ``None``.
    """
    names = [voice.manifest.name for voice in singers]
    measured = {name: results[name] for name in names}
    return {
        "singers": "\n\n".join(singer_block(voice, names) for voice in singers),
        "distances": distances(singers, measured),
        "songs": song_table(singers, measured),
        "axes": axes_table(),
        "steps": steps_table(axes or _axes_at_hand()),
    }


def singer_block(voice: VoiceFolder, names: Sequence[str]) -> str:
    """Title, portrait, description, range, place in the timbre space, passport and picture of one singer."""
    manifest, folder = voice.manifest, f"voicebanks/{voice.manifest.name}"
    lowest, highest = (pitch_name(midi) for midi in (manifest.range.lowest_midi, manifest.range.highest_midi))
    place = ", ".join(f"{name} {value:+g}" for name, value in manifest.axes.items())
    mix = ", ".join(f"`{name}` {weight:g}" for name, weight in manifest.mix.items())
    mixed = f"\n- Mixed from the taught timbres {mix}." if mix else ""
    models = f", with the models of {_first_word(voice.base)}" if voice.base else ""
    return f"""\
## {manifest.title}

<img src="../{folder}/portrait.svg" alt="Portrait of {manifest.title}" width="150">

{manifest.description}

- Range: {lowest} to {highest}.
- Place in the timbre space: {place or "all 0, the origin"}.{mixed}
- Folder: `{folder}`, version {manifest.version_of_voice}{models}.
- [Passport](passport.md): {passport_line(voice, names)}

![A phrase in each language, sung by {_first_word(voice)}](images/singers/{manifest.name}.png)"""


def passport_line(voice: VoiceFolder, names: Sequence[str]) -> str:
    """Nearest source, nearest other singer of ``names``, and the scale: cosines of sung and of spoken material.

    A voice that was just made has no passport yet.
    """
    if not (voice.folder / PASSPORT_NAME).is_file():
        return "none yet; `python -m singer.training passport` measures it."
    evidence = read_passport(voice.folder).evidence
    kinds = (evidence.sung, evidence.spoken)
    sources = [_nearest(figures.to_sources) for figures in kinds]
    singers = [_nearest({name: near for name, near in f.to_singers.items() if name in names}) for f in kinds]
    own = [f"{figures.same_singer:.3f}" for figures in kinds]
    same = [f"{figures.same_source.lowest:.3f}" for figures in kinds]
    return (
        f"nearest source {sources[0]} sung, {sources[1]} spoken; nearest other singer {singers[0]}, {singers[1]}; "
        f"two takes of this voice {own[0]}, {own[1]}; two takes of one source {same[0]}, {same[1]} at the lowest."
    )


def _nearest(cosines: Mapping[str, float]) -> str:
    if not cosines:
        return "none"
    name = max(cosines, key=lambda one: cosines[one])
    return f"`{name}` {cosines[name]:.3f}"


def _first_word(voice: VoiceFolder) -> str:
    return voice.manifest.title.split()[0]


def distances(singers: Sequence[VoiceFolder], results: Mapping[str, SingerResult]) -> str:
    """Table of what tells the singers apart on held vowels."""
    reference = _heard(results[REFERENCE])
    lines = [
        "| singer | formants | centroid | softness | first to second formant | harmonicity | pitch | at the ends of the range |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for voice in singers:
        result = results[voice.manifest.name]
        found = numbers(_heard(result), reference)
        ends = "-" if result.range_ends_cents is None else f"{result.range_ends_cents:.2f} cents"
        lines.append(
            f"| {_first_word(voice)} | {found['formant_shift_percent']:+.1f} % | {found['centroid_hz']:.0f} Hz "
            f"| {found['softness_db']:.1f} dB | {found['formant_spacing_semitones']:.1f} semitones "
            f"| {found['harmonicity_db']:.1f} dB | {found['pitch_median_abs_cents']:.2f} cents | {ends} |"
        )
    return "\n".join(lines)


def _heard(result: SingerResult) -> Heard:
    vowels = result.vowels
    return Heard(
        np.array(vowels.formants_hz),
        np.array(vowels.centroid_hz),
        np.array(vowels.softness_db),
        np.array(vowels.harmonicity_db),
        np.array([vowels.pitch_cents]),
    )


def song_table(singers: Sequence[VoiceFolder], results: Mapping[str, SingerResult]) -> str:
    """Table of songs and singers, and what holds for all of them."""
    titles = [_first_word(voice) for voice in singers]
    by_singer = [results[voice.manifest.name].songs for voice in singers]
    songs = sorted({name for sung in by_singer for name in sung})
    lines = ["| song | " + " | ".join(titles) + " |", "|---" * (len(titles) + 1) + "|"]
    for name in songs:
        lines.append(f"| `{name}` | " + " | ".join(_cell(sung.get(name)) for sung in by_singer) + " |")
    every = [song for sung in by_singer for song in sung.values()]
    loud = [song for song in every if (song.rests_peak_dbfs or _SILENT_DBFS) > _SILENT_DBFS]
    clear = ", ".join(
        f"{title} {100 * min(_clear_share(song) for song in sung.values()):.0f} %"
        for title, sung in zip(titles, by_singer, strict=True)
    )
    rests = (
        "Rests are silent in all of them." if not loud else f"Rests are not silent in {len(loud)} of them."
    )
    return "\n".join(lines) + f"\n\n{rests} A clear pitch was found at so many points or more: {clear}."


def _clear_share(song: SungSong) -> float:
    return song.clear_points / song.points if song.points else 1.0


def _cell(song: SungSong | None) -> str:
    if song is None:
        return ""
    moved = f"{song.octaves:+d} octave: " if song.octaves else ""
    if song.pitch_error_cents is None or song.within_50_cents is None:
        return f"{moved}no clear pitch / {song.peak_dbfs:.1f}"
    return f"{moved}{song.pitch_error_cents:.2f} / {100 * song.within_50_cents:.0f} % / {song.peak_dbfs:.1f}"


def axes_table() -> str:
    """The table of the timbre space."""
    lines = ["| axis | at -1 | adds | at 1 | adds |", "|---|---|---|---|---|"]
    for name, axis in SPACE.items():
        poles = " | ".join(f"{pole.meaning} | {_adds(pole)}" for pole in (axis.low, axis.high))
        lines.append(f"| {name} | {poles} |")
    return "\n".join(lines)


def _adds(pole: Pole) -> str:
    settings = ", ".join(f"`{name}` {value:+g}" for name, value in pole.settings.items())
    return settings + (f"; range {pole.range_semitones:+g} semitones" if pole.range_semitones else "")


def _axes_at_hand() -> Mapping[str, object]:
    document = json.loads((RESULTS / "timbre_axes.json").read_text(encoding="utf-8"))
    details: dict[str, object] = document["details"]
    return details


def steps_table(details: Mapping[str, object]) -> str:
    """The table of measured steps along the axes, from the details of the benchmark ``timbre_axes``."""
    axes = details["axes"]
    if not isinstance(axes, Mapping):
        raise TypeError("the details of timbre_axes hold no table of axes")
    places = " | ".join(f"{place:g}" for place in PLACES)
    lines = [
        f"| axis | what is measured | {places} | evenness | pitch, worst |",
        "|---" * (len(PLACES) + 4) + "|",
    ]
    for axis, found in axes.items():
        name = CORRELATES[axis]
        values = [place[name] for place in found]
        digits = 0 if name == "centroid_hz" else 1
        told = " | ".join(f"{value:.{digits}f}" for value in values)
        worst = max(place["pitch_median_abs_cents"] for place in found)
        lines.append(
            f"| {axis} | {MEASURED_AS[name]} | {told} | {step_ratio(values):.1f} | {worst:.2f} cents |"
        )
    spacing = ", ".join(f"{place['formant_spacing_semitones']:.1f}" for place in axes["sweet"])
    told = f"Sweet also moves the first formant against the second: {spacing} semitones between them at the five places."
    return "\n".join(lines) + f"\n\n{told}"
