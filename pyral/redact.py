"""Redaction: the one place that knows which secrets must never be shown and how to mask them.

A secret is known, or stands where one is to be expected: after `password=`, in a header, before the
@ of an address. Either is found however it was escaped on its way: in URLs (percent signs), JSON,
HTML, the `repr` of Python, or several of them. The work grows with the length of a text and no
faster: each pattern is bounded or is matched where the last one ended.
"""
from __future__ import absolute_import, division, print_function

import base64
import bisect
import functools
import logging
import re

from pyral._compat import (
    binary_type,
    ensure_native,
    ensure_text,
    forget_frames,
    quote,
    text_of,
    text_type,
    unquote,
)
from pyral._locks import ProcessLock

#: What stands where a secret stood.
MASK = '***'

#: Texts are read so many times: what was escaped in JSON, then in HTML, then in a URL is found.
_MOST_READINGS = 5
#: Shorter secrets are left to their places: they would shred every text.
_SHORTEST = 4
#: Characters that the escapes of one character take at most.
_LONGEST_ESCAPE = 12
_BYTES_OF_A_CHARACTER = 4
#: Tokens and cookies that a connection remembers.
_MOST_PASSING = 100

_ESCAPE = re.compile(
    u'%([0-9A-Fa-f]{2})'
    u'|\\\\u([dD][89abAB][0-9A-Fa-f]{2})\\\\u([dD][c-fC-F][0-9A-Fa-f]{2})'
    u'|\\\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))'
    u'|\\\\(["\'\\\\/bfnrtav])'
    u'|&#[xX]([0-9A-Fa-f]{1,8});?'
    u'|&#([0-9]{1,9});?'
    u'|&([A-Za-z][A-Za-z0-9]{1,7});')
_CONTROLS = {u'b': u'\b', u'f': u'\f', u'n': u'\n', u'r': u'\r', u't': u'\t', u'a': u'\a',
             u'v': u'\v'}
#: The first 256 characters, by number.
_CHARACTERS = bytearray(range(256)).decode('latin-1')
_ENTITIES = dict(zip(
    (u'quot amp lt gt apos num dollar percnt lpar rpar ast plus comma period sol colon semi equals '
     u'quest commat lsqb lbrack bsol rsqb rbrack Hat lowbar grave lcub lbrace verbar vert rcub '
     u'rbrace excl tilde dash euro Tab NewLine').split(),
    u'"&<>\'#$%()*+,./:;=?@[[\\]]^_`{{||}}!~-\u20ac\t\n'))
_ENTITIES.update(zip(
    (u'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg '
     u'plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest '
     u'Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute '
     u'Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml '
     u'Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc '
     u'euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash '
     u'ugrave uacute ucirc uuml yacute thorn yuml').split(), _CHARACTERS[160:]))

#: What stands between the name of a header and its value, in a request, a dict or a list of pairs.
_TO_VALUE = u'(?:["\'][\\s]{0,9}[:=,]|\\s{0,9}[:=])\\s{0,9}\\[?\\s{0,9}(?:[uUbB]?["\'])?'
#: A name whose value is a secret, up to where the value begins. The groups: a parameter (or a
#: variable), a value in quotes, a header that is one word, a header that is a line.
_NAME = re.compile(
    u'(?iu)(?:(?:(?<=[?&;])key|pass(?:word|wd|phrase)|api[_-]?key|[zj]?sessionid|security[_-]?token'
    u'|(?:access|refresh|auth|id)_token|client_secret)(?:(=)(?![ \\t\'"])'
    u'|["\']\\s{0,9}[:=]\\s{0,9}\\[?\\s{0,9}[uUbB]?(["\'])|=(["\'])'
    u'|(?<=sessionid)' + _TO_VALUE + u'())'
    u'|authorization' + _TO_VALUE + u'()|cookie2?' + _TO_VALUE + u'())')
