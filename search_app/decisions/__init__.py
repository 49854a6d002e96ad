"""Keeps what editors decide, and who may: one SQLite file of its own, of events that are only ever added."""
