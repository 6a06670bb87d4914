"""``WS /v1/stream``: singing as it is made, with marks on the audio's own clock. The protocol is docs/streaming.md."""
