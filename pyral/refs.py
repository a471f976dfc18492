"""References (`_ref`, ObjectID): split, parse, compare and print every form of them.

Pure text work; it never asks the network and never decides whether a reference exists.
"""
from __future__ import absolute_import, division, print_function

import re
from collections import namedtuple

from pyral._compat import (
    Mapping,
    binary_type,
    ensure_native,
    ensure_text,
    integer_types,
    string_types,
    text_type,
    unquote,
)
from pyral._scalars import plain_scalar

_TYPE = r'[A-Za-z_]\w*'
# ObjectIDs are numbers (some negative), permissions have composite ids, and a UUID may stand in.
_OID = (r'-?\d+|\d+u\d+[A-Za-z]\d*|[0-9a-fA-F]{32}'
        r'|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}')
_PATH = re.compile(
    r'^/?(?P<type>' + _TYPE + r'(?:/' + _TYPE + r')?)/(?P<oid>' + _OID + r')'
    r'(?:/(?P<collection>' + _TYPE + r'))?(?:\.js)?/?$')
_SERVICE_URL = re.compile(r'^[a-zA-Z][a-zA-Z0-9+.-]*://[^/]+(?:/[^?#]*?)?/webservice/[^/]+(?=/)')
_SERVICE_PATH = re.compile(r'^/slm/webservice/[^/]+(?=/)')
_BROWSER = re.compile(r'/detail/(?P<type>' + _TYPE + r'(?:/' + _TYPE + r')?)/(?P<oid>-?\d+)')
_IN_DETAIL = re.compile(
    r'[?&#]detail=/?(?P<type>' + _TYPE + r'(?:/' + _TYPE + r')?)/(?P<oid>-?\d+)')
#: A page of a project: its ObjectID, and letters for the scope.
_PROJECT_PAGE = re.compile(r'#/(?P<oid>\d+)[ud]*(?=[/?]|$)')
_BROWSER_TYPES = {
    'ar': 'artifact', 'us': 'hierarchicalrequirement', 'de': 'defect', 'ta': 'task',
    'tc': 'testcase', 'ts': 'testset', 'ds': 'defectsuite',
    'userstory': 'hierarchicalrequirement', 'story': 'hierarchicalrequirement',
}
#: No ObjectID is longer, and Python refuses to read numbers of thousands of digits.
_NUMBER = re.compile(r'^-?\d{1,40}$')
_WHOLE_OID = re.compile(r'(?:' + _OID + r')$')


class Ref(namedtuple('Ref', 'type_path oid collection')):
    """One reference: type path as written, ObjectID (int where numeric), collection or None.

        >>> Ref('defect', 12) == parse('https://rally1.rallydev.com/slm/webservice/v2.0/defect/12')
        True

    Two are equal where their type paths are, letter case aside: `feature/9` does not equal
    `PortfolioItem/Feature/9`, though `same` says that both denote one object. Equality must hold
    from one to the next, as a hash needs it, and the short name may belong to two types.
    """

    __slots__ = ()

    def __new__(cls, type_path, oid, collection=None):
        return super(Ref, cls).__new__(cls, ensure_native(type_path), _number(oid), collection)

    @property
    def short(self):
        """`defect/12`, or `Defect/12/Tags` for a collection: what goes into data and URLs.

            >>> Ref('Defect', 12, 'Tags').short
            'Defect/12/Tags'
        """
        text = '{0}/{1}'.format(self.type_path, self.oid)
        return text + '/' + self.collection if self.collection else text

    def _identity(self):
        collection = self.collection.lower() if self.collection else None
        return (self.type_path.lower(), self.oid, collection)

    def __eq__(self, other):
        if not isinstance(other, Ref):
            return NotImplemented
        return self._identity() == other._identity()

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(self._identity())

    def __str__(self):
        return self.short


def parse(value):
    """Return the `Ref` in `value`, or None where there is none.

        >>> parse('https://rally1.rallydev.com/#/7d/detail/defect/12')
        Ref(type_path='defect', oid=12, collection=None)

    :param value: text in any form (`defect/12`, `/defect/12`, a full URL with or without query,
        an address copied from the browser), a dict with `_ref`, a `Ref`, or anything with a
        `_ref` attribute
    """
    if value is None or isinstance(value, Ref):
        return value
    if isinstance(value, Mapping):
        return parse(value.get('_ref'))
    if isinstance(value, (text_type, binary_type)):
        return _parse_text(_stripped(value))
    return parse(getattr(value, '_ref', None))


def same(left, right):
    """Say whether both denote one object; `feature/9` equals `PortfolioItem/Feature/9`.

        >>> same('/feature/9', 'PortfolioItem/Feature/9')
        True
    """
    left, right = parse(left), parse(right)
    if left is None or right is None:
        return False
    if left.oid != right.oid or (left.collection or '').lower() != (right.collection or '').lower():
        return False
    mine, theirs = left.type_path.lower(), right.type_path.lower()
    if '/' in mine and '/' in theirs:
        return mine == theirs
    return mine.split('/')[-1] == theirs.split('/')[-1]


