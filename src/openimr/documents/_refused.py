"""Why the child process will not or cannot read a file."""

from __future__ import annotations


class Refused(Exception):
    """The file cannot be read; the message says what is wrong and what to do."""