#: Of which one is in each name: most texts have none, and need no search.
_WORDS = (u'key', u'pass', u'sessionid', u'token', u'client_secret', u'authorization', u'cookie')
#: What ends a word: blanks of other scripts, which people paste, may be within a secret.
_BLANKS = u' \\t\\r\\n\\f\\v'
#: What a value is, by the number of the group of `_NAME`.
_VALUES = tuple(re.compile(pattern) for pattern in (
    u'[^&#' + _BLANKS + u'\'"<>)]*',
    u'(?s)[^"\\\\]*(?:\\\\.[^"\\\\]*)*', u'(?s)[^\'\\\\]*(?:\\\\.[^\'\\\\]*)*',
    u'[^\'",;&<>' + _BLANKS + u']*',
    u'(?i)digest[^\\r\\n]*|(?:[A-Za-z]{1,20}[ \\t]{1,9})?[^\'",;<>' + _BLANKS + u']*',
    u'[^\'"\\r\\n<>]*'))
_OF_PARAMETER, _IN_DOUBLE, _IN_SINGLE, _OF_WORD, _OF_AUTHORIZATION, _OF_COOKIE = range(6)

#: Where an authority begins in an address, and what one without user and password is.
_AUTHORITY = re.compile(u'(?u)(?<=[A-Za-z0-9]:)//|(?<![^\\s\'"=(,<>;\\[])//')
_HOST_ALONE = re.compile(
    u'(?u)(?:[\\w.-]{0,255}|\\[[0-9A-Fa-f:.]{0,64}\\])(?::[0-9]{0,5})?'
    u'(?=[/?#\\s\'"<>(),;|{}\\\\\\[\\]]|$)')
_WORD = re.compile(u'[^' + _BLANKS + u'<>]*')
_SCHEME = re.compile(u'[A-Za-z][A-Za-z0-9+.-]{0,30}://')


class Secret(object):
    """Something that is not shown: its `repr` and its text are the mask, and it is not pickled.

        password = Secret(password)
        send(password.reveal())
    """

    __slots__ = ('_value',)

    def __init__(self, value):
        self._value = value.reveal() if isinstance(value, Secret) else value

    def reveal(self):
        """Return the value, for the one place that needs it."""
        return self._value

    def __bool__(self):
        return bool(self._value)

    __nonzero__ = __bool__

    def __eq__(self, other):
        return self._value == revealed(other)

    def __ne__(self, other):
        return not self == other

    __hash__ = None

    def __repr__(self):
        return MASK

    __str__ = __repr__

    def __reduce_ex__(self, protocol):
        raise TypeError("a secret is not pickled")


def revealed(value):
    """Return what a `Secret` holds, and anything else as it is."""
    return value.reveal() if isinstance(value, Secret) else value