def is_reference(value):
    """Say whether a raw value points to one object (a collection carries a Count as well).

        >>> is_reference({'_ref': '/user/7'}), is_reference({'_ref': '/defect/1/Tags', 'Count': 2})
        (True, False)
    """
    return isinstance(value, dict) and 'Count' not in value and bool(value.get('_ref')) \
        and isinstance(value['_ref'], string_types)


def last_steps(address):
    """Return the last two steps of a reference or address, and before them all the rest.

        >>> last_steps('http://localhost/slm/webservice/v2.0/defect/12')
        ['http://localhost/slm/webservice/v2.0', 'defect', '12']

    It is what is cheap enough for every row of a page; `parse` looks closely.

    :returns: `[rest, type, id]`, or fewer where there are fewer steps.
    """
    return address.partition('?')[0].rstrip('/').rsplit('/', 2)


def key_of(ref):
    """Return what identifies the target of a reference on one server: `defect/1001`, or None.

        >>> key_of('http://localhost/slm/webservice/v2.0/Defect/1001')
        'defect/1001'

    Scheme, host and letter case of the type do not matter; only the last two steps do. It is not
    for the address of a collection: of `defect/1001/Tags` it returns `1001/Tags`.
    """
    if not ref or not isinstance(ref, string_types):
        return None
    steps = last_steps(ref)
    if len(steps) < 2:
        return None
    oid = steps[-1]
    return steps[-2].lower() + '/' + (oid[:-3] if oid.endswith('.js') else oid)


def short_of(ref):
    """Return the last two steps of a reference as they are written, None without a reference.

        >>> short_of('http://localhost/slm/webservice/v2.0/Defect/1001')
        'Defect/1001'

    It is not for the address of a collection: of `defect/1001/Tags` it returns `1001/Tags`.
    """
    return '/'.join(last_steps(ref)[-2:]) if ref else None


def base_url_of(ref):
    """Return scheme and host of a reference that is a full address, else None.

        >>> base_url_of('http://localhost:8010/slm/webservice/v2.0/defect/12')
        'http://localhost:8010'
    """
    steps = ref.split('/', 3) if ref and '://' in ref else ()
    return '/'.join(steps[:3]) if len(steps) > 3 else None


def is_oid(text):
    """Say whether a text is an ObjectID: a number, the composite id of a permission, a UUID.

        >>> is_oid('1001'), is_oid('DE7')
        (True, False)
    """
    return _WHOLE_OID.match(text) is not None


def oid_of(value):
    """Return the ObjectID in a reference, entity, number or digits: int, else text, else None.

        >>> oid_of('/defect/12'), oid_of('12'), oid_of('DE12')
        (12, 12, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, integer_types):
        return value
    if isinstance(value, (text_type, binary_type)):
        text = _stripped(value)
        if _NUMBER.match(text):
            return int(text)
    plain = plain_scalar(value)
    if plain is not value:
        return oid_of(plain)
    found = parse(value)
    return found.oid if found else None


def _parse_text(text):
    if not text or text == u'null':
        return None
    if u'://' in text and u'/webservice/' not in text:
        page = _parse_page(unquote(text))
        if page is not None:
            return page
    path = text.split(u'#')[0].split(u'?')[0]
    if u'://' in path:
        stripped = _SERVICE_URL.sub(u'', path)
        if stripped == path:
            return None
        path = unquote(stripped)
    else:
        path = _SERVICE_PATH.sub(u'', path)
    found = _PATH.match(path)
    if found is None:
        return None
    collection = found.group('collection')
    return Ref(found.group('type'), found.group('oid'),
               ensure_native(collection) if collection else None)


def _parse_page(url):
    """Return the `Ref` of the item, or else the project, that a page for people shows, or None."""
    item = _BROWSER.search(url) or _IN_DETAIL.search(url)
    if item is not None:
        type_path = item.group('type').lower()
        return Ref(_BROWSER_TYPES.get(type_path, type_path), item.group('oid'))
    project = _PROJECT_PAGE.search(url)
    return Ref('project', project.group('oid')) if project is not None else None


def reference_text(value):
    """Return the reference in an entity, `Ref`, dict or text, or None where there is none.

        >>> reference_text({'_ref': '/defect/12'})
        'defect/12'

    Text keeps the form it was given in, stripped, except for addresses copied from a browser or
    another server: those become the short form.
    """
    found = parse(value)
    if found is None:
        return None
    text = _stripped(value) if isinstance(value, (text_type, binary_type)) else None
    return found.short if text is None or u'://' in text else text


def _stripped(value):
    return ensure_text(value, errors='replace').strip()


def _number(oid):
    if isinstance(oid, (text_type, binary_type)):
        text = ensure_native(oid)
        return int(text) if _NUMBER.match(text) else text
    return oid


__all__ = ['Ref', 'base_url_of', 'is_oid', 'is_reference', 'key_of', 'last_steps', 'oid_of',
           'parse', 'reference_text', 'same', 'short_of']
