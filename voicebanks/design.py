"""A new singer without training: a point in the timbre space of an installed voice, written as a voice folder."""

from __future__ import annotations

import html
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from singer.controls import CONTROLS
from singer.errors import OutputError, VoicebankError
from singer.pitch_names import pitch_name
from voicebanks.load import (
    VoiceFolder,
    check_files,
    find_voice,
    open_base,
    open_folder,
)
from voicebanks.manifest import (
    MANIFEST_NAME,
    DesignedManifest,
    Licence,
    Manifest,
    Range,
    describe_file,
    parse_manifest,
    said,
    write_manifest,
)
from voicebanks.portrait import PORTRAIT_NAME, portrait_svg
from voicebanks.store.staging import move
from voicebanks.timbre_space import AXES, SPACE, character_of, check_axes, range_shift_semitones

LOWEST_MIDI, HIGHEST_MIDI = 33.0, 93.0
"""A designed range stays inside A1 to A6: beyond, the models have nothing to go by."""
SMALLEST_RANGE = 12.0


@dataclass(frozen=True, slots=True)
class Design:
    """What is asked for.

    Attributes:
        name: name of the voice and of its folder.
        axes: name of an axis to a value from -1 to 1; 0 where left out.
        base: name of the voice whose models are used.
        title, description: for people; made from name and axes if empty.
        range_midi: lowest and highest note; the base's, moved as the axes say, if ``None``.
        mix: name of a timbre of the base to its weight, 0 or more; the base's own timbre if empty.
        version: version of the voice.
    """

    name: str
    axes: Mapping[str, float] = field(default_factory=dict)
    base: str = "suyin"
    title: str = ""
    description: str = ""
    range_midi: tuple[float, float] | None = None
    mix: Mapping[str, float] = field(default_factory=dict)
    version: str = "1.0.0"


def design_voice(
    design: Design, home: Path, *, search: Sequence[Path] = (), force: bool = False
) -> VoiceFolder:
    """Write the folder ``home / design.name``, whole or not at all.

    Args:
        design: the singer.
        home: folder of voices that gets the new one; made if it is not there.
        search: folders of voices to look for the base in, before the shipped ones.
        force: replace a voice folder that is there already.

    Returns:
        the new voice, read back.

    Raises:
        VoicebankError: an axis, name, range, mix or base that is not allowed, or a damaged base.
        OutputError: the folder is there already, or cannot be written.
    """
    check_axes(design.axes)
    base = find_voice(design.base, search)
    if base.is_imported:
        message = "is a bank made for OpenUtau, which has no timbre space; design from one of the engine's own voices"
        raise VoicebankError("imported_voice", message, f"voice {design.base!r}")
    if base.base is not None:
        own = base.base.manifest.name
        message = f"is itself made from {own!r}; design from {own!r} and add up the axes"
        raise VoicebankError("base_chain", message, f"voice {design.base!r}")
    check_files(base)
    manifest = _manifest(design, base.manifest)
    target = home / manifest.name
    _check_base(base, target, search)
    try:
        _check_target(target, force)
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix=f".{manifest.name}.") as partial:
            made = Path(partial) / manifest.name
            _write(made, manifest, base)
            check_files(open_folder(made, (home, *search)))
            move(made, target, Path(partial) / "replaced")
    except OSError as error:
        raise OutputError("output_failed", f"cannot be written: {error.strerror}", str(target)) from error
    return open_folder(target, search)


def mixed_timbre(base: Manifest, mix: Mapping[str, float]) -> tuple[float, ...] | None:
    """Weighted mean of taught timbres of ``base``; ``None`` for an empty mix.

    Raises:
        VoicebankError: ``mix``, naming a timbre that is unknown or weights that cannot be used.
    """
    if not mix:
        return None
    where = f"voice {base.name!r}"
    if not base.timbres:
        raise VoicebankError("mix", "carries no timbres to mix; leave the mix out", where)
    unknown = [name for name in mix if name not in base.timbres]
    if unknown:
        message = f"has no timbre {unknown[0][:40]!r}; known are {', '.join(base.timbres)}"
        raise VoicebankError("mix", message, where)
    total = sum(mix.values())
    if not (all(weight >= 0.0 for weight in mix.values()) and 0.0 < total < float("inf")):
        raise VoicebankError("mix", "weights must be 0 or more, one of them above 0", where)
    size = len(base.timbre)
    return tuple(
        sum(weight * base.timbres[name][place] for name, weight in mix.items()) / total
        for place in range(size)
    )


