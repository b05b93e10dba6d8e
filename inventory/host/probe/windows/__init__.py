"""Sections as Windows tells them: one PowerShell script each, which prints JSON."""
