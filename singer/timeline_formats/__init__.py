"""Files that a song's timeline is written to, one module each; ``formats`` chooses among them (``docs/timeline.md``)."""
