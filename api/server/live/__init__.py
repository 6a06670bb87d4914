"""A live show: a queue of songs from a repertoire, sung one after the other on one clock. docs/live.md tells how to use it."""
