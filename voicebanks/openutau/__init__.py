"""Banks made for OpenUtau's DiffSinger, from a folder on disk to checked values: ``open_bank`` is the way in."""
