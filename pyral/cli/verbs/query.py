"""`pyral query`: what is wrong with a query, what is meant, and what the schema says of it."""
from __future__ import absolute_import, division, print_function

import json

from pyral._compat import ensure_native, ensure_text, fill, text_type
from pyral.cli.definitions import named_type
from pyral.cli.failures import DONE, FAILED, UsageError
from pyral.cli.formats import as_json
from pyral.cli.options import add_type
from pyral.cli.parser import LOOKS_LIKE_QUERY

__all__ = ['add', 'run']


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('query', run, "Check a query and say what it means.", (
        "Prints the conditions as a tree with what the schema says of each, the text that is sent, "
        "and the corrected text where something is wrong. No item is read. Exit code 1 where the "
        "query would be refused."), examples=[
        ("what is wrong here?", "pyral query Defect 'Sate == Open && Owner = mei@example.com'"),
        ("the same for a program", "pyral query Defect 'Sate = Open' -o json"),
    ])
    add_type(parser)
    parser.add_argument('text', metavar='TEXT', help="the query; - for the standard input")
    parser.add_argument('-o', '--format', choices=('table', 'json', 'jsonl'), metavar='FORMAT',
                        help="table or json; by default a table on a terminal, jsonl elsewhere")


def run(session):
    """Write what is found, and return 1 where the query would be refused."""
    options = session.options
    text = ensure_text(options.text, errors='replace')
    if text == u'-':
        text = u' '.join(session.input_text().split(u'\n')).strip()
    format_name = session.format()
    if LOOKS_LIKE_QUERY.search(options.type):
        raise UsageError(fill(u"'{0}' is no type", options.type),
                         u"Usage: pyral query TYPE TEXT: the type stands first.")
    type_def = named_type(session.rally.contextHelper.catalogue(), options.type)
    found = session.rally.lint_query(ensure_native(type_def.TypePath), text, values=True)
    if format_name == 'table':
        session.write_line(text_type(found))
    elif format_name == 'json':
        session.write_line(json.dumps(found.to_dict(), indent=2, default=text_type))
    else:
        session.write_line(as_json(found.to_dict()))
    return FAILED if found.is_refused else DONE
