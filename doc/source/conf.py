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

extensions = ['sphinx.ext.autodoc', 'sphinx_copybutton']
html_theme = 'furo'
html_title = 'pyral ' + release
html_static_path = ['_static']
html_css_files = ['custom.css']
html_theme_options = {'navigation_with_keys': True, 'top_of_page_buttons': []}
html_show_sourcelink = html_copy_source = False
# `Rally.get` above a description, `get` in the contents of a page.
add_module_names = False
toc_object_entries_show_parents = 'hide'
python_maximum_signature_line_length = 80
copybutton_prompt_text = r'>>> |\.\.\. |\$ '
copybutton_prompt_is_regexp = True
copybutton_remove_prompts = True
# Names in roles are those of the package: :meth:`Rally.get`, :exc:`NotFoundError`.
rst_prolog = '.. py:currentmodule:: pyral\n'
html_search_scorer = os.path.join(os.path.dirname(__file__), '..', 'scorer.js')
exclude_patterns = []
nitpicky = False

#: `name` of a docstring, which is code here, and an indented block, which is code too.
_CODE = re.compile(r'(?<![`:\w])`([^`\n]+)`(?!`)(?=(\w?))')

_NAME = re.compile(r'[A-Za-z][\w.]+$')


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
        # Guides are one folder above the reference, whose pages show the docstrings.
        text = line.replace(':doc:`', ':doc:`/') if inside != 'code' else line
        done.append(line if inside == 'code' else _CODE.sub(_literal, text))
    lines[:] = done


def _literal(match):
    name = match.group(1).strip()
    end = '\\ ' if match.group(2) else ''
    # A name that is described somewhere becomes a link, any other stays a literal.
    return (':py:obj:`{0}`{1}' if _NAME.match(name) else '``{0}``{1}').format(name, end)
