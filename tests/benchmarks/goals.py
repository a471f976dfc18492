"""What pyral promises about speed, as ratios in one run, and whether a run kept it."""

from __future__ import annotations

from collections import namedtuple

from tests.benchmarks.contenders import FORMS

#: One promise: what is measured, `least` or `most`, the bound, how a run is measured, and whether
#: it needs the sizes of the long form.
Goal = namedtuple('Goal', 'what kind bound measure is_long')
Goal.__new__.__defaults__ = (False,)


def requests(job):
    """Return what measures the requests of ours."""
    return lambda runs: runs[job]['ours'].requests


def ratio(value, *sides):
    """Return what measures one run as a multiple of another.

    :param value: `seconds`, `job_cpu_s` or `peak_mb`.
    :param sides: (job, contender) of the one and of the other.
    """

    def measure(runs):
        one, other = (getattr(runs[job][contender], value) for job, contender in sides)
        return one / other

    return measure


def growth(job, contender):
    """Return what measures the memory at the end of one run as a multiple of its beginning."""
    return lambda runs: runs[job][contender].growth


GOALS = (
    Goal("requests to connect", 'most', 1, requests('connect')),
    Goal(
        "requests to connect to a named workspace and project", 'most', 3, requests('connect-named')
    ),
    Goal(
        "first item, times a page of 1,000",
        'most',
        0.6,
        ratio('seconds', ('first', 'ours'), ('first', 'plain-orjson')),
    ),
    Goal(
        "stream with latency, times the floor",
        'most',
        1.1,
        ratio('seconds', ('stream-slow', 'ours'), ('stream-slow', 'floor-orjson')),
    ),
    Goal(
        "stream with latency, times 12 plain connections with pages of 1,000",
        'most',
        1.0,
        ratio('seconds', ('stream-slow', 'ours'), ('stream-slow', 'plain-orjson')),
    ),
    Goal(
        "stream with latency, times as fast as pyral 1.6.0",
        'least',
        1.5,
        ratio('seconds', ('stream-slow', 'released'), ('stream-slow', 'ours')),
    ),
    Goal(
        "hold, times the orjson floor",
        'most',
        2,
        ratio('seconds', ('hold', 'ours'), ('hold', 'floor-orjson')),
    ),
    Goal(
        "hold without orjson, times the json floor",
        'most',
        2,
        ratio('seconds', ('hold', 'ours-json'), ('hold', 'floor-json')),
    ),
    Goal(
        "hold, memory of plain dicts read by orjson",
        'most',
        1.3,
        ratio('peak_mb', ('hold', 'ours'), ('hold', 'floor-orjson')),
    ),
    Goal(
        "hold without orjson, memory of plain dicts read by json",
        'most',
        1.3,
        ratio('peak_mb', ('hold', 'ours-json'), ('hold', 'floor-json')),
    ),
    Goal("requests to read 400 defects, their tasks and owners", 'most', 12, requests('related')),
    Goal(
        "tasks and owners, times as fast as pyral 1.6.0",
        'least',
        50,
        ratio('seconds', ('related', 'released'), ('related', 'ours')),
    ),
    Goal(
        "creates in batches, times as fast as one by one",
        'least',
        10,
        ratio('seconds', ('create-single', 'ours'), ('create-batch', 'ours')),
    ),
    Goal(
        "stream 1,000,000, times the memory of 100,000",
        'most',
        1.2,
        ratio('peak_mb', ('million', 'ours'), ('tenth', 'ours')),
        True,
    ),
    *(
        Goal(
            '1,000,000 rows as {}, {}'.format(FORMS[form], what),
            'most',
            1.3,
            ratio(value, ('million-rows', 'rows-' + form), ('million-rows', 'rows-bare')),
            True,
        )
        for form in FORMS
        if form != 'bare'
        for what, value in (
            ('times the loop', 'seconds'),
            ('times the processor time of the loop', 'job_cpu_s'),
        )
    ),
    *(
        Goal(
            '1,000,000 rows as {}, memory of the last fifth, times that of the second'.format(
                FORMS[form]
            ),
            'most',
            1.2,
            growth('million-rows', 'rows-' + form),
            True,
        )
        for form in FORMS
        if form != 'bare'
    ),
)


def judged(runs, is_long=False):
    """Return [what, bound, measured, kept or missed] of the promises a run tells about.

    :param runs: {job: {contender: what it came to}}; jobs and contenders may be missing or failed.
    :param is_long: True for the sizes of the long form.
    """
    found = []
    for goal in GOALS:
        if goal.is_long and not is_long:
            continue
        try:
            measured = goal.measure(runs)
        except (KeyError, TypeError):
            continue  # not part of this run, or it failed, which its table says
        if measured is None:
            continue  # this system does not tell
        kept = measured <= goal.bound if goal.kind == 'most' else measured >= goal.bound
        shown = '{:d}' if isinstance(measured, int) else '{:.2f}'
        found.append(
            [
                goal.what,
                'at {} {}'.format(goal.kind, goal.bound),
                shown.format(measured),
                'kept' if kept else 'missed',
            ]
        )
    return found
