"""The fairseq plug-in: tasks, models and criteria of the vocoder and the acoustic model.

Loaded by ``fairseq-train --user-dir``; import it in no other way, for fairseq registers each name once.
"""

from . import acoustic, vocoder  # noqa: F401 - registration is this package's purpose; fairseq renames it
