"""The HTTP response (an `Answer`): status, headers, bytes, and the reading of them.

Pure: it holds no connection. It tells JSON from everything else and names what came instead, so
that no page of a proxy is ever taken for data.
"""
from __future__ import absolute_import, division, print_function

import re

from pyral._compat import Mapping, ensure_native, fill
from pyral.errors import RallyResponseError, error_for
from pyral.http.json import load_json
from pyral.redact import MASK, Redactor, Secret, mask_url
from pyral.service_texts import texts

#: Texts of a refused sign-in; where the body holds one, it is the whole error.
SIGN_IN_TEXTS = (
    u'Error 401 The username or password you entered is incorrect.',
    u'The username or password you entered is incorrect.',
    u'An Authentication object was not found in the SecurityContext',
    u'Full authentication is required to access this resource',
)
#: What the page of a refused address says; its status is 404 all the same.
ADDRESS_REFUSED = u'is not within the allowed range'

#: Compiled where a page came instead of JSON, not by every import.
_TITLE, _END_OF_TITLE = u'(?i)<title(?=[\\s>])', u'(?i)</title'
_NOT_TEXT, _END_OF_NOT_TEXT = u'(?i)<(?:script|style)\\b', u'(?i)</(?:script|style)'
_SHOWN_CHARACTERS = 200
#: Of what came instead of JSON so much is looked at, for its title or first line.
_READ_CHARACTERS = 1 << 16
_MASKING = Redactor()

#: Headers that carry credentials; callers never see them.
_SECRET_HEADERS = ('set-cookie', 'set-cookie2', 'www-authenticate', 'proxy-authenticate')


class Answer(object):
    """One HTTP response, read whole.

    :param status: the HTTP status
    :param headers: a mapping of response headers
    :param content: the body as bytes, decompressed
    :param url: the address that answered
    :param method: the HTTP method
    :param elapsed_s: seconds from sending to the last byte
    :param mask: takes the connection's secrets out of a text that is going to be shown
    """

    __slots__ = ('status', 'headers', 'content', 'url', 'method', 'elapsed_s', '_mask', '_payload',
                 '_location')

    def __init__(self, status, headers, content, url, method='GET', elapsed_s=0.0, mask=None):
        self.status, self.method, self.content = status, method, content
        self._mask = mask or _MASKING.text
        self._location = Secret(ensure_native(next(
            (value for name, value in headers.items() if name.lower() == 'location'), ''),
            errors='replace'))
        self.headers = self._shown_headers(headers)
        self.url = mask_url(url)
        self.elapsed_s = elapsed_s
        self._payload = None

    def _shown_headers(self, headers):
        """Return the headers as people may see them."""
        shown = dict((name, value) for name, value in headers.items()
                     if name.lower() not in _SECRET_HEADERS)
        # Most have nothing to hide: one look at all of them.
        if MASK in self._mask(u'\n'.join(fill(u'{0}', value) for value in shown.values())):
            for name, value in shown.items():
                masked = self._mask(value)
                shown[name] = ensure_native(masked, errors='replace') if MASK in masked else value
        return shown

    def __repr__(self):
        return '<Answer {0} {1} {2} bytes>'.format(self.method, self.status, len(self.content))

    @property
    def status_code(self):
        """The HTTP status, under the name the HTTP library gives it."""
        return self.status

    @property
    def ok(self):
        """True for 200 to 299; the envelope may hold errors nevertheless."""
        return 200 <= self.status < 300

    @property
    def location(self):
        """Where a redirect leads, as it was sent; empty where the answer is no redirect."""
        return self._location.reveal()

    @property
    def text(self):
        """The body as text, read as UTF-8 whatever the headers say."""
        return self.content.decode('utf-8', 'replace')

    def json(self):
        """Return the decoded JSON object.

        :raises RallyResponseError: the body is no JSON object, or not all of it
        """
        if self._payload is None:
            try:
                payload = load_json(self.content)
            except ValueError:
                payload = None
            if not isinstance(payload, Mapping):
                raise self.not_json_error()
            self._mask_remarks(payload)
            self._payload = payload
        return self._payload

    def _mask_remarks(self, payload):
        """Mask what the service says in `Errors` and `Warnings`, which may quote a request."""
        for body in payload.values():
            if isinstance(body, Mapping):
                results = body.get('Results') if 'QueryResult' not in payload else None
                for each in [body] + (results if isinstance(results, list) else []):
                    if isinstance(each, dict):
                        self._mask_remarks_in(each)

    def _mask_remarks_in(self, body):
        for name in ('Errors', 'Warnings'):
            found = texts(body.get(name))
            masked = [self.shown(text) for text in found]
            if masked != found:
                body[name] = masked

    @property
    def is_json(self):
        """True where `json()` answers."""
        try:
            self.json()
        except RallyResponseError:
            return False
        return True

    @property
    def is_page(self):
        """True where something came that never was JSON, such as a page of HTML."""
        return bool(self.content.strip()) and not self._starts_like_json()

    @property
    def errors(self):
        """The error texts: of the envelope, or one that names what came instead of it."""
        if self.ok or self._starts_like_json():
            try:
                found = _envelope_errors(self.json())
            except RallyResponseError:
                if self.ok:
                    raise
                found = []
            if found or self.ok:
                return found
        return [self.problem()]

    def shown(self, text, limit=None):
        """Return a text of this answer as people may see it: without secrets.

        :param limit: so many characters of it
        """
        return self._mask(text, limit) if limit is not None else self._mask(text)

    def problem(self):
        """Return one line that says what an answer without a usable envelope holds."""
        text = self.text
        for known in SIGN_IN_TEXTS:
            if known in text:
                return known
        if not text.strip():
            return u'empty body'
        text = self.shown(text, _READ_CHARACTERS)
        if self._is_html():
            return fill("HTML page instead of JSON: '{0}'", _shortened(_first_line_of_html(text)))
        if self._starts_like_json():
            return fill("{0}: '{1}'", 'JSON without an error text' if self.is_json
                        else 'JSON that breaks off', _shortened(text))
        return _shortened(text)

    def error(self, message=None, **details):
        """Return the exception for this answer; see `errors.error_for`."""
        details.setdefault('method', self.method)
        details.setdefault('url', self.url)
        return error_for(self.status, self.errors, message, is_page=not self.is_json, **details)

    def _starts_like_json(self):
        return self.content.lstrip()[:1] == b'{'

    def _is_html(self):
        start = self.content.lstrip()[:200].lower()
        content_type = (self.headers.get('Content-Type') or '').lower()
        return start.startswith(b'<') or 'html' in content_type

    def not_json_error(self, **details):
        """Return the exception for a body that is no JSON object, or not all of it."""
        if self._starts_like_json():
            hint = "The JSON ends or breaks off at {0} bytes.".format(len(self.content))
        else:
            hint = fill("What came: {0}. A proxy or a sign-in page may stand in between.",
                        self.problem())
        details = dict({'method': self.method, 'url': self.url, 'hint': hint}, **details)
        return RallyResponseError(
            fill('Response for request: {0} either was not JSON content or was an invalidly '
                 'formed/incomplete JSON structure', self.url),
            status_code=self.status, **details)


