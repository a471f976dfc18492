"""Settings of the documentation build."""
import os

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
    'page_width': '1040px',
    'sidebar_width': '240px',
}
exclude_patterns = []
nitpicky = False
