"""What OpenUtau asks of a DiffSinger bank, read off its format and nothing else: a list of what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import onnx
import yaml
from onnx import TensorProto

INT, FLOAT, BOOL = TensorProto.INT64, TensorProto.FLOAT, TensorProto.BOOL
Interface = dict[str, tuple[int, int]]
"""Name to element type and rank."""

DEFAULTS: dict[str, Any] = {
    "use_lang_id": False, "hidden_size": 256, "sample_rate": 44100, "hop_size": 512, "use_continuous_acceleration": False,
    "predict_dur": True, "predict_energy": True, "predict_breathiness": True, "predict_voicing": False,
    "predict_tension": False, "num_mel_bins": 128, "win_size": 2048, "fft_size": 2048, "mel_fmin": 40, "mel_fmax": 16000,
    "mel_base": "10", "mel_scale": "slaney",
}  # fmt: skip
VARIANCES = ("energy", "breathiness", "voicing", "tension")


class BankChecker:
    """One bank; ``problems`` fill up while it is looked through."""

    def __init__(self, bank: Path) -> None:
        self.bank = bank
        self.problems: list[str] = []
        self.speakers: dict[str, list[str]] = {}
        self.tables: dict[str, dict[str, int]] = {}
        root = self._config("")
        self._acoustic(root)
        self._vocoder(root)
        self._durations()
        self._pitch()
        self._variance(root)
        self._character()

    def _say(self, problem: str) -> None:
        self.problems.append(problem)

    def _config(self, folder: str) -> dict[str, Any]:
        """A module's configuration, with its tables and embeddings looked at."""
        here = self.bank / folder
        config = DEFAULTS | yaml.safe_load((here / "dsconfig.yaml").read_text(encoding="utf-8"))
        table = json.loads((here / config["phonemes"]).read_text(encoding="utf-8"))
        self.tables[folder] = table
        if not {"SP", "AP"} <= set(table) or min(table.values()) < 1:
            self._say(f"{folder}: the token table lacks SP or AP, or uses id 0")
        languages = json.loads((here / config["languages"]).read_text(encoding="utf-8"))
        if not {name.split("/")[0] for name in table if "/" in name} <= set(languages):
            self._say(f"{folder}: tokens of a language without an id")
        self.speakers[folder] = config["speakers"]
        for speaker in config["speakers"]:
            size = (here / f"{speaker}.emb").stat().st_size
            if size != 4 * config["hidden_size"]:
                self._say(f"{folder}/{speaker}.emb has {size} bytes")
        return config

    def _model(self, path: str, fed: Interface, given: Interface, scalars: tuple[str, ...] = ()) -> None:
        model = onnx.load(self.bank / path)
        opsets = [(each.domain, each.version) for each in model.opset_import]
        if model.ir_version != 8 or opsets != [("", 17)]:
            self._say(f"{path}: IR {model.ir_version}, opsets {opsets}")
        for what, wanted, found in (("input", fed, model.graph.input), ("output", given, model.graph.output)):
            names = [each.name for each in found]
            if what == "input" and set(names) != set(wanted):
                self._say(f"{path}: fed are {sorted(wanted)}, it takes {sorted(names)}")
            if what == "output" and not set(wanted) <= set(names):
                self._say(f"{path}: gives {names}, wanted are {sorted(wanted)}")
            for each in found:
                kind = each.type.tensor_type
                is_like = (kind.elem_type, len(kind.shape.dim))
                if each.name in wanted and is_like != wanted[each.name]:
                    self._say(f"{path}: {each.name} is of type and rank {is_like}")

    def _steps(self, config: dict[str, Any]) -> Interface:
        return {"steps" if config["use_continuous_acceleration"] else "speedup": (INT, 0)}

    def _shared(self, config: dict[str, Any]) -> Interface:
        return {"spk_embed": (FLOAT, 3)} if config.get("speakers") else {}

    def _acoustic(self, config: dict[str, Any]) -> None:
        fed: Interface = {"tokens": (INT, 2), "durations": (INT, 2), "f0": (FLOAT, 2)}
        fed |= {"languages": (INT, 2)} if config["use_lang_id"] else {}
        fed |= {name: (FLOAT, 2) for name in VARIANCES if config.get(f"use_{name}_embed")}
        fed |= {"gender": (FLOAT, 2)} if config.get("use_key_shift_embed") else {}
        fed |= {"velocity": (FLOAT, 2)} if config.get("use_speed_embed") else {}
        fed |= {"depth": (FLOAT, 0)} if config.get("use_variable_depth") else {}
        if (
            config.get("use_key_shift_embed")
            and len(config["augmentation_args"]["random_pitch_shifting"]["range"]) != 2
        ):
            self._say("gender without the range of its shift")
        self._model(config["acoustic"], fed | self._shared(config) | self._steps(config), {"mel": (FLOAT, 3)})

    def _vocoder(self, root: dict[str, Any]) -> None:
        if not root.get("vocoder"):
            self._say("vocoder must be named even if the bank brings it")
        text = (self.bank / "dsvocoder" / "vocoder.yaml").read_text(encoding="utf-8")
        config = DEFAULTS | {"model": "model.onnx"} | yaml.safe_load(text)
        for key in (
            "sample_rate",
            "hop_size",
            "win_size",
            "fft_size",
            "num_mel_bins",
            "mel_fmin",
            "mel_fmax",
            "mel_scale",
        ):
            if root[key] != config[key]:
                self._say(f"{key} is {root[key]} and {config[key]}")
        if (root["mel_base"], config["mel_base"]) != ("e", "e") or config["sample_rate"] != 44_100:
            self._say("OpenUtau would convert the features, or mix at a wrong rate")
        fed: Interface = {"mel": (FLOAT, 3), "f0": (FLOAT, 2)}
        self._model(f"dsvocoder/{config['model']}", fed, {"waveform": (FLOAT, 2)})

    def _linguistic(self, folder: str, config: dict[str, Any]) -> None:
        words: Interface = {"word_div": (INT, 2), "word_dur": (INT, 2)}
        fed: Interface = {"tokens": (INT, 2), **(words if config["predict_dur"] else {"ph_dur": (INT, 2)})}
        fed |= {"languages": (INT, 2)} if config["use_lang_id"] else {}
        self._model(
            f"{folder}/{config['linguistic']}", fed, {"encoder_out": (FLOAT, 3), "x_masks": (BOOL, 2)}
        )

    def _durations(self) -> None:
        config = self._config("dsdur")
        if not config["predict_dur"]:
            self._say("dsdur must be in word mode")
        self._linguistic("dsdur", config)
        fed: Interface = {"encoder_out": (FLOAT, 3), "x_masks": (BOOL, 2), "ph_midi": (INT, 2)}
        self._model(f"dsdur/{config['dur']}", fed | self._shared(config), {"ph_dur_pred": (FLOAT, 2)})
        for path in sorted((self.bank / "dsdur").glob("dsdict*.yaml")):
            self._dictionary("dsdur", path.name)

    def _pitch(self) -> None:
        config = self._config("dspitch")
        self._linguistic("dspitch", config)
        fed: Interface = {
            "encoder_out": (FLOAT, 3), "ph_dur": (INT, 2), "note_midi": (FLOAT, 2), "note_dur": (INT, 2),
            "pitch": (FLOAT, 2), "retake": (BOOL, 2),
        }  # fmt: skip
        fed |= {"note_rest": (BOOL, 2)} if config.get("use_note_rest") else {}
        fed |= {"expr": (FLOAT, 2)} if config.get("use_expr") else {}
        fed |= self._shared(config) | self._steps(config)
        self._model(f"dspitch/{config['pitch']}", fed, {"pitch_pred": (FLOAT, 2)})
        self._dictionary("dspitch", "dsdict.yaml", whole=True)

    def _variance(self, root: dict[str, Any]) -> None:
        config = self._config("dsvariance")
        self._linguistic("dsvariance", config)
        predicted = [name for name in VARIANCES if config[f"predict_{name}"]]
        needed = [name for name in VARIANCES if root.get(f"use_{name}_embed")]
        if not set(needed) <= set(predicted):
            self._say(f"the acoustic model needs {needed}, predicted are {predicted}")
        fed: Interface = {
            "encoder_out": (FLOAT, 3),
            "ph_dur": (INT, 2),
            "pitch": (FLOAT, 2),
            "retake": (BOOL, 3),
        }
        fed |= {name: (FLOAT, 2) for name in predicted}
        fed |= self._shared(config) | self._steps(config)
        given: Interface = {f"{name}_pred": (FLOAT, 2) for name in predicted}
        self._model(f"dsvariance/{config['variance']}", fed, given)
        self._dictionary("dsvariance", "dsdict.yaml", whole=True)

    def _dictionary(self, folder: str, name: str, whole: bool = False) -> None:
        content = yaml.safe_load((self.bank / folder / name).read_text(encoding="utf-8"))
        symbols = {each["symbol"]: each["type"] for each in content["symbols"]}
        table = self.tables[folder]
        if not set(symbols) <= set(table) or not {"SP", "AP"} <= set(symbols):
            self._say(f"{folder}/{name}: symbols that are no tokens, or no SP and AP")
        if whole and set(symbols) != set(table):
            self._say(f"{folder}/{name}: must list every token")
        graphemes = [entry["grapheme"] for entry in content["entries"]]
        if len(graphemes) != len(set(graphemes)):
            self._say(f"{folder}/{name}: words that come twice")
        used = {symbol for entry in content["entries"] for symbol in entry["phonemes"]}
        used |= {each["to"] for each in content.get("replacements", [])}
        if not used <= set(symbols):
            self._say(f"{folder}/{name}: {sorted(used - set(symbols))} are no symbols")
        for entry in content["entries"]:
            kinds = [symbols.get(symbol) for symbol in entry["phonemes"]]
            if kinds.count("vowel") != 1 and entry["phonemes"] != ["ja/cl"]:
                self._say(f"{folder}/{name}: {entry} has not one vowel")

    def _character(self) -> None:
        if "name=" not in (self.bank / "character.txt").read_text(encoding="utf-8"):
            self._say("character.txt does not name the singer")
        content = yaml.safe_load((self.bank / "character.yaml").read_text(encoding="utf-8"))
        if (content["singer_type"], content["text_file_encoding"]) != ("diffsinger", "utf-8"):
            self._say("character.yaml: singer_type or encoding")
        suffixes = [each["suffix"] for each in content["subbanks"]]
        for folder, speakers in self.speakers.items():
            if speakers != suffixes:
                self._say(f"{folder}: speakers {speakers}, subbanks {suffixes}")
        for each in content["subbanks"]:
            if (
                set(each) != {"color", "prefix", "suffix", "tone_ranges"}
                or each["prefix"]
                or not each["tone_ranges"]
            ):
                self._say(f"subbank {each}")
        for key in ("image", "portrait"):
            if (self.bank / content[key]).read_bytes()[:8] != b"\x89PNG\r\n\x1a\n":
                self._say(f"{key} is no PNG")
