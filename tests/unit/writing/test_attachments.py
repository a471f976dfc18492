# coding: utf-8
"""What is attached is handed out whole, or not at all; each damage is told."""
from __future__ import absolute_import, division, print_function, unicode_literals

import base64
import io
import json
import os
import random

import pytest

from pyral import Rally, RallyResponseError, RallyRESTAPIError
from pyral._compat import ensure_native
from tests.fake_http import FakeHTTP, FakeRally, Reply, result

BASE = 'https://rally.test/slm/webservice/v2.0/'
DATA = bytes(bytearray(range(250))) * 5 + b'!'
TEXT = base64.b64encode(DATA).decode('ascii')


class Files(object):
    """A service with one attachment of a defect.

    :param content: the `AttachmentContent`, or the bytes of its answer.
    :param attachment: changes of the attachment.
    """

    def __init__(self, content, **attachment):
        self.content, self.others = content, FakeRally()
        self.attachment = dict({
            '_ref': BASE + 'attachment/7', '_type': 'Attachment', 'ObjectID': 7, 'Name': 'a.bin',
            'Size': len(DATA), 'Content': {'_ref': BASE + 'attachmentcontent/8'},
            'Artifact': {'_ref': BASE + 'defect/5', '_type': 'Defect'}}, **attachment)

    def __call__(self, seen):
        path = seen.path.partition('/v2.0/')[2].lower()
        if path == 'defect/5/attachments':
            return result([self.attachment])
        if path == 'attachment/7':
            return {'Attachment': dict(self.attachment, Errors=[], Warnings=[])}
        if path.startswith('attachmentcontent/') and seen.method == 'GET':
            return self.content if isinstance(self.content, Reply) else Reply(
                json.dumps({'AttachmentContent': self.content}))
        if seen.method == 'PUT':
            kind, oid = ('AttachmentContent', 18) if 'content' in path else ('Attachment', 17)
            return {'CreateResult': {'Errors': [], 'Warnings': [], 'Object': {
                '_ref': BASE + '{0}/{1}'.format(kind.lower(), oid), '_type': kind,
                'ObjectID': oid, 'Name': 'a.bin'}}}
        return self.others(seen)

    def rally(self):
        return Rally('rally.test', apikey='_key', adapter=FakeHTTP(self))


def content(value=TEXT, **more):
    return dict({'_ref': BASE + 'attachmentcontent/8', '_type': 'AttachmentContent',
                 'ObjectID': 8, 'Content': value, 'Errors': [], 'Warnings': []}, **more)


def without(name):
    found = content()
    del found[name]
    return found


