"""The scripts of `doc/`, as modules: some are named as what other packages are."""

import importlib.util
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DOC = os.path.join(ROOT, 'doc')


def load(name):
    """Return the script `doc/<name>.py` as a module, which may import those beside it."""
    spec = importlib.util.spec_from_file_location(f'{name}_page', os.path.join(DOC, f'{name}.py'))
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, DOC)
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(DOC)
    return module