def _manifest(design: Design, base: Manifest) -> DesignedManifest:
    axes = {name: float(design.axes[name]) for name in AXES if design.axes.get(name)}
    lowest, highest = design.range_midi or _moved_range(base.range, axes)
    if not (lowest >= LOWEST_MIDI and lowest + SMALLEST_RANGE <= highest <= HIGHEST_MIDI):
        whose = "found range" if design.range_midi else "its base and axes give the range"
        message = (
            f"{whose} {pitch_name(lowest)}-{pitch_name(highest)}; it must rise by an octave at least, "
            f"inside {pitch_name(LOWEST_MIDI)}-{pitch_name(HIGHEST_MIDI)}; --range sets another"
        )
        raise VoicebankError("range", message, f"voice {design.name[:40]!r}")
    try:
        return DesignedManifest(
            format="singer-voicebank",
            version=1,
            name=design.name,
            title=design.title or design.name.capitalize(),
            description=design.description or _described(axes, base.title),
            version_of_voice=design.version,
            range=Range(lowest_midi=lowest, highest_midi=highest),
            licence=Licence(spdx=base.licence.spdx, files=base.licence.files),
            character=_added(base.character, character_of(axes)),
            axes=axes,
            mix={name: float(weight) for name, weight in design.mix.items()},
            base=base.name,
            timbre=mixed_timbre(base, design.mix),
            use_policy=base.use_policy,
        )
    except ValidationError as error:
        raise VoicebankError("design", said(error), f"voice {design.name[:40]!r}") from error


def _added(own: Mapping[str, float], settings: Mapping[str, float]) -> dict[str, float]:
    """The base's own character with the settings of the axes on top, inside the controls' ranges."""
    sums = {name: own.get(name, 0.0) + settings.get(name, 0.0) for name in {**own, **settings}}
    return {
        name: rounded
        for name, value in sums.items()
        if (rounded := round(min(max(value, CONTROLS[name].lowest), CONTROLS[name].highest), 4))
    }


def _moved_range(own: Range, axes: Mapping[str, float]) -> tuple[float, float]:
    shift = range_shift_semitones(axes)
    return max(own.lowest_midi + shift, LOWEST_MIDI), min(own.highest_midi + shift, HIGHEST_MIDI)


def _described(axes: Mapping[str, float], base_title: str) -> str:
    poles = [(SPACE[name].high if value > 0 else SPACE[name].low).meaning for name, value in axes.items()]
    told = "; ".join(poles) or "the same voice"
    return f"Designed from {base_title}: {told}."


def _check_base(base: VoiceFolder, target: Path, search: Sequence[Path]) -> None:
    """The manifest names its base, so the name must lead to the folder that was designed from."""
    name = base.manifest.name
    try:
        found = open_base(name, target, search).folder
    except VoicebankError:
        found = None
    if found is None or found.resolve() != base.folder.resolve():
        leads = "nowhere" if found is None else f"to {found}"
        message = (
            f"a designed voice finds its base by name, and {name!r} leads {leads} from {target.parent}; "
            "put the base there"
        )
        raise VoicebankError("base_elsewhere", message, str(base.folder))


def _check_target(target: Path, force: bool) -> None:
    if not (target.exists() or target.is_symlink()):
        return
    if target.is_symlink() or not _is_designed(target):
        raise OutputError("output_exists", "is there already and is no designed voice; it stays", str(target))
    if not force:
        raise OutputError("output_exists", "is there already; --force replaces it", str(target))


def _is_designed(folder: Path) -> bool:
    path = folder / MANIFEST_NAME
    try:
        return path.is_file() and isinstance(parse_manifest(path.read_bytes(), str(path)), DesignedManifest)
    except VoicebankError:
        return False


def _write(folder: Path, manifest: DesignedManifest, base: VoiceFolder) -> None:
    """Everything that the folder holds; the manifest comes last."""
    folder.mkdir()
    own = {"README.md", PORTRAIT_NAME, MANIFEST_NAME}.intersection(manifest.licence.files)
    if own:
        named = ", ".join(sorted(own))
        message = (
            f"its licence lies in {named}, which a designed voice writes anew; give it a file of its own"
        )
        raise VoicebankError("licence_missing", message, str(base.folder))
    for name in manifest.licence.files:
        shutil.copyfile(base.folder / name, folder / name)
    (folder / PORTRAIT_NAME).write_text(portrait_svg(manifest.name, manifest.axes), encoding="utf-8")
    (folder / "README.md").write_text(_readme(manifest, base.manifest), encoding="utf-8")
    entry = describe_file(folder, PORTRAIT_NAME)
    write_manifest(folder, manifest.model_copy(update={"files": {"portrait": entry}}))


def _readme(manifest: DesignedManifest, base: Manifest) -> str:
    settings = ", ".join(f"{name} {value:+g}" for name, value in manifest.character.items()) or "none"
    axes = ", ".join(f"{name} {value:+g}" for name, value in manifest.axes.items()) or "all 0"
    lowest, highest = manifest.range.lowest_midi, manifest.range.highest_midi
    licence = ", ".join(f"`{name}`" for name in manifest.licence.files)
    return f"""# {manifest.title}

<img src="{PORTRAIT_NAME}" alt="Portrait of {html.escape(manifest.title)}" width="180">

{manifest.description}

| | |
|---|---|
| range | {pitch_name(lowest)} ({lowest:g}) to {pitch_name(highest)} ({highest:g}) |
| languages | {", ".join(base.languages)} |
| place in the timbre space | {axes} |
| character, added to every performance | {settings} |
| models | those of the voice `{base.name}` ({base.title}), which must be installed |
| licence | {manifest.licence.spdx}; see {licence} |

This voice was designed, not trained, with `singer voices design`; it belongs to no living or dead person. Where its models come
from is told by the voice `{base.name}`, whose licence and notices are carried over here. Anything that it sings is synthetic and
should be labelled so where the law asks for it.
"""
