"""The cost of a page: the emulator against a bare reader of the same rows, in turn in one run.

    python -m tests.benchmarks.bench_emulator_page [--rounds N] [--defects N] [--json]

The bare reader is the least that can be done: one SELECT by sqlite3, the documents read and the
same answer written by `json`, with no query language, no rights, no counts and no HTTP. The
emulator answers over HTTP, and what its client costs to read the bytes is counted as its own.
Both must give the same answer, so neither can do less work than it says.
"""

from __future__ import annotations

import argparse
import gc
import http.client
import json
import os
import sqlite3
import sys
import tempfile
import time
from urllib.parse import quote

from pyral.emulator import Emulator

PAGE = 2000
#: What the emulator may cost at most, in times of the bare reader.
GOAL = 3.0
#: Six fields each: values of the row alone, and with references that need a second look.
FETCHES = {
    'six values': ('FormattedID', 'Name', 'State', 'Severity', 'Priority', 'PlanEstimate'),
    'four values, two references': ('FormattedID', 'Name', 'State', 'Severity', 'Owner', 'Project'),
}
API = {'_rallyAPIMajor': '2', '_rallyAPIMinor': '0'}


def world(defects):
    """Return a world with defects that have an owner and values in the fields that are read."""
    people = ['p{}'.format(number) for number in range(20)]
    users = [
        {
            'id': 'ann',
            'UserName': 'ann@example.com',
            'password': 'ann-Secret1',
            'apiKey': '_annKey0001',
            'SubscriptionAdmin': True,
            'profile': {'DefaultWorkspace': '@main', 'DefaultProject': '@team'},
        }
    ]
    users += [{'id': name, 'UserName': name + '@example.com', 'FirstName': name} for name in people]
    return {
        'users': users,
        'workspaces': [
            {
                'id': 'main',
                'Name': 'Main',
                'projects': [{'id': 'team', 'Name': 'Team A'}],
                'objects': [
                    {
                        'type': 'Defect',
                        'repeat': defects,
                        'Name': 'Finding {n}',
                        'Project': '@team',
                        'Owner': {'cycle': ['@' + name for name in people]},
                        'PlanEstimate': 3,
                        'Description': '<p>Seen twice this week.</p>',
                        'Severity': {'cycle': ['Major Problem', 'Minor Problem']},
                        'State': {'cycle': ['Submitted', 'Open', 'Fixed']},
                        'Priority': 'Normal',
                    }
                ],
            }
        ],
    }


class BareReader:
    """Reads a page with nothing but sqlite3 and json.

    :param path: the database file.
    :param base: what references begin with.
    :param fields: names of the attributes, as in `fetch`.
    """

    def __init__(self, path, base, fields):
        self._base = base
        self._connection = sqlite3.connect(path)
        self._fields = sorted(fields)

    def page(self):
        """Return the answer's bytes."""
        found = self._connection.execute(
            "SELECT oid, uuid, version, name, formatted_id, project, doc FROM objects"
            " WHERE type = 'Defect' AND recycled = 0 ORDER BY oid LIMIT ?",
            (PAGE,),
        ).fetchall()
        (total,) = self._connection.execute(
            "SELECT count(*) FROM objects WHERE type = 'Defect' AND recycled = 0"
        ).fetchone()
        owners, heads = self._read_references() if 'Owner' in self._fields else ({}, {})
        rows = [self._row(row, owners, heads) for row in found]
        return json.dumps(
            {
                'QueryResult': {
                    **API,
                    'Errors': [],
                    'Warnings': [],
                    'TotalResultCount': total,
                    'StartIndex': 1,
                    'PageSize': PAGE,
                    'Results': rows,
                }
            },
            ensure_ascii=False,
        ).encode('utf-8')

    def _read_references(self):
        owners = dict(
            self._connection.execute(
                "SELECT source, target FROM links WHERE attr = 'Owner' AND source IN"
                " (SELECT oid FROM objects WHERE type = 'Defect' AND recycled = 0"
                " ORDER BY oid LIMIT ?)",
                (PAGE,),
            )
        )
        heads = {}
        for oid, kind, uuid, name, text in self._connection.execute(
            "SELECT oid, type, uuid, name, doc FROM objects WHERE type IN ('User', 'Project')"
        ):
            heads[oid] = {
                **API,
                '_ref': '{}/{}/{}'.format(self._base, kind.lower(), oid),
                '_refObjectUUID': uuid,
                '_refObjectName': name,
            }
            if kind == 'Project':
                # The names of a fetch open what bears attributes of these names.
                heads[oid].update(Name=name, Owner=None, State=json.loads(text)['State'])
            heads[oid]['_type'] = kind
        return owners, heads

    def _row(self, row, owners, heads):
        oid, uuid, version, name, formatted_id, project, text = row
        doc = json.loads(text)
        shown = {
            **API,
            '_ref': '{}/defect/{}'.format(self._base, oid),
            '_refObjectUUID': uuid,
            '_objectVersion': str(version),
            '_refObjectName': name,
        }
        own = {
            'FormattedID': formatted_id,
            'Name': name,
            'Owner': heads.get(owners.get(oid)),
            'Project': heads.get(project),
        }
        for field in self._fields:
            shown[field] = own[field] if field in own else doc.get(field)
        if 'PlanEstimate' in shown:
            shown['PlanEstimate'] = float(shown['PlanEstimate'])
        shown['_type'] = 'Defect'
        return shown


