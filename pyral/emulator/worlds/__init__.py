"""Worlds: what a subscription holds, as plain data, and how it gets into a store.

`load` reads a world that ships (`demo`, `empty`) or a world file; `build` writes it into an empty
store. The format is described in the documentation and by `world.schema.json`.
"""

from __future__ import annotations

from .build import Login, build
from .errors import WorldError
from .format import World, load, of_document, parse

__all__ = ['Login', 'World', 'WorldError', 'build', 'load', 'of_document', 'parse']
