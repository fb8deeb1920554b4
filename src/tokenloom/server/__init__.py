"""The web door: an HTTP API over files that others write. Light: never imports torch."""
