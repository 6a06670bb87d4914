"""The phone inventory as a table for people, kept in ``docs/phones.md``.

After a change of ``data/phones.json`` print it with ``python -m frontend_g2p.phone_table`` and put it there.
"""

from __future__ import annotations

from frontend_g2p.inventory import INVENTORY

_HEAD = (
    "| phone | ASCII id | kind | place in the syllable | languages | sound |",
    "|---|---|---|---|---|---|",
)


def phone_table() -> str:
    """Markdown table of all phones, one a line, in the order of the inventory."""
    rows = [
        f"| `{info.symbol}` | `{info.ascii_id}` | {info.phone_class} | {' or '.join(info.roles) or 'none'} | "
        f"{' '.join(info.languages) or 'all'} | {info.description} |"
        for info in INVENTORY.values()
    ]
    return "\n".join((*_HEAD, *rows))


if __name__ == "__main__":
    import click

    click.echo(phone_table())
