"""DiffSinger: songs as ``.ds`` segments, and the chain of models of a bank made for OpenUtau. No files of banks here."""