def emulated(emulator, fields):
    """Return a function that asks the emulator for the page."""
    connection = http.client.HTTPConnection(emulator.server)
    path = '/slm/webservice/v2.0/defect?pagesize={}&fetch={}'.format(PAGE, quote(','.join(fields)))

    def page():
        connection.request('GET', path, headers={'ZSESSIONID': emulator.apikey})
        return connection.getresponse().read()

    return page


def best(read, rounds):
    """Return the least CPU seconds of some rounds: what else the machine does is not counted."""
    spent = []
    for _ in range(rounds):
        gc.collect()
        started = time.process_time()
        read()
        spent.append(time.process_time() - started)
    return min(spent)


def measure(rounds, defects):
    """Return one record for each list of fields."""
    records = []
    with tempfile.TemporaryDirectory() as folder:
        path, source = os.path.join(folder, 'page.db'), os.path.join(folder, 'world.json')
        with open(source, 'w', encoding='utf-8') as target:
            json.dump(world(defects), target)
        emulator = Emulator(world=source, db=path).start()
        base = emulator.url + '/slm/webservice/v2.0'
        try:
            for title, fields in FETCHES.items():
                ours, bare = emulated(emulator, fields), BareReader(path, base, fields).page
                if json.loads(ours()) != json.loads(bare()):
                    raise AssertionError("the two pages differ: " + title)
                floor, cost = best(bare, rounds), best(ours, rounds)
                records.append(
                    {
                        'fields': title,
                        'emulator_ms': round(cost * 1e3, 2),
                        'bare_ms': round(floor * 1e3, 2),
                        'ratio': round(cost / floor, 2),
                        'goal': GOAL,
                    }
                )
        finally:
            emulator.stop()
    return records


def main(arguments):
    """Measure, print, and return 1 where the goal is missed."""
    parser = argparse.ArgumentParser(prog='bench_emulator_page')
    parser.add_argument('--rounds', type=int, default=15)
    parser.add_argument('--defects', type=int, default=PAGE)
    parser.add_argument('--json', action='store_true', help="one line of JSON instead of a table")
    options = parser.parse_args(arguments)
    records = measure(options.rounds, options.defects)
    if options.json:
        print(json.dumps(records))
    else:
        for record in records:
            print(
                'a page of {} defects, {fields}: emulator {emulator_ms} ms, sqlite3 + json '
                '{bare_ms} ms of CPU, ratio {ratio} (goal {goal})'.format(PAGE, **record)
            )
    return 0 if all(record['ratio'] <= GOAL for record in records) else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
