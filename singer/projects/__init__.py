"""Project files of other singing editors, read and written (``docs/formats.md``)."""
