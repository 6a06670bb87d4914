"""``python -m bench.singers``: every example by every shipped singer, with numbers, pictures and the page ``docs/voices.md``.

A song stays as written while its mean pitch is near the middle of the singer's range; otherwise it is moved by octaves, since
nothing in the engine moves notes. Numbers of songs are those of the self-check (``singer.quality``), numbers of vowels those of
``bench.timbre_correlates``.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from bench.machine import commit, machine
from bench.material import EXAMPLES, example_paths
from bench.singer_pictures import FOLDER, OVERVIEW, PANELS, draw_overview, draw_singer, spectrum_db
from bench.singer_results import (
    SingerResult,
    SungSong,
    SungVowels,
    digest,
    read_results,
    shipped_singers,
    write_results,
)
from bench.singers_page import PAGE, blocks, fill
from bench.sung import Sung, sing
from bench.timbre_axes import numbers, unlimited, vowels
from bench.timbre_correlates import hear
from singer.audio import Audio, write_audio
from singer.quality import Quality, QualityMeter
from singer.score import BREATH, Score, check_range
from singer.score_io import load_score
from singer.voice import Voice
from voicebanks.load import VoiceFolder, load_folder

FAR_SEMITONES = 8.0
"""A song whose mean pitch is farther than this from the middle of the range is moved."""
OUT = Path("out") / "singers"
_MOST_OCTAVES = 4


def octaves_for(score: Score, lowest_midi: float, highest_midi: float) -> int:
    """How many octaves up a song is moved for a range, down if negative.

    0 while every note is in the range and the mean pitch no more than ``FAR_SEMITONES`` from its middle; otherwise the
    octave inside the range that brings the mean nearest to the middle.

    Raises:
        ScoreError: no octave fits; as ``singer.score.check_range``.
    """
    heights = [note.midi for note in score.notes if note.lyric.strip() != BREATH]
    mean, middle = sum(heights) / len(heights), (lowest_midi + highest_midi) / 2.0
    fitting = [
        octaves
        for octaves in range(-_MOST_OCTAVES, _MOST_OCTAVES + 1)
        if min(heights) + 12 * octaves >= lowest_midi and max(heights) + 12 * octaves <= highest_midi
    ]
    if not fitting:
        check_range(score, "the singer", lowest_midi, highest_midi)
    if 0 in fitting and abs(mean - middle) <= FAR_SEMITONES:
        return 0
    return min(fitting, key=lambda octaves: (abs(mean + 12 * octaves - middle), abs(octaves)))


def moved(score: Score, octaves: int) -> Score:
    """``score`` with every note ``octaves`` higher."""
    return replace(score, notes=tuple(replace(note, midi=note.midi + 12 * octaves) for note in score.notes))


def self_check(sung: Sung) -> Quality:
    """What ``singer sing`` says of a song."""
    meter = QualityMeter(sung.performance, sung.sample_rate_hz)
    meter.listen(sung.samples)
    return meter.result()


def song_result(octaves: int, found: Quality) -> SungSong:
    """A self-check as it is kept."""
    silent = math.isinf(found.rests_peak_dbfs)
    return SungSong(
        octaves=octaves,
        points=found.points,
        clear_points=found.clear_points,
        pitch_error_cents=found.pitch_error_cents,
        within_50_cents=found.within_50_cents,
        peak_dbfs=found.peak_dbfs,
        rests_peak_dbfs=None if silent else found.rests_peak_dbfs,
    )


def sung_vowels(voice: Voice, toy: bool = False) -> SungVowels:
    """Held vowels at C3 to D4, in the range or not, so that all singers are heard on the same notes."""
    heard = hear(sing(vowels(toy), unlimited(voice)))
    return SungVowels(
        formants_hz=tuple(tuple(round(float(hz), 1) for hz in row) for row in heard.formants_hz),
        centroid_hz=tuple(round(float(hz), 1) for hz in heard.centroid_hz),
        softness_db=tuple(round(float(db), 2) for db in heard.softness_db),
        harmonicity_db=tuple(round(float(db), 2) for db in heard.harmonicity_db),
        pitch_cents=numbers(heard, heard)["pitch_median_abs_cents"],
    )


def range_ends_cents(voice: Voice) -> float | None:
    """Median pitch error of held vowels at the three lowest and the three highest notes of the range, by the self-check."""
    lowest, highest = math.ceil(voice.lowest_midi), math.floor(voice.highest_midi)
    heights = (*range(lowest, lowest + 3), *range(highest - 2, highest + 1))
    return self_check(sing(vowels(heights=heights), voice)).pitch_error_cents


def sing_all(
    found: VoiceFolder, paths: Sequence[Path], out: Path, before: SingerResult | None
) -> SingerResult:
    """Sing ``paths`` to ``out`` and measure; the picture is drawn if its songs are among them.

    Args:
        found: the singer.
        paths: songs.
        out: folder of the .wav files, one folder a singer inside it.
        before: what was measured earlier; kept for songs that are not sung now, if the voice is still the same.
    """
    voice, own = load_folder(found), digest(found)
    kept = before if before is not None and before.voice_digest == own else None
    songs, results = dict[str, Sung](), dict(kept.songs if kept else {})
    for path in paths:
        score = load_score(path)
        octaves = octaves_for(score, voice.lowest_midi, voice.highest_midi)
        sung = songs[path.stem] = sing(moved(score, octaves), voice)
        quality = self_check(sung)
        results[path.stem] = song_result(octaves, quality)
        target = out / found.manifest.name / f"{path.stem}.wav"
        target.parent.mkdir(parents=True, exist_ok=True)
        write_audio(target, Audio(sung.samples, sung.sample_rate_hz))
        click.echo(f"{target}: {octaves:+d} octaves; {quality.line()}")
    if set(PANELS) <= set(songs):
        draw_singer(found.manifest.title.split()[0], songs, FOLDER / f"{found.manifest.name}.png")
    few = len(songs) < len(example_paths())
    spectrum = kept.spectrum_db if kept and few else spectrum_db(list(songs.values()))
    return SingerResult(
        voice_digest=own,
        date=datetime.date.today().isoformat(),
        commit=commit(),
        songs=dict(sorted(results.items())),
        vowels=sung_vowels(voice),
        range_ends_cents=range_ends_cents(voice),
        spectrum_db=spectrum,
    )


def write_page(
    singers: Sequence[VoiceFolder], results: Mapping[str, SingerResult], page: Path = PAGE
) -> None:
    """Make the blocks of ``docs/voices.md`` again."""
    text = page.read_text(encoding="utf-8")
    page.write_text(fill(text, blocks(singers, results)), encoding="utf-8")


@click.command()
@click.option("--singer", "only", multiple=True, help="Only this singer; may be given again.  [default: all]")
@click.option(
    "--song", "stems", multiple=True, help="Only this song of examples/, without .json.  [default: all]"
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=OUT, show_default=True, help="Folder of the .wav files."
)
@click.option("--page-only", is_flag=True, help="Sing nothing: page and overview from the results at hand.")
def main(only: tuple[str, ...], stems: tuple[str, ...], out: Path, page_only: bool) -> None:
    """Sing the examples by the shipped singers; write bench/results/singers.json, docs/images/singers and docs/voices.md.

    What is not sung in this run keeps its numbers, unless its voice has changed.

    Examples:  python -m bench.singers   python -m bench.singers --singer tangli --song jasmine
    """
    singers = shipped_singers()
    names = [voice.manifest.name for voice in singers]
    paths = [path for path in example_paths() if not stems or path.stem in stems]
    if unknown := [*(set(only) - set(names)), *(set(stems) - {path.stem for path in paths})]:
        raise click.UsageError(
            f"found {', '.join(unknown)}; singers are {', '.join(names)}, songs are in {EXAMPLES.name}/"
        )
    results = read_results()
    for voice in () if page_only else singers:
        name = voice.manifest.name
        if not only or name in only:
            results[name] = sing_all(voice, paths, out, results.get(name))
            write_results({one: results[one] for one in names if one in results}, machine())
    if missing := [name for name in names if name not in results]:
        raise click.ClickException(f"no results of {', '.join(missing)} yet, so the page stays as it is")
    draw_overview({name: results[name] for name in names}, FOLDER / OVERVIEW)
    write_page(singers, results)
    click.echo(f"{PAGE.name}, {FOLDER.name}/: {', '.join(names)}")


if __name__ == "__main__":
    main()