def hides_frames(function):
    """Make a function raise its errors without the frames they came from, which hold secrets."""
    @functools.wraps(function)
    def kept(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except Exception as error:  # whatever it is, its frames are not shown
            problem = error
        del args, kwargs
        forget_frames(problem)
        raise problem

    return kept


def mask_url(url, limit=None):
    """Return a URL without user information and without the values of secret parameters."""
    return _WITHOUT_KNOWLEDGE.text(url, limit)


def mask_proxy(address):
    """Return the address of a proxy without user and password, whatever signs are in them."""
    if not address:
        return address
    before, sign, host = text_of(address).rpartition(u'@')
    if not sign:
        return mask_url(host)
    return before[:scheme_length(before)] + MASK + u'@' + mask_url(host)


def scheme_length(address):
    """Return the length of the scheme that an address begins with, the slashes included."""
    found = _SCHEME.match(address)
    return found.end() if found else 0


class ServiceURLFilter(logging.Filter):
    """Masks the token in log records of the HTTP library that show addresses of the service."""

    def filter(self, record):
        """Mask what is secret in what the record will show, and let it pass."""
        if isinstance(record.args, tuple):
            record.args = tuple(_masked_if_ours(each) for each in record.args)
        record.msg = _masked_if_ours(record.msg)
        return True


def _masked_if_ours(value):
    if not isinstance(value, (text_type, binary_type, BaseException)):
        return value
    text = text_of(value)
    if u'/slm/' not in text:
        return value
    masked = mask_url(text)
    return value if masked == text else ensure_native(masked, errors='replace')


class Redactor(object):
    """Replaces known secret values, and whatever stands at a secret's place, in any text."""

    def __init__(self, secrets=()):
        #: Secrets in all their forms: those that stay, and those of a session, the latest last.
        self._lasting, self._passing = Secret(()), Secret(())
        self._forms = Secret(())
        self._lock = ProcessLock()
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret, is_passing=False):
        """Mask `secret` from now on; text shorter than four characters is left to its place.

        :param is_passing: True for a token or cookie: of these the latest are remembered, for a
            service may give a new one with each answer.
        """
        forms = tuple(_forms_of(revealed(secret)))
        if not forms or forms in (self._passing if is_passing else self._lasting).reveal()[-1:]:
            return
        with self._lock:
            lasting, passing = self._lasting.reveal(), self._passing.reveal()
            if is_passing:
                passing = tuple(each for each in passing if each != forms)[1 - _MOST_PASSING:]
                self._passing = Secret(passing + (forms,))
            elif forms not in lasting:
                self._lasting = Secret(lasting + (forms,))
            self._forms = Secret(tuple(sorted(set(
                form for group in self._lasting.reveal() + self._passing.reveal()
                for form in group), key=len, reverse=True)))

    def learn_address(self, address):
        """Mask the user and password in the address of a proxy from now on."""
        for part in _user_information(address):
            self.learn(part)

    def text(self, value, limit=None):
        """Return `value` as text with every secret masked.

        :param limit: only so many characters are looked at; a secret that begins in them and goes
            beyond is masked whole.
        """
        if value is None:
            return None
        if limit is not None and isinstance(value, binary_type):
            value = value[:_BYTES_OF_A_CHARACTER * (limit + _reach(self._forms.reveal()))]
        return _masked(text_of(value), self._forms.reveal(), limit)

    def __repr__(self):
        return '<Redactor of {0} secrets>'.format(len(self._forms.reveal()))

    def __reduce__(self):
        # A pickle of anything that holds a redactor must not carry what it hides.
        return (Redactor, ())


def _masked(text, forms, limit):
    """Return a text with the mask in place of known secrets, and of what stands at their places."""
    end = len(text) if limit is None else min(limit, len(text))
    looked_at = text if end == len(text) else text[:end + _reach(forms)]
    shown, done = [], 0
    for start, stop in _spans(looked_at, forms):
        if start >= end and limit is not None:
            break
        if shown and start <= done:
            done = max(done, stop)
        else:
            shown += [text[done:start], MASK]
            done = stop
    shown.append(text[done:end])
    return u''.join(shown)


def _reach(forms):
    """Return how many characters more are looked at, so that no secret is cut in two."""
    return _LONGEST_ESCAPE * max([len(form) for form in forms] or [0])


def _spans(text, forms):
    """Return where secrets stand in a text, in order; they may overlap."""
    found, readings = [], []
    while True:
        for start, stop in _spans_as_read(text, forms):
            for reading in reversed(readings):
                start, stop = reading.source_of(start), reading.source_of(stop)
            found.append((start, stop))
        reading = _Reading(text) if len(readings) < _MOST_READINGS else None
        if reading is None or reading.text == text:
            return sorted(found)
        readings.append(reading)
        text = reading.text


def _spans_as_read(text, forms):
    for form in forms:
        for start in _places_of(form, text):
            yield start, start + len(form)
    lower = text.lower()
    if any(word in lower for word in _WORDS):
        for span in _values_in(text):
            yield span
    if u'@' in text and u'//' in text:
        for span in _user_informations_in(text):
            yield span


def _places_of(form, text):
    """Yield where a known secret begins in a text."""
    start = text.find(form)
    while start >= 0:
        yield start
        start = text.find(form, start + len(form))


def _values_in(text):
    """Yield where the values of secret parameters, keys and headers stand in a text."""
    found = _NAME.search(text)
    while found is not None:
        kind = found.lastindex - 1
        if kind in (1, 2):
            kind = _IN_DOUBLE if found.group(found.lastindex) == u'"' else _IN_SINGLE
        else:
            kind = (_OF_PARAMETER, None, None, _OF_WORD, _OF_AUTHORIZATION, _OF_COOKIE)[kind]
        value = _VALUES[kind].match(text, found.end())
        yield value.span()
        found = _NAME.search(text, value.end())


