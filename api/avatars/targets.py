"""Avatar programs by their addresses: ``vmc://HOST:PORT`` and ``vts://HOST:PORT``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from api.avatars import vmc, vtube_studio
from api.avatars.bridge import AvatarError, Bridge
from api.avatars.mouth import Names

_PORTS = {"vmc": vmc.PORT, "vts": vtube_studio.PORT}


def bridge_to(target: str, names: Names, token_file: Path) -> Bridge:
    """The bridge to ``target``; it connects when it is first used.

    Args:
        target: an address; without a port, the one that the program has by itself.
        names: of the shapes that VMC is sent.
        token_file: where VTube Studio's permission is kept.

    Raises:
        AvatarError: ``target``, if it is no such address.
    """
    try:
        parts = urlsplit(target)
        kind, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        kind, host, port = "", None, None
    more = parts.path.strip("/") or parts.query or parts.fragment or parts.username if host else None
    if kind not in _PORTS or not host or more or port == 0:
        allowed = "vmc://HOST:PORT and vts://HOST:PORT, such as vmc://127.0.0.1:39539"
        raise AvatarError("target", f"found {target!r}; allowed are {allowed}", can_pass=False)
    if kind == "vmc":
        return vmc.VmcBridge(host, port or _PORTS[kind], names)
    return vtube_studio.VTubeStudioBridge(token_file, host, port or _PORTS[kind])


def bridges_to(targets: Sequence[str], names: Names, token_file: Path) -> tuple[Bridge, ...]:
    """A bridge to each of ``targets``, those that are named twice once; raises ``AvatarError``."""
    made = {bridge.address: bridge for bridge in (bridge_to(each, names, token_file) for each in targets)}
    return tuple(made.values())