def checked(answer, server):
    """Return an answer that succeeded.

    :raises RallyRESTAPIError: with the message the contract states for what went wrong
    """
    if answer.status == 401 or any(text in answer.text for text in SIGN_IN_TEXTS):
        raise error_for(401, [answer.problem()], 'Invalid credentials', method=answer.method,
                        url=answer.url)
    if answer.status == 404 and ADDRESS_REFUSED in answer.text:
        raise answer.error()
    if answer.status == 404:
        raise answer.error(fill("404 Target host: '{0}' is either not reachable or doesn't "
                                "support the Rally WSAPI", server))
    if answer.status != 200:
        raise answer.error(fill('{0} {1}', answer.status, answer.shown(answer.text, 80)))
    if answer.errors:
        raise answer.error()
    return answer


def _envelope_errors(payload):
    found = []
    for body in payload.values():
        if isinstance(body, Mapping):
            found.extend(texts(body.get('Errors')))
    return found


def _first_line_of_html(text):
    """Return the title of a page, or the first line of it with anything to read."""
    title = re.search(_TITLE, text)
    begin = text.find(u'>', title.end()) + 1 if title else 0
    end = re.compile(_END_OF_TITLE).search(text, begin) if begin else None
    if end and text[begin:end.start()].strip():
        return text[begin:end.start()]
    return next((line for piece in _between_tags(text) for line in piece.splitlines()
                 if line.strip()), text)


def _between_tags(text):
    """Yield what stands between the tags of a page; each place in it is looked at once."""
    place = 0
    while place >= 0:
        tag = text.find(u'<', place)
        if tag < 0:
            yield text[place:]
            return
        yield text[place:tag]
        place = _end_of_tag(text, tag)


def _end_of_tag(text, tag):
    """Return the place behind a tag, a comment, a script or a style; -1 where it does not end."""
    if text.startswith(u'<!--', tag):
        end = text.find(u'-->', tag + 4)
        return end + 3 if end >= 0 else -1
    if re.compile(_NOT_TEXT).match(text, tag):
        end = re.compile(_END_OF_NOT_TEXT).search(text, tag)
        if end is None:
            return -1
        tag = end.start()
    end = text.find(u'>', tag)
    return end + 1 if end >= 0 else -1


def _shortened(text):
    text = u' '.join(text.split())
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + u'...'


__all__ = ['Answer', 'SIGN_IN_TEXTS', 'checked']
