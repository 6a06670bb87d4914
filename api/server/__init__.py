"""The engine as a server: REST for tools, WebSocket for live shows. Needs the extra ``server``."""
