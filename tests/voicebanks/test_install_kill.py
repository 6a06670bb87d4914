"""A kill in mid-install, at any step that touches the disk, leaves the voice whole or not there; the next one tidies up."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.voicebanks.bundles import everything_in, own_files, write_zip
from voicebanks.store.install import Wish, install
from voicebanks.store.places import places_in
from voicebanks.store.verify import verify

ROOT = Path(__file__).parents[2]

KILLED = """
import os, signal, sys
from pathlib import Path
import voicebanks.load
from voicebanks.store.install import Wish, install
steps, last = 0, int(sys.argv[3])
def counted(step):
    def run(*arguments, **options):
        global steps
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*arguments, **options)
    return run
for name in ("mkdir", "rename", "fsync", "chmod", "unlink", "rmdir"):
    setattr(os, name, counted(getattr(os, name)))
install(Path(sys.argv[1]), Path(sys.argv[2]), wish=Wish(replace=True))
print(steps)
"""


def killed_at(step: int, source: Path, home: Path) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-c", KILLED, str(source), str(home), str(step)]
    return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def whole(home: Path) -> list[bytes]:
    """The manifests of the voices that are there, each of which must be whole."""
    places = places_in(home)
    assert all(verify(place).is_whole for place in places)
    return [(place.folder / "voicebank.json").read_bytes() for place in places]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("there_before", [False, True], ids=["new", "replaced"])
def test_a_kill_leaves_all_or_nothing(tmp_path: Path, there_before: bool) -> None:
    old, new = own_files(title="Old"), own_files(title="New")
    source = write_zip(tmp_path / "new.zip", new)
    write_zip(tmp_path / "old.zip", old)
    if there_before:
        install(tmp_path / "old.zip", tmp_path / "count")
    steps = int(killed_at(0, source, tmp_path / "count").stdout)
    assert steps > 10
    seen = set()
    for step in sorted({*range(1, steps, 3), *range(steps - 6, steps + 1)}):
        home = tmp_path / f"voices-{step}"
        if there_before:
            install(tmp_path / "old.zip", home)
        done = killed_at(step, source, home)
        assert done.returncode == -signal.SIGKILL, done.stderr
        found = whole(home)
        seen.update(found)
        assert found in ([], [new["voicebank.json"]], [old["voicebank.json"]])
        install(write_zip(tmp_path / "other.zip", own_files(name="other")), home)
        kept = [manifest for manifest in whole(home) if b'"other"' not in manifest]
        assert len(kept) == 1 if there_before or found else not kept
        assert not [path for path in everything_in(home) if path.startswith((".new", ".old"))]
        assert install(source, home, wish=Wish(replace=True)).folder.is_dir()
        assert new["voicebank.json"] in whole(home)
    assert new["voicebank.json"] in seen
