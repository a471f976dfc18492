"""The former name of the pytest plugin: `pytest_plugins = ['pyral.emulator.pytest_plugin']`.

`pyral.pytest_plugin` is loaded by itself where pyral is installed; naming this module gives the
same fixtures, also where plugins are not loaded by themselves.
"""

from __future__ import annotations

from typing import Any

from .. import pytest_plugin

__all__ = pytest_plugin.__all__

#: A hook of pytest: naming this module registers that one.
pytest_plugin_registered = pytest_plugin.ENTRY_POINT.pytest_plugin_registered


def __getattr__(name: str) -> Any:
    """Hand on a fixture to who imports it; pytest must not find one that is in another plugin."""
    if name in pytest_plugin.__all__:
        return getattr(pytest_plugin, name)
    raise AttributeError(name)
