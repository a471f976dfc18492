"""Replay of recorded answers: the requests of `recorded-shapes.json` sent to an emulator.

A replay makes what the recording needs, asks the same, and compares key sets, kinds of values and
constants. What it finds is a list of short sentences; which of them are meant is decided elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from email.utils import parsedate_to_datetime
from pathlib import Path

import requests

from tests.contract.small_world import BASE

RECORDED = json.loads(
    (Path(__file__).parent / 'recorded' / 'recorded-shapes.json').read_text('utf-8')
)
RECORDINGS = {one['id']: one for one in RECORDED['exchanges']}
TYPES = RECORDED['types']
#: Attributes that no source before a year knows: type -> name -> that year.
YOUNGER = json.loads((Path(__file__).parent / 'recorded' / 'younger.json').read_text('utf-8'))
#: Objects that a replay needs beside its own, made on first use.
SHARED = {
    'iteration': {'StartDate': '2026-04-01', 'EndDate': '2026-04-14', 'State': 'Planning'},
    'release': {
        'ReleaseStartDate': '2026-04-01',
        'ReleaseDate': '2026-04-30',
        'State': 'Planning',
    },
    'portfolioitem/feature': {},
    'milestone': {},
    'tag': {},
}
SHARED_PATHS = {path.rsplit('/', 1)[-1]: path for path in SHARED}

#: Headers that answers of one kind have and those of another have not.
OF_SOME_ANSWERS = (
    'ETag',
    'Pragma',
    'RallyRequestID',
    'WWW-Authenticate',
    'X-Content-Type-Options',
    'X-Frame-Options',
)

_DATE = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z')
_UUID = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')
_PLACE = re.compile(r'<[^<>]*>')
#: From this year on answers have `ObjectUUID`, `VersionId` and the keys that repeat them.
FIRST_WITH_VERSIONS = 2014
_VERSIONS = frozenset(('_refObjectUUID', '_objectVersion', 'ObjectUUID', 'VersionId'))


def kinds_of(value):
    """Return the kinds, in the words of the recordings, that a JSON value is one of."""
    if value is None:
        return {'null'}
    if isinstance(value, bool):
        return {'bool'}
    if isinstance(value, int):
        return {'int', 'number'}
    if isinstance(value, float):
        return {'float', 'number'}
    if isinstance(value, list):
        return (
            {'objects' if value and isinstance(value[0], dict) else 'strings'} if value else {'[]'}
        )
    if isinstance(value, dict):
        kind = 'collection' if 'Count' in value else 'ref' if '_ref' in value else 'object'
        return {kind if value else '{}'}
    found = {'string', 'rich text'} if value else {'empty'}
    if _DATE.fullmatch(value):
        found.add('date')
    if _UUID.fullmatch(value):
        found.add('uuid')
    if value.startswith('http'):
        found.add('url')
    return found


def fits(pattern, value):
    """Say whether a value is a recorded one, in which `<...>` stands for any text."""
    if isinstance(pattern, list) and isinstance(value, list):
        return len(pattern) == len(value) and all(map(fits, pattern, value))
    if isinstance(pattern, str) and '<' in pattern and isinstance(value, (str, int)):
        parts = (re.escape(part) for part in _PLACE.split(pattern))
        return re.fullmatch('.*'.join(parts), str(value), re.DOTALL) is not None
    return type(pattern) is type(value) and pattern == value


def form_of(ref, base):
    """Return an address as the recordings write it: its path, with ids replaced."""
    path = ref[len(base) :] if ref.startswith(base) else ref
    return re.sub(r'/-?\d+', '/<oid>', path)


class Replay:
    """Sends recorded requests to an emulator, as its administrator.

    :param emulator: a started emulator of the small world.
    """

    def __init__(self, emulator):
        self.emulator = emulator
        self.base = emulator.url + BASE
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount(emulator.url, emulator.adapter())
        user = self._read('/user', 'ObjectID,LastName')
        subscription = self._read('/subscription', 'ObjectID')
        self._words = {
            'base': self.base,
            'user': user['_ref'],
            'user.oid': user['ObjectID'],
            'user.LastName': user['LastName'],
            'subscription': subscription['_ref'],
            'subscription.oid': subscription['ObjectID'],
        }
        for name in ('workspace', 'project'):
            query = '(Name = "{}")'.format(getattr(emulator, name))
            (found,) = self._read('/' + name, 'ObjectID', query=query)['Results']
            self._words[name] = found['_ref']
            self._words[name + '.oid'] = found['ObjectID']

    def send(self, recording):
        """Do what goes before, send the request, and return the response and what was made."""
        replay = recording['replay']
        words = {
            **self._words,
            'text': 'recorded {}'.format(list(RECORDINGS).index(recording['id'])),
        }
        made = {}
        for step in replay.get('setup', ()):
            answer = self._ask(step, words)
            body = next(iter(answer.json().values()))
            assert body['Errors'] == [], (step, body)
            if 'as' in step:
                made[step['as']] = body['Object']
                words[step['as']] = body['Object']['ObjectID']
                words[step['as'] + '.ref'] = body['Object']['_ref']
        return self._ask(replay['request'], words, self._sign_in(replay.get('auth', 'key'))), made

    def _sign_in(self, way):
        secret = '{}:{}'.format(
            self.emulator.user, 'wrong' if way == 'wrong password' else self.emulator.password
        )
        if way in ('basic', 'wrong password'):
            return {'Authorization': 'Basic ' + b64encode(secret.encode()).decode()}
        return {} if way == 'none' else {'ZSESSIONID': self.emulator.apikey}

    def _ask(self, step, words, headers=None):
        # Each request stands for itself: with a session of its own no token is asked for.
        self.session.cookies.clear()
        path = self._filled(step['path'], words)
        body = step.get('body')
        return self.session.request(
            step['method'],
            (self.emulator.url if path.startswith('/slm/') else self.base) + path,
            params={
                key: self._filled(value, words) for key, value in step.get('query', {}).items()
            },
            data=None if body is None else json.dumps(self._filled(body, words)),
            headers=self._sign_in('key') if headers is None else headers,
        )

    def _read(self, path, fetch, **params):
        answer = self._ask({'method': 'GET', 'path': path, 'query': {'fetch': fetch, **params}}, {})
        return next(iter(answer.json().values()))

    def _filled(self, value, words):
        """Put what they stand for in the place of the words in braces."""
        if isinstance(value, dict):
            return {key: self._filled(one, words) for key, one in value.items()}
        if isinstance(value, list):
            return [self._filled(one, words) for one in value]
        if not isinstance(value, str):
            return value
        return re.sub(r'\{([\w.]+)\}', lambda found: str(self._word(found.group(1), words)), value)

    def _word(self, name, words):
        if name not in words and name.split('.')[0] in SHARED_PATHS:
            kind = name.split('.')[0]
            path = SHARED_PATHS[kind]
            body = {'Name': 'recorded ' + kind, **SHARED[path]}
            step = {'method': 'POST', 'path': f'/{path}/create', 'body': {kind: body}}
            answer = self._ask(step, {}).json()['CreateResult']
            assert answer['Errors'] == [], answer
            found = answer['Object']
            for place in (self._words, words):
                place[kind] = found['_ref']
                place[kind + '.oid'] = found['ObjectID']
                place[kind + '.Name'] = found['Name']
        return words[name]


class Comparison:
    """What differs between a recorded answer and one to the same request.

    :ivar found: one sentence for each difference.
    """

    def __init__(self, recording, answer, base):
        self.recording, self.answer = recording, answer
        self.replay = recording['replay']
        self.base = base
        self.found = []

    def run(self):
        """Compare everything and return the sentences."""
        if self.answer.status_code != self.recording['status']:
            self._differs('status', self.answer.status_code)
        self._headers()
        if 'html' in self.recording:
            self._page()
        else:
            is_json = self.answer.headers['Content-Type'].startswith('application/json')
            self._envelope(self.answer.json() if is_json else {'a page': {}})
        return self.found

    def _differs(self, where, what):
        self.found.append(f'{where}: {what}')

    def _page(self):
        text = self.answer.text
        html = self.recording['html']
        title = re.search('<title>(.*?)</title>', text, re.DOTALL)
        if title is None or not fits(html['title'], title.group(1)):
            self._differs('title', title and title.group(1))
        plain = ' '.join(re.sub('<[^>]*>', ' ', text).split())
        for part in ('heading', 'footer'):
            if html[part] not in text:
                self._differs(part, 'is not there')
        if re.search(re.escape(html['reason'].split('>', 1)[1].strip()[1:].strip()), plain) is None:
            self._differs('reason', plain)

    def _headers(self):
        recorded = self.recording.get('headers')
        if recorded is None:
            return
        shown = self.answer.headers
        for name, value in recorded.items():
            given = shown.get(name)
            if given is None:
                self._differs('header ' + name, 'is not there')
            elif name == 'ETag':
                if given != 'W/"0{}"'.format(hashlib.md5(self.answer.content).hexdigest()):
                    self._differs('header ETag', 'is not that of the body')
            elif value == '<now>':
                parsedate_to_datetime(given)
            elif not fits(value, given):
                self._differs('header ' + name, given)
        for name in OF_SOME_ANSWERS:
            if name in shown and name not in recorded:
                self._differs('header ' + name, 'is not recorded')

    def _envelope(self, document):
        recorded = self.recording['envelope']
        (key,) = document
        if key != recorded['key']:
            return self._differs('envelope', key)
        content = document[key]
        values = recorded.get('values') or {}
        if recorded['keys'] is not None:
            self._same_names('envelope', recorded['keys'], content)
        for name, value in values.items():
            if name in content and name not in self.replay.get('looseEnvelope', ()):
                if name == 'SecurityToken':
                    value = '<token>'
                if not fits(value, content[name]):
                    self._differs('envelope.' + name, content[name])
        for entry in content['Results'] if 'entryKeys' in recorded else ():
            self._same_names('entry', recorded['entryKeys'], entry)
        for shape in self.recording['objects']:
            self._objects(shape, content)

    def _objects(self, shape, content):
        rows = [content]
        for part in shape['at'].split('.') if shape['at'] else ():
            name = part[:-2] if part.endswith('[]') else part
            rows = [row[name] for row in rows if name in row]
            if part.endswith('[]'):
                rows = [one for row in rows if isinstance(row, list) for one in row]
        if shape['at'] == '':
            rows = [{k: v for k, v in content.items() if k not in ('Errors', 'Warnings')}]
        kind = shape['type']
        rows = [row for row in rows if fits(kind, row.get('_type', kind))]
        if not rows:
            return self._differs(kind, 'no such row')
        for row in rows:
            self._object(kind, shape['keys'], row)

    def _object(self, kind, recorded, row):
        names = {name for name in row if not name.startswith('c_')}
        if self.replay.get('mayAddHeader'):
            names = {name for name in names if name in recorded or not name.startswith('_')}
        for name in set(recorded) - names - {'Errors', 'Warnings'}:
            self._differs(f'{kind}.{name}', 'is not there')
        for name in names - set(recorded) - set(self.replay.get('mayAdd', ())):
            if not self._is_younger(kind, name):
                self._differs(f'{kind}.{name}', 'is not recorded')
        for name in names & set(recorded):
            self._value(f'{kind}.{name}', recorded[name], row[name])

    def _is_younger(self, kind, name):
        year = self.recording['year']
        if year < FIRST_WITH_VERSIONS and name in _VERSIONS:
            return True
        later = TYPES.get(kind, {}).get('attributes', {}).get(name, {}).get('years', ())
        return any(one > year for one in later) or YOUNGER.get(kind, {}).get(name, 0) > year

    def _value(self, where, shape, value):
        name = where.rsplit('.', 1)[-1]
        kinds = set(shape['kind'].split('|'))
        if 'edited' in kinds:
            return
        empty = value is None or value == '' or value == {}
        loose = name in self.replay.get('loose', ())
        if not (kinds & kinds_of(value) or (loose and (empty or kinds <= {'null', 'empty'}))):
            return self._differs(where, f'{json.dumps(value)[:60]} is no {shape["kind"]}')
        if 'const' in shape and not loose and not fits(shape['const'], value):
            self._differs(where, json.dumps(value))
        if isinstance(value, str) and 'ref' in shape and not self._same_form(shape, value):
            self._differs(where, form_of(value, self.base))
        if isinstance(value, dict) and '_ref' in value and 'keys' in shape:
            self._reference(where, shape, value)

    def _same_form(self, shape, ref):
        return fits(shape['ref'], form_of(ref, self.base))

    def _reference(self, where, shape, value):
        self._same_names(where, shape['keys'], value)
        if '_type' in shape['keys'] and not fits(shape['type'], value.get('_type')):
            self._differs(where + '._type', value.get('_type'))
        if 'ref' in shape and not self._same_form(shape, value['_ref']):
            self._differs(where, form_of(value['_ref'], self.base))
        if 'count' in shape and value['Count'] != shape['count']:
            self._differs(where + '.Count', value['Count'])
        for entry in value.get('_tagsNameArray', ()) if 'tags' in shape else ():
            self._same_names(where + '._tagsNameArray', shape['tags'], entry)
        for name, inner in shape.get('more', {}).items():
            if name in value:
                self._value(f'{where}.{name}', inner, value[name])

    def _same_names(self, where, recorded, row):
        names = {name for name in row if not name.startswith('c_')}
        if self.recording['year'] < FIRST_WITH_VERSIONS:
            names -= _VERSIONS - set(recorded)
        if self.replay.get('mayAddHeader'):
            names = {name for name in names if name in recorded or not name.startswith('_')}
        for name in sorted(set(recorded) - names):
            self._differs(f'{where}.{name}', 'is not there')
        for name in sorted(names - set(recorded)):
            if not self._is_younger(str(row.get('_type')), name):
                self._differs(f'{where}.{name}', 'is not recorded')
