"""One vocabulary: the plain word of the field for each thing, in names, docstrings and on pages.

`BANNED` says which words are not used, and what is said instead. `LITERAL` holds the places where
such a word means what it says. The words there are stand on the page `glossary.rst`.
"""

import ast
import collections
import io
import os
import re
import tokenize

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

#: word -> what is said instead
BANNED = {
    r'rooms?|homeless': "package, module",
    r'doors?': "the only importer, the interface",
    r'exchanges?|exchanged': "request and answer",
    r'victims?': "hostile requests",
    r'desks?': "protocol, application",
    r'affairs?': "what something is for",
    r'houses?': "service_defaults",
    r'bad days?': "faults",
    r'walks?|walked|walking|walker': "pass, read, follow; recent_items",
    r'homes?': "the server, the module",
    r'cohorts?': "page_mates",
    r'siev(?:e|es|ing)': "content_stream",
    r'aftermath': "lookup",
    r'choosing|chooser': "defaults",
    r'netsettings|netfaults': "settings, faults",
    r'journals?': "request_log",
    r'shadows?': "copies",
    r'tells? (?:\w+ )?apart|told apart': "distinguish",
}
#: Classes that SDK and emulator each have, two readings of one idea.
IN_BOTH_HALVES = {'AttrDef', 'Catalogue', 'Ref', 'TypeDef'}
#: Phrases in which such a word means what it says.
LITERAL = ('XDG CONFIG HOME',)
WORD = re.compile(r'\b(?:{0})\b'.format('|'.join(BANNED)), re.I)


def read(path):
    """Return the text of a file."""
    with open(os.path.join(ROOT, path), encoding='utf-8') as source:
        return source.read()


def files(top, *endings):
    """Return the paths of files below a folder, from the root of the repository."""
    found = []
    for folder, _, names in os.walk(os.path.join(ROOT, top)):
        found += [os.path.join(folder, name) for name in names if name.endswith(endings)]
    return sorted(os.path.relpath(path, ROOT) for path in found)


def words_of(name):
    """Return a name as words: `RowCohort` and `row_cohort` as `Row Cohort`, `row cohort`."""
    return re.sub(r'(?<=[a-z0-9])(?=[A-Z])|_', ' ', name)


def texts_of(path, source):
    """Yield what a Python file says: its path, names it defines, docstrings and comments."""
    yield words_of(os.path.splitext(path)[0].replace(os.sep, ' '))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield words_of(node.name)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield ast.get_docstring(node) or ''
        elif isinstance(node, ast.arg):
            yield words_of(node.arg)
        elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            yield words_of(node.id if isinstance(node, ast.Name) else node.attr)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def found_in(path, texts):
    """Return (path, words around it) of each banned word in texts that is not meant literally."""
    found = []
    for text in texts:
        flat = ' '.join(text.split())
        for phrase in LITERAL:
            flat = flat.replace(phrase, '')
        found += [
            (path, flat[max(0, match.start() - 30) : match.end() + 30])
            for match in WORD.finditer(flat)
        ]
    return found


def pages():
    """Return the pages, the README and the notes of changes."""
    return [*files('doc/source', '.rst'), 'README.rst']


def code(*tops):
    """Return (path, its texts) of each Python file and stub below the folders but this file."""
    mine = os.path.relpath(os.path.abspath(__file__), ROOT)
    found = [path for top in tops for path in files(top, '.py', '.pyi') if path != mine]
    return [(path, list(texts_of(path, read(path)))) for path in found]


@pytest.mark.parametrize('top', ['pyral', 'tests', 'examples', 'doc'])
def test_code_says_it_in_plain_words(top):
    assert [one for path, texts in code(top) for one in found_in(path, texts)] == []


def test_pages_say_it_in_plain_words():
    assert [one for path in pages() for one in found_in(path, [words_of(read(path))])] == []


def test_each_module_says_first_what_it_is():
    silent = []
    for path in files('pyral', '.py'):
        docstring = ast.get_docstring(ast.parse(read(path))) or ''
        first = docstring.split('\n\n')[0].strip()
        if len(first.split()) < 4 or not first.endswith(('.', '?', ':')):
            silent.append(path)
    assert silent == []


def test_a_class_name_stands_for_one_idea():
    found = collections.defaultdict(set)
    for path in files('pyral', '.py'):
        for node in ast.parse(read(path)).body:
            if isinstance(node, ast.ClassDef):
                found[node.name].add(path)
            elif getattr(getattr(getattr(node, 'value', 0), 'func', 0), 'id', '') == 'namedtuple':
                found[node.targets[0].id].add(path)
    assert {name for name, paths in found.items() if len(paths) > 1} == IN_BOTH_HALVES


def test_each_literal_phrase_is_there():
    said = ' '.join(text for _, texts in code('pyral', 'tests') for text in texts)
    said += ' '.join(words_of(read(path)) for path in pages())
    assert [phrase for phrase in LITERAL if phrase not in ' '.join(said.split())] == []


@pytest.mark.parametrize(
    'source, count',
    [
        ('class RowCohort:\n    pass\n', 1),
        ('def front_door(journal):\n    "Open the\\n    door."\n', 3),
        ('x = 1  # tells them apart\n', 1),
        ('home = 1\nself.old_door, (walked, _) = 2, (3, 4)\n', 3),
        ("'The bedroom, a doorway, homely.'\n", 0),
    ],
)
def test_what_is_found(source, count):
    assert len(found_in('x.py', texts_of('x.py', source))) == count
