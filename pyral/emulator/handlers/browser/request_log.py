"""The live page of the request log and of the faults in force, at `/emulator/log`.

It renews itself by the `Refresh` header when its reader chooses so; no script is needed. Requests
for it are no part of the log.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Sequence
from urllib.parse import quote

from .page import PRIVATE, ROOT, address, plain_page

if TYPE_CHECKING:
    from ...envelope import Document
    from ...request import Params

__all__ = ['request_log_page']

#: How often the page may renew itself, in seconds; 0 is never.
INTERVALS = (0, 1, 2, 5, 10)
PAGE_SIZE = 100
#: What a query shows as it was written.
READABLE = ' ()=<>!"\'/:,.*@{}[]|'
LONGEST_FILTER = 200
ALWAYS = -1


def request_log_page(
    here: str,
    params: Params,
    entries: Iterable[Mapping[str, Any]],
    kept: int,
    count: int,
    faults: Sequence[Mapping[str, Any]],
) -> Document:
    """Return the page.

    :param params: `every` seconds, `find` for a part of an address or a user, `failed` alone,
        `pages` for those of the browser too, and `before` a number of a request.
    :param entries: the requests that are kept, as the control API shows them, the latest first;
        no more of them are taken than the page needs.
    :param kept: how many they are.
    :param count: how many came.
    :param faults: as the control API shows them.
    """
    every = whole(params.get('every', ''))
    every = every if every in INTERVALS else 0
    wanted = params.get('find', '').strip()[:LONGEST_FILTER]
    failed, pages = (params.get(name, '') != '' for name in ('failed', 'pages'))
    before = whole(params.get('before', ''))
    told = (
        row_of(entry)
        for entry in entries
        if (pages or not is_page(entry['path'])) and (not before or entry['number'] < before)
    )
    shown = list(islice((row for row in told if fits(row, wanted, failed)), PAGE_SIZE + 1))
    ticked = {'failed': 'on' if failed else '', 'pages': 'on' if pages else ''}
    asked = {'every': str(every or ''), 'find': wanted, **ticked}
    older = shown[PAGE_SIZE - 1]['number'] if len(shown) > PAGE_SIZE else None
    here = here.rstrip('/')
    document = plain_page(
        'log.html',
        here,
        title="Requests",
        rows=shown[:PAGE_SIZE],
        count=count,
        kept=kept,
        faults=[fault_of(fault) for fault in faults],
        every=every,
        intervals=[
            (seconds, address(here, {**asked, 'every': str(seconds or '')}.items()))
            for seconds in INTERVALS
        ],
        find=wanted,
        failed=failed,
        pages=pages,
        newest=address(here, asked.items()) if before else None,
        older=None if older is None else address(here, {**asked, 'before': str(older)}.items()),
        headers=PRIVATE,
    )
    if every and not before:
        document.headers['Refresh'] = str(every)
    return document


def whole(text: str) -> int:
    """Return a number of a parameter; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def is_page(path: str) -> bool:
    """Say whether a request was for a page of the browser: whoever watches a script asks those."""
    return path == '/' or (path.lower() + '/').startswith(ROOT + '/')


def row_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request as a line of the page."""
    query = '&'.join(
        f'{name}={quote(str(value), safe=READABLE, errors="replace")}'
        for name, value in entry['params'].items()
    )
    problem = entry['errors'] or entry['fault'] or entry['status'] >= 400
    return {
        **entry,
        'query': query,
        'problem': bool(problem),
        'time': entry['at'][11:23],
        'rows': entry['items'],
    }


def fits(row: Mapping[str, Any], wanted: str, failed: bool) -> bool:
    """Say whether a request is one of those that were asked for."""
    if failed and not row['problem']:
        return False
    told = f"{row['method']} {row['path']}?{row['query']} {row['status']} {row['user'] or ''}"
    return wanted.lower() in told.lower()


def fault_of(fault: Mapping[str, Any]) -> dict[str, Any]:
    """Return a fault as a line of the page: what it does, to what, and how often it still will."""
    left = fault['count']
    times = "every time" if left == ALWAYS else f"{left} more" if left else "used up"
    details = []
    if fault['kind'] == 'status':
        details.append(str(fault['status']))
    if fault['delay_ms']:
        details.append(f"{fault['delay_ms']:g} ms")
    if fault['skip']:
        details.append(f"after {fault['skip']} more")
    if fault['probability'] < 1:
        details.append(f"{fault['probability']:.0%} of them")
    return {
        'kind': fault['kind'],
        'details': ", ".join(details),
        'method': fault['method'] or "any",
        'path': fault['path'] or "any",
        'left': times,
        'used_up': left == 0,
        'struck': fault['struck'],
    }
