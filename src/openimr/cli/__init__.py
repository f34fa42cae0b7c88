"""Commands: what a person types; the only room that prints."""

from ._main import main

__all__ = ["main"]
