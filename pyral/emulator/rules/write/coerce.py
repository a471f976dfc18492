"""Validation of one value of a request body against its attribute, and its stored form.

One converter per AttributeType, in a table. References and collections are resolved elsewhere
because they need the store; this module is pure and must never read or write anything.
Error texts are those of the WSAPI reference, section 16.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from datetime import datetime, timezone, tzinfo
from typing import Any, Callable, Mapping

from ... import texts
from ...clock import iso, parse_iso
from ...errors import ServiceError
from ...markup import tags
from ...model import AttrDef, TypeDef

__all__ = ['NOT_STORABLE', 'NO_CHOICE', 'blank', 'instant', 'scalar', 'storable', 'too_long']

#: Stored form of a rating without a choice.
NO_CHOICE = 'None'
#: Largest whole number the service keeps (63 bits).
MAX_INTEGER = 2**63 - 1

#: Types whose values are words.
WORDS = ('STRING', 'STATE', 'RATING')
#: Dates that are one in every time zone.
EARLIEST = datetime(1, 1, 2, tzinfo=timezone.utc)
LATEST = datetime(9999, 12, 31, tzinfo=timezone.utc)

#: How long and how deep a RAW or MAP value may be.
MAX_RAW = 32768
MAX_DEPTH = 50

#: Elements allowed in rich text; everything else is refused as the service does.
HTML_WHITELIST = frozenset(
    (
        'a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code'
        ' col colgroup dd del details dfn dir div dl dt em figcaption figure font footer h1 h2 h3'
        ' h4 h5 h6 header hr i img ins kbd li main mark menu nav ol p pre q rp rt ruby s samp'
        ' section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt'
        ' u ul var wbr'
    ).split()
)
#: Types that hold text of machines, in which a `<` is nothing special.
PLAIN_TYPES = frozenset(
    (
        'AllowedAttributeValue',
        'AttributeDefinition',
        'Build',
        'BuildDefinition',
        'Change',
        'Changeset',
        'Preference',
        'PullRequest',
        'SCMRepository',
        'TypeDefinition',
        'WebLinkDefinition',
    )
)

_TAG = re.compile(r'</?[A-Za-z][^<>]*>|<!--|<!\[CDATA\[|<[!?][A-Za-z]')
#: What no database keeps in a text: a null character, one half of a surrogate pair.
_UNFIT = re.compile('[\x00\ud800-\udfff]')
_NUMBER = re.compile(r'\s*[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*\Z', re.ASCII)
#: No number that is kept has more characters.
LONGEST_NUMBER = 400

NOT_STORABLE = texts.not_convertible('a text with a null or half a character', 'string')


def scalar(type_def: TypeDef, attr: AttrDef, value: Any, zone: tzinfo = timezone.utc) -> Any:
    """Return the stored form of a value of the body.

    :param type_def: the type being written, for the texts.
    :param attr: the attribute; neither OBJECT nor COLLECTION.
    :param value: what the client sent, as decoded JSON.
    :param zone: the workspace's time zone; it completes dates that name none.
    :returns: the value to keep, None for "not set".
    :raises ServiceError: with the text of the service when the value is refused.
    """
    if attr.type == 'DATE':
        return None if blank(value) else instant(value, zone)
    if _has_list(attr) and attr.type in WORDS and not _could_be_listed(attr, value):
        raise _unlisted(type_def, attr, value)
    convert = _CONVERTERS.get(attr.type, _raw)
    converted = convert(type_def, attr, value)
    return _listed(type_def, attr, converted) if _has_list(attr) else converted


def blank(value: Any) -> bool:
    """Return whether a value of a body says "nothing"."""
    return value is None or value == ''


def storable(value: Any) -> bool:
    """Return whether every text of a body's value is one that a database keeps."""
    if isinstance(value, Mapping):
        return all(storable(name) and storable(one) for name, one in value.items())
    if isinstance(value, list):
        return all(map(storable, value))
    return not isinstance(value, str) or _UNFIT.search(value) is None


