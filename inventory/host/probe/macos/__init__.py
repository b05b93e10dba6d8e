"""Sections as macOS tells them: launchd and pkgutil."""
