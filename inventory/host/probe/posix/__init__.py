"""Sections whose scripts, or what they print, are the same on Linux and macOS."""
