"""The promises of docs/reliability.md, each held by its test."""