def _user_informations_in(text):
    """Yield where user and password stand in the addresses of a text."""
    word_end = last_at = -1
    found = _AUTHORITY.search(text)
    while found is not None:
        start = found.end()
        if start > word_end:
            word_end = _WORD.match(text, start).end()
            last_at = text.rfind(u'@', start, word_end)
        if last_at >= start and _HOST_ALONE.match(text, start) is None:
            yield start, last_at
        found = _AUTHORITY.search(text, start)


class _Reading(object):
    """A text with its escapes read once, and where each of its places is in the one before."""

    def __init__(self, text):
        parts, done, length, self._ends, self._sources = [], 0, 0, [], []
        for found in _ESCAPE.finditer(text) if _may_be_escaped(text) else ():
            sign = _read(found)
            if sign is None:
                continue
            parts += [text[done:found.start()], sign]
            length += found.start() - done + len(sign)
            done = found.end()
            self._ends.append(length)
            self._sources.append(done)
        self.text = u''.join(parts) + text[done:]

    def source_of(self, place):
        """Return where a place of the text is in the one that was read."""
        at = bisect.bisect_right(self._ends, place) - 1
        return place if at < 0 else self._sources[at] + place - self._ends[at]


def _may_be_escaped(text):
    return u'%' in text or u'\\' in text or u'&' in text


def _read(found):
    """Return the character that an escape stands for, None where it is none."""
    percent, high, low, two, four, eight, control, hexadecimal, decimal, name = found.groups()
    if control is not None:
        return _CONTROLS.get(control, control)
    if name is not None:
        return _ENTITIES.get(name)
    if high is not None:
        return _character(0x10000 + ((int(high, 16) & 0x3ff) << 10) + (int(low, 16) & 0x3ff))
    if decimal is not None:
        return _character(int(decimal))
    return _character(int(percent or two or four or eight or hexadecimal, 16))


def _character(number):
    if number < 256:
        return _CHARACTERS[number]  # a byte of UTF-8 too: `_forms_of` knows secrets read so
    if number > 0x10ffff:
        return None
    return ('\\U%08x' % number).encode('ascii').decode('unicode-escape')


def _forms_of(secret):
    """Return what a secret looks like in a text whose escapes were read any number of times."""
    if not secret:
        return ()
    plain = text_of(secret)
    sent = [plain, _as_bytes(plain), _as_bytes(_as_bytes(plain)), ensure_text(quote(plain))]
    forms = set()
    for form in sent:
        for _ in range(_MOST_READINGS):
            forms.update((form, _as_bytes(form)))
            form = _Reading(form).text
    forms.update([form.replace(u' ', u'+') for form in forms])
    # With the sign that follows, what ends a secret may look like an escape itself.
    forms.update([form.rstrip(u'\\%&') for form in forms])
    return sorted((form for form in forms if len(form) >= _SHORTEST), key=len, reverse=True)


def _as_bytes(text):
    """Return a text whose characters are the bytes of its UTF-8."""
    return text.encode('utf-8', 'replace').decode('latin-1')


def _user_information(address):
    """Return what must not be shown of a proxy's address: all before its @, and the password."""
    before, sign, _ = text_of(address or u'').rpartition(u'@')
    if not sign:
        return ()
    whole = before[scheme_length(before):]
    sent = unquote(whole)  # as the HTTP library reads it
    header = base64.b64encode(sent.encode('utf-8', 'replace'))
    return (whole, whole.partition(u':')[2], sent, sent.partition(u':')[2], header,
            base64.b64encode(sent.encode('latin-1', 'replace')))


_WITHOUT_KNOWLEDGE = Redactor()

__all__ = ['MASK', 'Redactor', 'Secret', 'ServiceURLFilter', 'hides_frames', 'mask_proxy',
           'mask_url', 'revealed', 'scheme_length']
