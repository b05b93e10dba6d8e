"""Sections as Linux tells them: snap, systemd, upstart or none of them."""
