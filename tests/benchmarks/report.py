"""The results as text for the terminal and as a page for the documentation."""

from __future__ import annotations

import io
import os
import platform
import time

from tests.benchmarks.contenders import FLOORS, SCRIPTS

HERE = os.path.dirname(os.path.abspath(__file__))
COLUMNS = (
    '',
    'requests',
    'at once',
    'seconds',
    'CPU s',
    'peak MB',
    'times pyral 1.6.0',
    'times floor',
    'memory, times floor',
    'growth',
)


def rows(runs):
    """Return the cells of the runs of one job; ratios are of seconds, below 1 is quicker."""
    seconds = {run.contender: run.seconds for run in runs}
    memory = {run.contender: run.peak_mb for run in runs}
    floors = [name for name in ('floor-orjson', *FLOORS.values()) if seconds.get(name)]
    found = []
    for run in runs:
        label = SCRIPTS[run.contender][0]
        if run.problem is not None:
            found.append([label, 'failed: ' + run.problem] + [''] * (len(COLUMNS) - 2))
            continue
        like = FLOORS.get(run.contender, 'floor-orjson')
        like = like if like in floors else None
        found.append(
            [
                label,
                '{:,}'.format(run.requests),
                str(run.at_once),
                '{:.2f}'.format(run.seconds),
                '{:.2f}'.format(run.cpu_s),
                '{:.0f}'.format(run.peak_mb),
                ratio(run.seconds, seconds.get('released')),
                ratio(run.seconds, seconds.get(like)),
                ratio(run.peak_mb, memory.get(like)),
                '{:.2f}'.format(run.growth) if run.growth else '',
            ]
        )
    return found


def ratio(one, other):
    """Return one figure as a multiple of another, or a blank."""
    return '{:.3f}'.format(one / other) if other else ''


def text(title, runs):
    """Return the table of one job for a terminal."""
    table = [list(COLUMNS)] + rows(runs)
    widths = [
        max(len(row[place]) for row in table if not row[1].startswith('failed'))
        for place in range(len(COLUMNS))
    ]
    lines = ['', title]
    for row in table:
        if row[1].startswith('failed'):
            lines.append('  {}  {}'.format(row[0], row[1]))
        else:
            lines.append(
                '  '
                + '  '.join(
                    [row[0].ljust(widths[0])]
                    + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
                )
            )
    return '\n'.join(lines)


def import_lines(times):
    """Return the times of importing for a terminal."""
    return '\n'.join(
        ['import (the quickest of several processes)']
        + ['  {:<12} {:6.1f} ms'.format(name, seconds * 1000) for name, seconds in times]
    )


def goal_lines(judged):
    """Return the promises and whether they were kept, for a terminal."""
    return '\n'.join(
        ['', 'goals']
        + [
            '  {:<6} {}: {} ({})'.format(verdict, what, measured, bound)
            for what, bound, measured, verdict in judged
        ]
    )


def table(header, body):
    """Return a list-table of the documentation."""
    lines = ['.. list-table::', '   :header-rows: 1', '']
    for row in [header] + body:
        lines += [
            '   {} - {}'.format('*' if place == 0 else ' ', cell or '\\')
            for place, cell in enumerate(row)
        ]
    return '\n'.join(lines)


def write(path, times, results, judged=()):
    """Write the page of results: the text that stays, when and on what, and the tables.

    :param judged: what `goals.judged` says of them.
    """
    with io.open(os.path.join(HERE, 'page.rst'), encoding='utf-8') as source:
        parts = [source.read().rstrip(), '', 'Results', '-------', '', measured(), '']
    if judged:
        parts += ['**goals**', '', table(['', 'goal', 'measured', ''], judged), '']
    if times:
        parts += [
            '**import** (the quickest of several processes)',
            '',
            table(
                ['', 'milliseconds'],
                [[name, '{:.0f}'.format(seconds * 1000)] for name, seconds in times],
            ),
            '',
        ]
    for title, runs in results:
        parts += ['**{}**'.format(title), '', table(list(COLUMNS), rows(runs)), '']
    with io.open(path, 'w', encoding='utf-8') as target:
        target.write('\n'.join(parts).rstrip() + '\n')


def measured():
    """Return when and on what the figures were measured."""
    return (
        'Measured {} with Python {} on a virtual machine of {} cores ({}), server and client '
        'on it together, over HTTPS.'
    ).format(
        time.strftime('%Y-%m-%d'), platform.python_version(), os.cpu_count(), platform.system()
    )
