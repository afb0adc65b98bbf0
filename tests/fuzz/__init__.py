"""Hostile inputs by the thousand for whatever reads files and commands of others; `python -m tests.fuzz --help`."""
