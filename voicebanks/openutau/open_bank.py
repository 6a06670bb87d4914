"""``open_bank``: a folder made for OpenUtau's DiffSinger, checked, its models opened."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from singer.diffsinger.bank import VARIANCES, Bank, BankVocoder, Module, speaker_named
from singer.errors import ModelError, VoicebankError
from singer.onnx_check import LARGEST_MODEL_BYTES
from singer.onnx_graph import prepared_graph
from singer.onnx_model import OnnxModel, RunsOn
from singer.onnx_noise import NORMAL_INPUT, UNIFORM_INPUT
from singer.timebase import AudioSpec
from voicebanks.documents import read_yaml
from voicebanks.openutau.character import read_character
from voicebanks.openutau.detect import CONFIG_NAME
from voicebanks.openutau.dictionaries import Dictionaries
from voicebanks.openutau.languages import languages_of
from voicebanks.openutau.tables import read_languages, read_speakers, read_tokens
from voicebanks.openutau.vocoder_package import VocoderPackage, find_vocoder, mel_base, shared_folders
from voicebanks.openutau.yaml_file import Config, inside, read_inside

_SAMPLING = ("steps", "speedup", "depth")
_NOISE = (NORMAL_INPUT, UNIFORM_INPUT)
_TAKES = {
    "linguistic": (("tokens",), ("languages", "word_div", "word_dur", "ph_dur")),
    "dur": (("encoder_out", "ph_midi"), ("x_masks", "word_div", "word_dur", "spk_embed")),
    "pitch": (
        ("encoder_out", "ph_dur", "note_midi", "note_dur", "pitch", "retake"),
        ("note_rest", "note_glide", "expr", "spk_embed", *_SAMPLING),
    ),
    "variance": (("encoder_out", "ph_dur", "pitch", "retake"), (*VARIANCES, "spk_embed", *_SAMPLING)),
    "acoustic": (
        ("tokens", "durations", "f0"),
        ("languages", *VARIANCES, "gender", "velocity", "spk_embed", *_SAMPLING),
    ),
    "vocoder": (("mel",), ("f0",)),
}
"""Inputs that each kind of model must take, and those that it may take."""
_GIVES = {
    "linguistic": ("encoder_out",),
    "dur": ("ph_dur_pred",),
    "pitch": ("pitch_pred",),
    "acoustic": ("mel",),
}


def open_bank(folder: Path, vocoders: Sequence[Path] = (), runs_on: RunsOn | None = None) -> Bank:
    """Read and check a bank and open its models.

    Args:
        folder: of the bank, with ``dsconfig.yaml``.
        vocoders: folders of banks, beside which shared vocoders may lie (``Dependencies``).
        runs_on: provider and threads of the models; one CPU thread if ``None``.

    Raises:
        VoicebankError: what is wrong with the bank, naming file, key, what was found and what is expected.
        ModelError: a model that is unsafe, damaged or takes other inputs; a package that is missing.
    """
    return _Opening(folder, vocoders, runs_on).bank()


@dataclass(frozen=True, slots=True)
class _Parts:
    """A module's configuration and its tables."""

    config: Config
    spec: AudioSpec
    tokens: dict[str, int]
    languages: dict[str, int]


