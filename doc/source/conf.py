"""Settings of the documentation build."""

import os
import re

project = 'pyral'
copyright = '2026, the pyral developers'
author = 'the pyral developers'

_names = {}
with open(os.path.join(os.path.dirname(__file__), '..', '..', 'pyral', '_version.py')) as _source:
    exec(_source.read(), _names)
release = version = _names['VERSION_TEXT']

extensions = ['sphinx.ext.autodoc']
html_theme = 'alabaster'
html_theme_options = {
    'description': 'The Python SDK for Rally, and the Rally that fits in a process',
    'page_width': '1300px',
    'body_max_width': '1000px',
    'sidebar_width': '240px',
    'code_font_size': '0.8em',
}
html_static_path = ['_static']
exclude_patterns = []
nitpicky = False

#: `name` of a docstring, which is code here, and an indented block, which is code too.
_CODE = re.compile(r'(?<![`:\w])`([^`\n]+)`(?!`)(?=(\w?))')


def setup(app):
    """Let autodoc read docstrings as they are written: for the eye, not for docutils."""
    app.connect('autodoc-process-docstring', _as_restructured_text)


def _as_restructured_text(app, what, name, obj, options, lines):
    done, inside = [], 'text'
    for line in lines:
        if line.strip() and not line[:4].isspace():
            inside = 'field' if line[:1] == ':' else 'text'
        elif line.strip() and inside == 'text' and done and not done[-1].strip():
            done += ['::', '']
            inside = 'code'
        done.append(line if inside == 'code' else _CODE.sub(_literal, line))
    lines[:] = done


def _literal(match):
    return '``{0}``{1}'.format(match.group(1).strip(), '\\ ' if match.group(2) else '')