HEAD = b'{"AttachmentContent": {"Errors": [], '
BROKEN = [
    ('cut by a quantum', content(TEXT[:-4])),
    ('cut in a quantum', content(TEXT[:-3])),
    ('half of it', content(TEXT[:len(TEXT) // 2])),
    ('empty', content('')),
    ('none', content(None)),
    ('not there', without('Content')),
    ('a number', content(5)),
    ('a list', content([TEXT])),
    ('an object', content({'_ref': 'x'})),
    ('true', content(True)),
    ('twice as long', content(TEXT[:-4] + TEXT)),
    ('a sign of no base64', content('*' + TEXT[1:])),
    ('signs of no base64 between', content(TEXT[:8] + '....' + TEXT[8:])),
    ('signs that decoders pass over', content(TEXT[:9] + '-_' + TEXT[9:])),
    ('letters that are none', content(TEXT[:8] + '\u00e4\u00f6' + TEXT[10:])),
    ('padding in the middle', content('QQ==' + TEXT[4:])),
    ('text behind the padding', content(base64.b64encode(DATA + b'1').decode('ascii') + 'QUJD')),
    ('too much padding', content(TEXT + '====')),
    ('no padding', content(base64.b64encode(DATA + b'1').decode('ascii').rstrip('='))),
    ('another size', content(base64.b64encode(DATA + b'more').decode('ascii'))),
    ('of another attachment', content(_ref=BASE + 'attachmentcontent/9', ObjectID=9)),
    ('of another type', content(_ref=BASE + 'attachment/8', _type='Attachment')),
    ('another ObjectID', content(ObjectID=9)),
    ('content of what is inside', Reply(
        HEAD + b'"x": {"Content": "' + TEXT.encode('ascii') + b'"}, "Content": null}}')),
    ('content two times', Reply(
        HEAD + b'"Content": "' + TEXT.encode('ascii') + b'", "Content": "QUJD"}}')),
    ('refused', Reply(json.dumps({'OperationResult': {'Errors': ['gone'], 'Warnings': []}}))),
    ('a page', Reply('<html>busy</html>')),
    ('half an answer', Reply(json.dumps({'AttachmentContent': content()})[:600])),
    ('another envelope', Reply(json.dumps(result([content()])).replace('attachmentcontent', 'x'))),
]
ASK = [
    lambda rally, folder: rally.getAttachment('defect/5', 'a.bin'),
    lambda rally, folder: rally.getAttachments('defect/5'),
    lambda rally, folder: rally.saveAttachments('defect/5', folder),
    lambda rally, folder: rally.saveAttachment('attachment/7', folder),
]


@pytest.mark.parametrize('body', [row[1] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_no_damage_is_handed_out(body, tmpdir):
    rally = Files(body).rally()
    for ask in ASK:
        with pytest.raises((RallyRESTAPIError, RallyResponseError)) as caught:
            ask(rally, str(tmpdir))
        assert not isinstance(body, dict) or body.get('Content', None) is not None or (
            'has no content' in caught.value.args[0])
    assert tmpdir.listdir() == []


FINE = [
    content(), content(TEXT[:76] + '\r\n' + TEXT[76:] + '\n'), {'Content': TEXT, 'Errors': []},
    content(ObjectID=8.0), content(_ref='attachmentcontent/8'),
]


@pytest.mark.parametrize('body', FINE, ids=[str(place) for place in range(len(FINE))])
@pytest.mark.parametrize('size', [len(DATA), float(len(DATA)), None, 'many', -1, True])
def test_what_is_whole_is_handed_out(body, size, tmpdir):
    rally = Files(body, Size=size).rally()
    assert rally.getAttachment('defect/5', 'a.bin').Content == DATA
    path = rally.saveAttachment('attachment/7', str(tmpdir))
    with io.open(path, 'rb') as saved:
        assert saved.read() == DATA


def test_an_attachment_of_another_item_is_told():
    for item in ('defect/6', 'task/6'):
        rally = Files(content(), Artifact={'_ref': BASE + item}).rally()
        with pytest.raises(RallyResponseError) as caught:
            rally.getAttachments('defect/5')
        assert item in caught.value.args[0]


@pytest.mark.parametrize('body, is_same', [
    (content(), True), (content(None), False), (content(TEXT[:-4]), False), (content('*'), False)])
def test_a_file_is_attached_again_where_the_one_there_is_damaged(body, is_same, tmpdir):
    path = os.path.join(str(tmpdir), 'a.bin')
    with io.open(path, 'wb') as target:
        target.write(DATA)
    made = Files(body).rally().addAttachment('defect/5', ensure_native(path), None)
    assert made.oid == (7 if is_same else 17)


def test_random_damage_is_told_or_makes_no_difference():
    seed = random.randrange(1 << 30)
    dice = random.Random(seed)
    for _ in range(60):
        text = list(TEXT)
        for _ in range(dice.randrange(1, 3)):
            place, act = dice.randrange(len(text)), dice.randrange(3)
            if act == 0:
                text.pop(place)
            else:
                text[place:place + act - 1] = dice.choice(list('\n =*-_\u00e4') + ['=='])
        rally = Files(content(''.join(text))).rally()
        try:
            found = rally.getAttachment('defect/5', 'a.bin').Content
        except RallyRESTAPIError:
            continue
        assert found == DATA, (seed, ''.join(text))