def too_long(type_def: TypeDef, attr: AttrDef, text: str) -> str | None:
    """Return the refusal of a text that exceeds the attribute's length, or None."""
    if 0 < attr.max_length < len(text):
        return texts.too_long(type_def.name, attr.label, attr.max_length)
    return None


def instant(value: Any, zone: tzinfo = timezone.utc) -> str:
    """Return an ISO 8601 text as the stored form `YYYY-MM-DDThh:mm:ss.SSSZ`.

    :raises ServiceError: when the text is no date.
    """
    try:
        if not isinstance(value, str):
            raise ValueError("not a text")
        at = parse_iso(value, zone)
        if not EARLIEST <= at <= LATEST:
            raise ValueError("no day in every time zone")
        return iso(at)
    except ValueError:
        raise ServiceError(texts.bad_date(value)) from None


def _text(type_def: TypeDef, attr: AttrDef, value: Any) -> str | None:
    """Convert STRING, STATE and RATING."""
    if value is None:
        return None
    text = _as_text(value)
    refusal = too_long(type_def, attr, text)
    if refusal:
        raise ServiceError(refusal)
    if type_def.name not in PLAIN_TYPES and _TAG.search(text):
        raise ServiceError(texts.bad_html(type_def.name, attr.label))
    return text


def _rich_text(type_def: TypeDef, attr: AttrDef, value: Any) -> str | None:
    if value is None:
        return None
    text = _as_text(value)
    refusal = too_long(type_def, attr, text)
    if refusal:
        raise ServiceError(refusal)
    if type_def.name not in PLAIN_TYPES and not _is_clean(text):
        raise ServiceError(texts.bad_html(type_def.name, attr.label))
    # An unset text is shown as the empty one, so the two are kept alike.
    return text or (None if not attr.required else text)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, (int, float)):
        return repr(value)
    if not isinstance(value, str):
        raise ServiceError(texts.not_convertible(value, "string"))
    if not storable(value):
        raise ServiceError(NOT_STORABLE)
    return value


def _boolean(type_def: TypeDef, attr: AttrDef, value: Any) -> bool:
    if blank(value):
        return False
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ('true', 'false'):
        return value.strip().lower() == 'true'
    raise ServiceError(texts.not_convertible(value, "boolean"))


def _number(value: Any) -> float | int:
    refused = ServiceError(texts.not_convertible(value, "number"))
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise refused
    number: float | int
    if isinstance(value, str):
        if len(value) > LONGEST_NUMBER or not _NUMBER.match(value):
            raise refused
        number = int(value) if value.strip().lstrip('+-').isdigit() else float(value)
    else:
        number = value
    if isinstance(number, float) and not math.isfinite(number):
        raise refused
    if abs(number) > MAX_INTEGER:
        raise refused
    return number


def _integer(type_def: TypeDef, attr: AttrDef, value: Any) -> int | None:
    if blank(value):
        return None
    number = _number(value)
    if number != int(number):
        raise ServiceError(texts.not_convertible(value, "whole number"))
    return int(number)


def _decimal(type_def: TypeDef, attr: AttrDef, value: Any) -> float | None:
    """Convert DECIMAL and QUANTITY; their length counts the digits left of the point."""
    if blank(value):
        return None
    number = float(_number(value))
    if 0 < attr.max_length <= 15 and abs(number) >= 10**attr.max_length:
        raise ServiceError(texts.too_great(type_def.name, attr.label, 10**attr.max_length - 1))
    if attr.max_fractional_digits > 0:
        number = round(number, attr.max_fractional_digits)
    return number


