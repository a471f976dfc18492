"""Profile images: upload, ownership, and the picture of a user as bytes (section 10)."""

from __future__ import annotations

import base64
import struct
import zlib

import pytest

from tests.contract.small_world import path_of

pytestmark = pytest.mark.fact('10')

PICTURES = {
    'image/png': b'\x89PNG\r\n\x1a\n and so on',
    'image/jpeg': b'\xff\xd8\xff\xe0 and so on',
    'image/gif': b'GIF89a and so on',
    'image/webp': b'RIFF\0\0\0\0WEBP and so on',
}


def upload(api, data):
    content = base64.b64encode(data).decode('ascii')
    result = api.try_create('profileimage', {'Content': content})
    assert result['Errors'] == []
    return result['Object']


def picture_of(api, user, end='/25.sp'):
    return api.send('GET', '/slm/profile/image/{}{}'.format(user['ObjectID'], end))


def size_of(png):
    """Return the width and the height of a PNG, whose chunks must be sound."""
    assert png[:8] == b'\x89PNG\r\n\x1a\n'
    place, kinds, data = 8, [], b''
    while place < len(png):
        (length,) = struct.unpack('>I', png[place : place + 4])
        kind, content = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        (check,) = struct.unpack('>I', png[place + 8 + length : place + 12 + length])
        assert check == zlib.crc32(kind + content)
        kinds.append(kind)
        data += content if kind == b'IDAT' else b''
        place += 12 + length
    assert (kinds[0], kinds[-1]) == (b'IHDR', b'IEND')
    width, height = struct.unpack('>II', png[16:24])
    assert len(zlib.decompress(data)) == height * (width + 1)
    return width, height


@pytest.fixture
def me(api):
    return api.get('/user', fetch='true')


@pytest.mark.parametrize('kind', sorted(PICTURES))
def test_an_uploaded_image_becomes_the_picture_of_a_user(api, me, kind):
    image = upload(api, PICTURES[kind])
    updated = api.update(me, ProfileImage=image['_ref'])
    assert updated['ProfileImage']['_ref'] == image['_ref']
    assert base64.b64decode(api.read(image)['Content']) == PICTURES[kind]
    for end in ('/25.sp', '/200.sp', '/80', ''):
        answer = picture_of(api, me, end)
        assert (answer.status_code, answer.content) == (200, PICTURES[kind])
        assert answer.headers['Content-Type'] == kind


def test_a_file_that_is_no_image_is_nothing_for_a_browser_to_show(api, me):
    api.update(me, ProfileImage=upload(api, b'<script>alert(1)</script>')['_ref'])
    answer = picture_of(api, me)
    assert answer.headers['Content-Type'] == 'application/octet-stream'
    assert answer.headers['Content-Disposition'] == 'attachment'
    assert answer.headers['X-Content-Type-Options'] == 'nosniff'


@pytest.mark.parametrize(
    ('end', 'size'),
    [('/1.sp', 1), ('/25.sp', 25), ('/43', 43), ('/0.sp', 1), ('/9999.sp', 400), ('', 80)],
)
def test_a_user_without_an_image_has_a_plain_picture_of_the_size_asked_for(api, me, end, size):
    answer = picture_of(api, me, end)
    assert answer.headers['Content-Type'] == 'image/png'
    assert size_of(answer.content) == (size, size)


def test_the_picture_is_plain_again_without_the_image(api, me):
    image = upload(api, PICTURES['image/png'])
    api.update(me, ProfileImage=image['_ref'])
    api.update(me, ProfileImage=None)
    assert size_of(picture_of(api, me).content) == (25, 25)
    api.update(me, ProfileImage=image['_ref'])
    assert api.delete(image)['Errors'] == []
    assert size_of(picture_of(api, me).content) == (25, 25)


def test_everybody_sees_pictures_and_only_the_owner_takes_one_away(api, as_editor, as_viewer):
    ed = as_editor.get('/user', fetch='true')
    image = upload(as_editor, PICTURES['image/gif'])
    assert as_editor.try_update(ed, {'ProfileImage': image['_ref']})['Errors'] == []
    assert picture_of(as_viewer, ed).content == PICTURES['image/gif']
    assert as_viewer.delete(image)['Errors'] != []
    assert as_viewer.try_update(ed, {'ProfileImage': None})['Errors'] != []
    assert picture_of(api, ed).content == PICTURES['image/gif']
    assert as_editor.delete(image)['Errors'] == []


def test_a_user_is_named_by_uuid_too(api, me):
    answer = api.send('GET', '/slm/profile/image/{}/25.sp'.format(me['ObjectUUID']))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    'path', ['1/25.sp', 'x/25.sp', '{user}/x.sp', '{user}/-1.sp', '{user}/99999.sp', '{project}/25']
)
def test_what_is_no_picture_is_a_plain_404(api, me, path):
    known = {'user': me['ObjectID'], 'project': api.project['ObjectID']}
    answer = api.send('GET', '/slm/profile/image/' + path.format(**known))
    assert answer.status_code == 404 and 'html' in answer.headers['Content-Type']


def test_a_picture_needs_a_login_and_is_only_read(api, me, emulator):
    path = '{}/slm/profile/image/{}/25.sp'.format(emulator.url, me['ObjectID'])
    assert api.session.get(path, headers={'ZSESSIONID': None}).status_code == 401
    assert api.session.post(path).status_code == 405
    assert api.session.head(path).headers['Content-Type'] == 'image/png'


def test_an_image_needs_content_and_no_query_finds_it(api):
    assert api.try_create('profileimage', {})['Errors']
    assert api.try_create('profileimage', {'Content': '***'})['Errors']
    assert api.get('/profileimage')['Errors']
    assert path_of(upload(api, b'x')).startswith('/profileimage/')
