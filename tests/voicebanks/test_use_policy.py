"""What a voice may be used for is kept where a use is asked for."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from singer.errors import VoicebankError
from tests.voicebanks.bundles import bank_files, own_files, write_folder, write_zip
from voicebanks.design import Design, design_voice
from voicebanks.homes import Versioned
from voicebanks.load import VoiceFolder, find_voice, list_voices, open_folder
from voicebanks.openutau_export.export import export_bank
from voicebanks.store.install import Wish, install
from voicebanks.use_policy import UsePolicy, check_use, combined, policy_of


def voice(tmp_path: Path, policy: dict[str, Any] | None) -> VoiceFolder:
    entries = {} if policy is None else {"use_policy": policy}
    return open_folder(write_folder(tmp_path / "haru", own_files(**entries)))


def test_shipped_voices_may_be_used_for_anything_and_say_so() -> None:
    for shipped in list_voices():
        policy = policy_of(shipped)
        assert shipped.manifest.licence.spdx == "Apache-2.0"
        assert (policy.commercial, policy.attribution_required, policy.forbidden) == ("yes", False, ())
        check_use(shipped, ("commercial", "anything"))


@pytest.mark.parametrize(
    ("policy", "uses", "permitted", "reason"),
    [
        ({"commercial": "no"}, ["commercial"], True, "forbids commercial use"),
        ({"commercial": "with_permission"}, ["commercial"], False, "permission"),
        ({"forbidden": ["political"]}, ["education", "political"], False, "'political'"),
        ({"commercial": "no"}, [], False, ""),
        ({"commercial": "no"}, ["education"], False, ""),
        ({"commercial": "with_permission"}, ["commercial"], True, ""),
        ({"commercial": "unknown"}, ["commercial"], False, ""),
    ],
)
def test_a_use_is_refused_where_it_is_forbidden(
    tmp_path: Path, policy: dict[str, Any], uses: list[str], permitted: bool, reason: str
) -> None:
    asked = voice(tmp_path, policy)
    if not reason:
        check_use(asked, uses, permitted=permitted)
        return
    with pytest.raises(VoicebankError) as caught:
        check_use(asked, uses, permitted=permitted)
    assert caught.value.code == "use_forbidden"
    assert reason in caught.value.message
    assert "LICENSE" in caught.value.message


def test_a_designed_voice_is_bound_by_its_base(tmp_path: Path) -> None:
    strict = own_files(name="base")
    manifest = find_voice("builtin").manifest
    folder = write_folder(tmp_path / "base", strict)
    for role in ("encoder", "decoder", "vocoder"):
        (folder / f"{role}.onnx").write_bytes((find_voice("builtin").folder / f"{role}.onnx").read_bytes())
    told = manifest.model_copy(
        update={"name": "base", "use_policy": UsePolicy(commercial="no", attribution="Base, by me")}
    )
    (folder / "voicebank.json").write_text(told.model_dump_json(), encoding="utf-8")
    designed = design_voice(Design("mine", base="base"), tmp_path, search=[tmp_path])
    assert designed.manifest.use_policy == told.use_policy
    haru = open_folder(
        write_folder(
            tmp_path / "haru", own_files(base="base", use_policy={"commercial": "yes", "attribution": "Haru"})
        )
    )
    assert policy_of(haru).commercial == "no"
    assert policy_of(haru).attribution == "Haru; Base, by me"


def test_a_voice_that_says_nothing_has_its_bases_policy(tmp_path: Path) -> None:
    assert policy_of(voice(tmp_path, None)) == policy_of(find_voice("builtin"))


def test_a_policy_outlasts_the_way_through_a_bank_and_back(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    policy = {"commercial": "with_permission", "attribution": "Sung by Haru", "forbidden": ["political"]}
    home = tmp_path / "voices"
    picture = b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * 200_000 + b"</g>" * 200_000 + b"</svg>"
    portrait = {"path": "portrait.svg", "sha256": hashlib.sha256(picture).hexdigest(), "bytes": len(picture)}
    files = own_files(use_policy=policy, files={"portrait": portrait}) | {"portrait.svg": picture}
    own = install(write_folder(tmp_path / "download", files), home)
    export_bank(open_folder(own.folder), tmp_path / "bank.zip")
    install(tmp_path / "bank.zip", home, wish=Wish(name_as=Versioned("haru-bank", "3.0.0")))
    bank = find_voice("haru-bank", [home])
    assert bank.manifest.version_of_voice == "3.0.0"
    found = policy_of(bank)
    assert (found.commercial, found.attribution, found.forbidden) == (
        "with_permission", "Sung by Haru", ("political",)
    )  # fmt: skip
    with pytest.raises(VoicebankError, match="'political'"):
        check_use(bank, ["political"])
    readme = (bank.folder / "readme.txt").read_text(encoding="utf-8")
    assert "name the singer as: Sung by Haru" in readme
    assert "forbidden: political" in readme


@pytest.mark.parametrize("wrong", [b"{", b'{"commercial": "perhaps"}', b"[]", b"\xff"])
def test_a_policy_of_a_bank_that_cannot_be_read_is_named(tmp_path: Path, wrong: bytes) -> None:
    source = write_zip(tmp_path / "haru.zip", bank_files() | {"use-policy.json": wrong})
    with pytest.raises(VoicebankError, match=r"use-policy\.json"):
        install(source, tmp_path / "voices")


def test_two_policies_allow_what_both_allow() -> None:
    order = ["no", "with_permission", "unknown", "yes"]
    for first in order:
        for second in order:
            both = combined(UsePolicy(commercial=first), UsePolicy(commercial=second))  # type: ignore[arg-type]
            assert both.commercial == order[min(order.index(first), order.index(second))]
    both = combined(
        UsePolicy(forbidden=("a", "b")), UsePolicy(forbidden=("b", "c"), attribution_required=True)
    )
    assert (both.forbidden, both.attribution_required) == (("a", "b", "c"), True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"commercial": "maybe"},
        {"colour": 1},
        {"forbidden": ["Two Words"]},
        {"attribution": "a\nb"},
        {"notes": [""]},
    ],
)
def test_policies_that_break_a_rule_are_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(VoicebankError) as caught:
        voice(tmp_path, wrong)
    assert f"use_policy.{next(iter(wrong))}" in caught.value.message
