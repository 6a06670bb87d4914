from __future__ import annotations

from pathlib import Path

import pytest

from bench.openutau_bank import make_bank
from bench.openutau_graphs import BankPlan
from singer.diffsinger.bank import Bank
from singer.diffsinger.bank_singer import bank_voice
from singer.voice import Voice
from voicebanks.openutau.open_bank import open_bank


class Banks:
    """Generated banks, each made once."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._made: dict[str, Bank] = {}

    def folder(self, plan: BankPlan) -> Path:
        return self._home / f"bank{abs(hash(repr(plan)))}"

    def __call__(self, plan: BankPlan | None = None) -> Bank:
        chosen = plan or BankPlan()
        key = repr(chosen)
        if key not in self._made:
            self._made[key] = open_bank(make_bank(self.folder(chosen), chosen))
        return self._made[key]


@pytest.fixture(scope="session")
def banks(tmp_path_factory: pytest.TempPathFactory) -> Banks:
    return Banks(tmp_path_factory.mktemp("banks"))


@pytest.fixture(scope="session")
def bank(banks: Banks) -> Bank:
    return banks()


@pytest.fixture(scope="session")
def imported(bank: Bank) -> Voice:
    return bank_voice(bank)
