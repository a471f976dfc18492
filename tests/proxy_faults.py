"""What a proxy can do to the bytes of an answer: functions of the answer and of a number.

The `SPOILERS` leave no doubt what the answer was, or break it so that nobody can take it for one:
a client must end with the truth or with an error. The `LIES` change what it says, as faulty memory
or a meddling gateway does; a client cannot know, but must fail in its own words where it fails.
"""
from __future__ import absolute_import, division, print_function

import json
import random
import re
import zlib

from tests.peers import last

LENGTH = re.compile(br'(?i)\r\ncontent-length: *(\d+)')
GAP = b'\r\n\r\n'

_STRANGE_HEADS = (
    b'SSH-2.0-nonsense\r\n', b'\x00\xff\r\n', b'HTTP/1.1 abc\r\n\r\n', b'HTTP/9.9 200 OK\r\n',
    b'HTTP/1.1 200 OK\r\n' + b'X: y\r\n' * 300, b'HTTP/1.1 200 OK\r\nX: ' + b'y' * 70000 + b'\r\n',
    b'HTTP/1.1 200 OK\r\n no colon\r\n\xff\xfe: x\r\n')
_STRANGE_LENGTHS = (b'-5', b'abc', b'1, 2', b'', b'\xb2', b'99999999', b'9' * 30, b'9' * 5000)
#: Values that no attribute of the service has.
_STRANGE_VALUES = (
    None, 5, -1, 'x', '', [], {}, True, 1e999, [None], {'_ref': 5}, {'_type': 5, '_ref': []},
    'null', 'http://thief.invalid/slm/webservice/v2.0/user/7', 10 ** 40, u'\xe4', [1, 'x'], 3.5)


def _parts(answer):
    head, _, body = answer.partition(GAP)
    return head, body


def _with_length(head, length):
    return LENGTH.sub(b'\r\nContent-Length: ' + str(length).encode('ascii'), head)


def _chunked(answer, dice):
    head, body = _parts(answer)
    pieces, at = [LENGTH.sub(b'\r\nTransfer-Encoding: chunked', head) + GAP], 0
    while at < len(body):
        piece = body[at:at + dice.randrange(1, 3000)]
        pieces += [('%x' % len(piece)).encode('ascii'), b'\r\n', piece, b'\r\n']
        at += len(piece)
    return b''.join(pieces + [b'0\r\n\r\n'])


def _zipped(answer, dice):
    head, body = _parts(answer)
    if b'ontent-encoding' not in head.lower():
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        body = packer.compress(body) + packer.flush()
        head += b'\r\nContent-Encoding: gzip'
    return _with_length(head, len(body)) + GAP + body



def _cut_zipped(answer, dice):
    head, body = _parts(_zipped(answer, dice))
    body = body[:dice.randrange(max(1, len(body)))]
    return _with_length(head, len(body)) + GAP + body


def _cut_chunked(answer, dice):
    chunked = _chunked(answer, dice)
    start = chunked.index(GAP)
    return chunked[:dice.randrange(start, len(chunked) - 5)]


def _wrong_encoding(answer, dice):
    head, body = _parts(answer)
    named = dice.choice([b'gzip', b'deflate', b'br', b'gzip, deflate'])
    return head + b'\r\nContent-Encoding: ' + named + GAP + body


def _wrong_length(answer, dice):
    head, body = _parts(answer)
    length = dice.choice(_STRANGE_LENGTHS)
    return LENGTH.sub(lambda found: b'\r\nContent-Length: ' + length, head) + GAP + body


def plain(answer):
    """Return an answer with its body as it was before it was compressed."""
    head, body = _parts(answer)
    if re.search(br'(?i)\r\ncontent-encoding: *gzip', head):
        try:
            body = zlib.decompress(body, 47)
        except zlib.error:
            return answer
        head = re.sub(br'(?i)\r\ncontent-encoding: *gzip', b'', head)
    return _with_length(head, len(body)) + GAP + body


