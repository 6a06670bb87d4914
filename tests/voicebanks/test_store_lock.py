"""One change at a time: another process waits, and a folder that cannot be locked is told at once."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from singer.errors import OutputError, VoicebankError
from tests.voicebanks.bundles import bank_files, write_folder
from voicebanks.store import lock
from voicebanks.store.install import install
from voicebanks.store.lock import locked

HOLDER = """
import sys
from pathlib import Path
from voicebanks.store.lock import locked

with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_folder_that_another_process_holds(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(VoicebankError, match="another process") as caught, locked(tmp_path, wait_s=0.2):
            pass
        assert caught.value.code == "store_busy"
        holder.communicate("")
    with locked(tmp_path, wait_s=0.2):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="fcntl")
def test_a_folder_that_cannot_be_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unable(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", unable)
    with pytest.raises(OutputError, match="No locks available"):
        install(write_folder(tmp_path / "haru", bank_files()), tmp_path / "home")
    assert [path.name for path in (tmp_path / "home").iterdir()] == [lock.LOCK_NAME]