def _binary(type_def: TypeDef, attr: AttrDef, value: Any) -> bytes | None:
    """Decode base64; line breaks and other letters are refused as the service has done."""
    if value is None:
        return None
    try:
        if not isinstance(value, str):
            raise ValueError("not a text")
        return base64.b64decode(value.encode('ascii'), validate=True)
    except (ValueError, binascii.Error):
        shown = value[:40] if isinstance(value, str) else type(value).__name__
        raise ServiceError(
            f"Could not convert: {attr.label} : value to convert : {' '.join(shown.split())}"
        ) from None


def _web_link(type_def: TypeDef, attr: AttrDef, value: Any) -> dict[str, str] | None:
    if blank(value):
        return None
    if not isinstance(value, Mapping):
        raise ServiceError(texts.not_convertible(value, "web link"))
    link = {key: _text(type_def, attr, value.get(key)) or '' for key in ('LinkID', 'DisplayString')}
    return link if any(link.values()) else None


def _raw(type_def: TypeDef, attr: AttrDef, value: Any) -> Any:
    """Keep any JSON a database can hold; endless numbers and bottomless nesting are none."""
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        text.encode('utf-8')
    except (ValueError, RecursionError):
        raise ServiceError(texts.not_convertible("the value", "JSON document")) from None
    if '\\u0000' in text or _depth(value) > MAX_DEPTH:
        raise ServiceError(texts.not_convertible("the value", "JSON document"))
    if len(text) > MAX_RAW:
        raise ServiceError(texts.too_long(type_def.name, attr.label, MAX_RAW))
    return value


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value
    if not isinstance(value, (dict, list)):
        return 0
    return 1 + max((_depth(item) for item in inner), default=0)


_CONVERTERS: Mapping[str, Callable[[TypeDef, AttrDef, Any], Any]] = {
    'BINARY_DATA': _binary,
    'BOOLEAN': _boolean,
    'DECIMAL': _decimal,
    'INTEGER': _integer,
    'MAP': _raw,
    'QUANTITY': _decimal,
    'RATING': _text,
    'RAW': _raw,
    'STATE': _text,
    'STRING': _text,
    'TEXT': _rich_text,
    'WEB_LINK': _web_link,
}


def _unchosen(attr: AttrDef) -> str | None:
    """Return the stored form of no choice; a rating that must have a value has none."""
    allowed = attr.allowed_values or ()
    is_open = not attr.required or NO_CHOICE in allowed
    return NO_CHOICE if attr.type == 'RATING' and is_open else None


def _has_list(attr: AttrDef) -> bool:
    if attr.type in ('BOOLEAN', 'WEB_LINK', 'BINARY_DATA') or attr.allowed_values is None:
        return False
    return bool(attr.allowed_values) or (attr.custom and attr.constrained)


def _listed(type_def: TypeDef, attr: AttrDef, value: Any) -> Any:
    """Refuse a value that is not in the list; "nothing" becomes the entry that stands for it."""
    allowed = attr.allowed_values or ()
    if blank(value):
        return _unchosen(attr)
    if value in allowed:
        return value
    raise _unlisted(type_def, attr, value)


def _could_be_listed(attr: AttrDef, value: Any) -> bool:
    """Say whether a value, as it was sent, may be in the list: neither what is no text nor a text
    of any length is told anything else than that it is not."""
    if isinstance(value, str):
        return blank(value) or value in (attr.allowed_values or ())
    return not isinstance(value, (list, dict))


def _unlisted(type_def: TypeDef, attr: AttrDef, value: Any) -> ServiceError:
    return ServiceError(
        texts.not_listed(type_def.name, attr.name, attr.label, value, attr.allowed_values or ())
    )


def _is_clean(text: str) -> bool:
    """Return whether a rich text holds nothing but allowed elements and attributes."""
    return all(
        not tag.name
        or tag.name in HTML_WHITELIST
        and not any(_harmful(name, value) for name, value in tag.attributes)
        for tag in tags(text)
    )


def _harmful(name: str, value: str) -> bool:
    link = re.sub(r'[\s\x00-\x20]', '', value).lower()
    return name.startswith('on') or link.startswith(('javascript:', 'vbscript:', 'data:text'))