def _no_total(answer, dice):
    """Make the total of a page none, or smaller than its rows.

    Where rows are missing already, nobody could see it without the total.
    """
    head, body = _parts(plain(answer))
    try:
        document = json.loads(body.decode('utf-8'))
        page = document['QueryResult']
        left = max(0, page['TotalResultCount'] - page['StartIndex'] + 1)
        rows = len(page['Results'])
        if page['Errors'] or rows != min(left, page['PageSize']):
            return answer
    except (ValueError, KeyError, TypeError):
        return answer
    total = dice.choice([None, 'many', -1, [], 1e999, True, 'gone'] + [0, 0] * bool(rows))
    page['TotalResultCount'] = total
    if total == 'gone':
        del page['TotalResultCount']
    body = json.dumps(document).replace('Infinity', '1e999').encode('utf-8')
    return _with_length(head, len(body)) + GAP + body


#: kind -> function, and whether the connection stays.
SPOILERS = {
    'no-total': (_no_total, True),
    'cut-head': (lambda answer, dice: answer[:dice.randrange(answer.index(GAP) + 1)], False),
    'cut-chunked': (_cut_chunked, False),
    'cut-zipped': (_cut_zipped, False),
    'chunked': (_chunked, True),
    'zipped': (_zipped, True),
    'wrong-encoding': (_wrong_encoding, False),
    'wrong-length': (_wrong_length, False),
    'strange-head': (lambda answer, dice: dice.choice(_STRANGE_HEADS) + answer, False),
    'answer-twice': (lambda answer, dice: answer + answer, True),
    'tail': (lambda answer, dice: answer + b'\x00\xffHTTP' * dice.randrange(1, 20), True),
    'continue': (lambda answer, dice: b'HTTP/1.1 100 Continue\r\n\r\n' + answer, True),
}


def _flip(answer, dice):
    changed = bytearray(answer)
    changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _span(answer, dice):
    start = dice.randrange(len(answer))
    return start, start + dice.randrange(1, 200)


def _garbage(answer, dice):
    start, end = _span(answer, dice)
    noise = bytearray(dice.randrange(256) for _ in answer[start:end])
    return answer[:start] + bytes(noise) + answer[end:]


def _dropped(answer, dice):
    start, end = _span(answer, dice)
    return answer[:start] + answer[end:]


def _doubled(answer, dice):
    start, end = _span(answer, dice)
    return answer[:end] + answer[start:]


def _other_status(answer, dice):
    status = dice.choice(['204 x', '300 x', '304 x', '400 x', '403 x', '404 x', '409 x', '500 x',
                          '502 x', '599 x', '999 x'])
    return ('HTTP/1.1 ' + status).encode('ascii') + b'\r\n' + answer.partition(b'\r\n')[2]


def _strange_values(answer, dice):
    """Put a strange value at some place of the JSON, or take a key away."""
    head, body = _parts(answer)
    try:
        document = json.loads(body.decode('utf-8'))
    except ValueError:
        return answer
    node, depth = document, dice.randrange(1, 7)
    while True:
        if not isinstance(node, (dict, list)) or not node:
            return answer
        key = dice.choice(sorted(node)) if isinstance(node, dict) else dice.randrange(len(node))
        depth -= 1
        if depth <= 0 or not isinstance(node[key], (dict, list)) or not node[key]:
            break
        node = node[key]
    if dice.random() < 0.2:
        del node[key]
    else:
        node[key] = dice.choice(_STRANGE_VALUES)
    body = json.dumps(document).replace('Infinity', '1e999').encode('utf-8')
    return _with_length(head, len(body)) + GAP + body


#: kind -> function; the connection ends after each.
LIES = {'flip': _flip, 'garbage': _garbage, 'dropped': _dropped, 'doubled': _doubled,
        'other-status': _other_status, 'strange-values': _strange_values}


def spoilt(kind, answer, share):
    """Return the bytes that a kind of fault makes of an answer, and whether the connection stays.

    :param share: from 0 to 1, decides everything random
    """
    if GAP not in answer:  # the server broke off itself
        return answer, False
    dice = random.Random(share)
    change, stays = SPOILERS[kind] if kind in SPOILERS else (LIES[kind], False)
    return change(answer if stays else last(answer), dice), stays
