"""References: parse every form a client may send, print the forms the service sends.

Pure text: whether a reference leads anywhere is for the reader of the store to say. Must never
compare host or version of an absolute reference; the service does not either (WSAPI reference,
section 8.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

__all__ = ['Ref', 'collection_ref', 'dashed', 'object_ref', 'parse']

_HOST = re.compile(r'\Ahttps?:/+[^/?#]*', re.IGNORECASE)
_VERSION = re.compile(r'\A(?:v[0-9]+\.\w+|[0-9]+\.[0-9]+)\Z', re.IGNORECASE)
_UUID = re.compile(
    r'\A[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\Z', re.IGNORECASE
)
_NUMBER = re.compile(r'\A-?[0-9]{1,19}\Z')
_COMPOSITE = re.compile(r'\A[0-9]+u[0-9]+[pw][0-9]+\Z', re.IGNORECASE)
_WORD = re.compile(r'\A[A-Za-z][A-Za-z0-9_]*\Z')


@dataclass(frozen=True)
class Ref:
    """Hold the parts of a reference: type, identifier, and a collection where one is named."""

    #: TypePath as it was written, in any case: `defect`, `PortfolioItem/Feature`.
    type: str
    #: The identifier as text: digits, minus digits, a UUID with dashes, or `12u34p2`.
    id: str
    collection: str | None = None

    @property
    def oid(self) -> int | None:
        """The ObjectID, when the identifier is one."""
        return int(self.id) if _NUMBER.match(self.id) else None

    @property
    def uuid(self) -> str | None:
        """The UUID with dashes, when the identifier is one."""
        return self.id if _UUID.match(self.id) else None

    @property
    def alt_id(self) -> str | None:
        """The composite identifier of a permission, when the identifier is one."""
        return self.id if _COMPOSITE.match(self.id) else None


def parse(text: object, of_type: str | None = None) -> Ref | None:
    """Read a reference in any form that requests may use.

    :param text: `https://host/slm/webservice/v2.0/defect/1`, `/defect/1`, `defect/1.js`,
        `portfolioitem/feature/9`, `/defect/3f0c…`, `/typedefinition/-51025/Attributes`,
        `//defect/1`, `../defect/1`…
    :param of_type: the type that a bare id, a number or its text, is an id of; without one a bare
        id is no reference.
    :returns: the parts, or `None` when the text is no reference.
    """
    if of_type and isinstance(text, int) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str):
        return None
    bare = _identifier(text.strip()) if of_type else None
    if of_type and bare is not None:
        return Ref(of_type, bare)
    path = re.split(r'[?#]', text.strip(), maxsplit=1)[0].rstrip('/')
    if path.lower().endswith('.js'):
        path = path[:-3]
    parts = [unquote(part) for part in _below_version(path)]
    for words in (1, 2):
        kind, tail = parts[:words], parts[words:]
        if not 1 <= len(tail) <= 2 or not all(_WORD.match(word) for word in kind):
            continue
        identifier = _identifier(tail[0])
        if identifier is None:
            continue
        collection = tail[1] if len(tail) == 2 else None
        if collection is not None and not _WORD.match(collection):
            return None
        return Ref('/'.join(kind), identifier, collection)
    return None


def dashed(text: str) -> str | None:
    """Return a UUID in lower case with its dashes, or `None` when the text is no UUID."""
    if not _UUID.match(text):
        return None
    digits = text.replace('-', '').lower()
    return '-'.join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def object_ref(base: str, type_path: str, identifier: object) -> str:
    """Print the reference of an object: `<base>/defect/1001`.

    :param base: the service's address up to the version, without a slash at the end.
    :param type_path: TypePath in official case; it is sent in lower case.
    :param identifier: ObjectID, or the composite identifier of a permission.
    """
    return f'{base}/{type_path.lower()}/{identifier}'


def collection_ref(base: str, type_path: str, identifier: object, name: str) -> str:
    """Print the reference of a collection: `<base>/Defect/1001/Tags`, in official case."""
    return f'{base}/{type_path}/{identifier}/{name}'


def _below_version(path: str) -> list[str]:
    """Return the parts of a path that stand below the version, slashes doubled or left out."""
    parts = [part for part in _HOST.sub('', path, count=1).split('/') if part]
    folded = [part.lower() for part in parts]
    if 'webservice' in folded:
        # Whatever stands before it is host and context; neither is compared.
        return parts[folded.index('webservice') + 2 :]
    while parts and (parts[0] in ('.', '..') or parts[0].lower() == 'slm'):
        parts.pop(0)
    return parts[1:] if parts and _VERSION.match(parts[0]) else parts


def _identifier(text: str) -> str | None:
    if _NUMBER.match(text):
        return text
    if _COMPOSITE.match(text):
        return text.lower()
    return dashed(text)
