"""The machine and the software that a number was measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

PACKAGES = (
    "numpy", "onnxruntime", "soxr", "praat-parselmouth", "pyworld", "pesq", "pocketsphinx", "speechmos", "pypinyin",
    "ToJyutping", "pyopenjtalk-plus", "g2p-en", "OpenCC", "torch",
)  # fmt: skip
"""Packages whose version may move a number."""


def machine() -> dict[str, object]:
    """CPU model, cores, memory, system, Python, package versions and the load average when asked."""
    pages, page_bytes = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "memory_gib": round(pages * page_bytes / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "load_at_start": round(os.getloadavg()[0], 1),
    }


def cpu_model() -> str:
    """Name, family and model of the processor as the kernel tells it."""
    told: dict[str, str] = {}
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(":")
            told.setdefault(key.strip(), value.strip())
    except OSError:
        return platform.processor() or platform.machine()
    name = told.get("model name", platform.machine())
    return f"{name} (family {told.get('cpu family', '?')}, model {told.get('model', '?')})"


def commit() -> str:
    """Short hash of the checked-out commit, with ``+`` if engine files differ from it; "unknown" outside a
    checkout.
    """
    root = Path(__file__).parents[1]
    try:
        head = _git(root, "rev-parse", "--short", "HEAD")
        changed = _git(root, "status", "--porcelain", "--", "singer", "frontend_g2p", "voicebanks")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+" if changed else "")


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