class _Opening:
    """One bank while it is opened."""

    def __init__(self, folder: Path, vocoders: Sequence[Path], runs_on: RunsOn | None) -> None:
        if not (folder / CONFIG_NAME).is_file():
            raise VoicebankError(
                "voice_missing", f"holds no {CONFIG_NAME}, so it is not a bank of DiffSinger", str(folder)
            )
        self._home, self._vocoders, self._runs_on = folder, vocoders, runs_on
        self._hash = hashlib.sha256()

    def bank(self) -> Bank:
        """The bank."""
        character = read_character(self._home)
        root = self._parts("")
        package = find_vocoder(self._home, root.config, shared_folders(self._home, self._vocoders))
        acoustic = self._module("", "acoustic", root)
        modules = {
            kind: _with_speakers_of(acoustic, self._optional(f"ds{kind}", kind))
            for kind in ("dur", "pitch", "variance")
        }
        vocoder = self._vocoder(package, root.spec)
        folders = (self._home / name for name in ("dsdur", "dspitch", "dsvariance"))
        dictionaries = Dictionaries(
            next((each for each in folders if any(each.glob("dsdict*.yaml"))), None), self._home
        )
        name = self._home.resolve().name
        bank = Bank(
            name=name,
            title=character.title,
            acoustic=acoustic,
            vocoder=vocoder,
            durations=modules["dur"],
            pitch=modules["pitch"],
            variance=modules["variance"],
            mel_base=mel_base(root.config),
            max_depth=_max_depth(root.config, acoustic.model),
            kinds=dictionaries.kinds(),
            lexicon=dictionaries.lexicon,
            languages=languages_of(
                acoustic.tokens, acoustic.languages, dictionaries.languages, character.language
            ),
            lowest_midi=character.lowest_midi,
            highest_midi=character.highest_midi,
            fingerprint=self._fingerprint(),
        )
        self._check_variances(bank)
        return bank

    def _fingerprint(self) -> str:
        for path in sorted(_small_files(self._home)):
            self._hash.update(path.name.encode() + path.read_bytes())
        return self._hash.hexdigest()

    def _parts(self, folder: str) -> _Parts:
        path = self._home / folder / CONFIG_NAME
        where = f"{folder}/{CONFIG_NAME}".lstrip("/")
        config = Config(read_yaml(read_inside(self._home, str(path), where), where), path.parent, where)
        spec = AudioSpec(
            config.whole("sample_rate", 44_100, 8_000, 192_000), config.whole("hop_size", 512, 16, 8_192)
        )
        return _Parts(config, spec, read_tokens(config, self._home), read_languages(config, self._home))

    def _optional(self, folder: str, kind: str) -> Module | None:
        if not (self._home / folder / CONFIG_NAME).is_file():
            return None
        return self._module(folder, kind, self._parts(folder))

    def _module(self, folder: str, kind: str, parts: _Parts) -> Module:
        model = self._model(parts.config, kind)
        encoder = self._model(parts.config, "linguistic") if folder else None
        if kind == "variance" and not any(f"{name}_pred" in model.outputs for name in VARIANCES):
            message = (
                f"gives {', '.join(model.outputs)}; expected is one of {', '.join(VARIANCES)} with _pred"
            )
            raise VoicebankError("bank", message, f"{parts.config.where}: variance")
        width = _width(model)
        speakers = read_speakers(parts.config, self._home, width) if width is not None else {}
        if width is not None and not speakers:
            message = "the model takes spk_embed, but no speakers are named"
            raise VoicebankError("bank", message, f"{parts.config.where}: speakers")
        _check_languages(parts, model, encoder)
        return Module(folder, parts.spec, parts.tokens, parts.languages, speakers, model, encoder)

    def _model(self, config: Config, kind: str) -> OnnxModel:
        where = f"{config.where}: {kind}"
        path = inside(self._home, config.path(kind), where)
        if path.stat().st_size > LARGEST_MODEL_BYTES:
            raise VoicebankError("file_size", f"has more than {LARGEST_MODEL_BYTES} bytes", where)
        return self._opened(path, path.read_bytes(), path.parent, kind, where)

    def _opened(self, path: Path, content: bytes, folder: Path | None, kind: str, where: str) -> OnnxModel:
        self._hash.update(hashlib.sha256(content).digest())
        try:
            graph = prepared_graph(content, path.name, folder)
            model = OnnxModel(path, content=graph, runs_on=self._runs_on)
        except ModelError as error:  # several modules have models of one name
            raise ModelError(error.code, error.message, f"{where} ({error.where or path.name})") from error
        needed, allowed = _TAKES[kind]
        missing = [name for name in needed if name not in model.inputs]
        unknown = [name for name in model.inputs if name not in (*needed, *allowed, *_NOISE)]
        lacking = [name for name in _GIVES.get(kind, ()) if name not in model.outputs]
        if missing or unknown or lacking:
            found = f"takes {', '.join(model.inputs)} and gives {', '.join(model.outputs)}"
            expected = f"expected are the inputs {', '.join(needed)}, perhaps {', '.join(allowed)}"
            gives = f", and the output {', '.join(_GIVES[kind])}" if kind in _GIVES else ""
            raise VoicebankError("model_inputs", f"{path.name} {found}; {expected}{gives}", where)
        return model

    def _vocoder(self, package: VocoderPackage, spec: AudioSpec) -> BankVocoder:
        config = package.config
        path = (package.folder or Path(config.where).parent) / config.text("model", "model.onnx")
        model = self._opened(path, package.content, package.folder, "vocoder", f"{config.where}: model")
        return BankVocoder(spec, model, mel_base(config))

    def _check_variances(self, bank: Bank) -> None:
        wanted = [name for name in VARIANCES if name in bank.acoustic.model.inputs]
        given = () if bank.variance is None else bank.variance.model.outputs
        missing = [name for name in wanted if f"{name}_pred" not in given]
        if missing and bank.variance is not None:
            message = (
                f"the acoustic model takes {', '.join(missing)}, which the variance model does not predict"
            )
            raise VoicebankError("bank", message, "dsvariance/dsconfig.yaml: variance")


def _with_speakers_of(acoustic: Module, module: Module | None) -> Module | None:
    """A module with the acoustic model's singers in their order; whom it does not name is its own first one, as in OpenUtau.

    Exporters put the name of the training before a singer's, ``acoustic_v2.soft``: what follows the last dot must be the same.
    """
    if module is None or not module.speakers or not acoustic.speakers:
        return module
    first = next(iter(module.speakers))
    lent = {name: speaker_named(module.speakers, name.rpartition(".")[2]) for name in acoustic.speakers}
    chosen = {name: name if name in module.speakers else lent[name] or first for name in acoustic.speakers}
    return replace(module, speakers={name: module.speakers[of] for name, of in chosen.items()})


def _width(model: OnnxModel) -> int | None:
    """Length of the speaker vectors that a model takes, ``None`` if it takes none; 0 if it does not say."""
    if "spk_embed" not in model.inputs:
        return None
    last = model.inputs["spk_embed"].shape[-1]
    return last if isinstance(last, int) else 0


def _check_languages(parts: _Parts, model: OnnxModel, encoder: OnnxModel | None) -> None:
    if "languages" in (encoder or model).inputs and not parts.languages:
        message = "the model takes languages, but no table of them is named"
        raise VoicebankError("bank", message, f"{parts.config.where}: languages")


def _max_depth(config: Config, model: OnnxModel) -> float:
    """Share of the diffusion that may be run; models of the old kind count it in thousandths."""
    if "depth" not in model.inputs:
        return 1.0
    found = config.number("max_depth", 0.0, 0.0, 1_000.0)
    return found / 1_000.0 if "speedup" in model.inputs else min(found, 1.0)


def _small_files(folder: Path) -> Iterator[Path]:
    """Tables and configurations of a bank: all that changes its sound beside the models."""
    for pattern in ("*.yaml", "*.json", "*.txt", "*.emb"):
        for path in (*folder.glob(pattern), *folder.glob(f"ds*/{pattern}")):
            if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
                yield path
