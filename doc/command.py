"""Write the parts of the page `command.rst` that follow from the parser: verbs and options.

Run `python doc/command.py` after changing a verb or an option; a test says when the page is stale,
and so does `python doc/command.py --check`. The examples of the verbs in `RUN_BY_TESTS` are blocks
that the tests run on the demo world; those of the others are shown as they are, and run by
`tests/emulator/test_command_examples.py`.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from typing import Any, Iterator

from written_parts import page, wrapped

from pyral.cli.command import build_parser
from pyral.cli.parser import CONNECTION, EXIT_CODES
from pyral.cli.streams import TextSink

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(HERE, 'source', 'command.rst')

#: Verbs whose examples can be run on the demo world, again and again.
RUN_BY_TESTS = (
    'get',
    'show',
    'export',
    'types',
    'fields',
    'values',
    'users',
    'projects',
    'me',
    'open',
)
WIDTH = 100


def paragraph(text: str, indent: str = '') -> str:
    """Return a paragraph in lines that fit."""
    return '\n'.join(wrapped(text, WIDTH, indent))


def literal(text: str) -> str:
    """Return help text as the page writes it: what stands between quotes is code."""
    text = text.replace('*', '\\*').replace('|', '\\|').replace('`', '\\`')
    return re.sub(r"'([^']+)'", r'``\1``', text)


def sentence(text: str) -> str:
    """Return help text as a sentence."""
    return text[:1].upper() + text[1:] + ('' if text.endswith('.') else '.')


def options(actions: list[Any], formatter: argparse.HelpFormatter) -> Iterator[str]:
    """Yield the directive of each option, and a definition for each argument."""
    for action in actions:
        if action.help == argparse.SUPPRESS or '-h' in action.option_strings:
            continue
        text = sentence(literal(formatter._expand_help(action)))
        value = f' {action.metavar or action.dest.upper()}' if action.nargs != 0 else ''
        if action.option_strings:
            names = ', '.join(name + value for name in action.option_strings)
            yield f'.. option:: {names}\n\n{paragraph(text, "   ")}'
        else:
            yield f'``{action.metavar or action.dest}``\n{paragraph(text, "   ")}'


def usage(parser: Any) -> str:
    """Return the line of usage: what `-h` says first."""
    return parser.format_help().partition('\n')[0].partition(': ')[2]


def verb(name: str, parser: Any) -> str:
    """Return the section of a verb."""
    title = f'``pyral {name}``'
    formatter = argparse.HelpFormatter(parser.prog)
    blocks = [f'{title}\n{"^" * len(title)}', f'.. program:: pyral {name}']
    if not parser.passes_on:
        blocks.append(f'``{usage(parser)}``')
    for text in (parser.description or '').split('\n\n'):
        blocks.append(paragraph(literal(' '.join(text.split()))))
    blocks.extend(examples(name, parser.examples))
    for group in parser._action_groups:
        if group.title != CONNECTION:
            blocks.extend(options(group._group_actions, formatter))
    return '\n\n'.join(blocks)


def examples(name: str, pairs: list[tuple[str, str]]) -> Iterator[str]:
    """Yield the examples of a verb, as a block or as a list."""
    if name in RUN_BY_TESTS:
        lines = [part for what, line in pairs for part in (f'   # {what}', f'   {line}')]
        yield '.. code-block:: sh\n\n' + '\n'.join(lines)
    else:
        yield '\n'.join(f'* {sentence(what)[:-1]}: ``{line}``' for what, line in pairs)


def exit_codes() -> str:
    """Return the table of exit codes."""
    rows = re.findall(r'^  (\d+) +(.+)$', EXIT_CODES, re.M)
    lines = ['.. list-table::', '   :header-rows: 1', '', '   * - code', '     - means']
    for code, text in rows:
        lines += [f'   * - {code}', f'     - {text}']
    return '\n'.join(lines)


def parts() -> dict[str, str]:
    """Return {name: text} of all that this script writes."""
    parser = build_parser(TextSink(io.BytesIO()))
    group = next(each for each in parser._action_groups if each.title == CONNECTION)
    formatter = argparse.HelpFormatter(parser.prog)
    return {
        'verbs': '\n\n'.join(verb(name, each) for name, each in parser.verbs.items()),
        'connection': '.. program:: pyral\n\n'
        + '\n\n'.join(options(group._group_actions, formatter)),
        'exit codes': exit_codes(),
    }


def main(arguments: list[str]) -> int:
    """Write the page, or say with `--check` whether it is stale."""
    with open(PAGE, encoding='utf-8') as source:
        text = source.read()
    made = page(text, parts())
    if arguments == ['--check']:
        if made != text:
            print("doc/source/command.rst is stale; run: python doc/command.py")
        return int(made != text)
    with open(PAGE, 'w', encoding='utf-8') as target:
        target.write(made)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
