"""Read a world: the text of a file, the shape it must have, and the worlds that ship.

This module checks what can be told without the object model (JSON, keys, shapes); what the types
and attributes say is checked while the world is built.  It must never touch a store.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Mapping

from .demo import empty, world
from .errors import WorldError, near_miss
from .line_numbers import line_of
from .validation import check_shape

#: Worlds that are made, not read: name to function(seed, scale, now) -> document.
SHIPPED = {'demo': world.document, 'empty': empty.document}


@dataclass(frozen=True)
class World:
    """A world as plain data, ready to be built.

    :param name: the name asked for (``demo``) or the path of the file.
    :param document: the JSON document; lists of objects may be any re-iterable.
    :param now: the moment that ``now`` and ``today`` mean.
    :param seed: the seed of what is made up.
    :param scale: factor of the counts that scale.
    :param folder: where attachment files are looked for.
    :param text: the text of the file, to tell lines in errors.
    """

    name: str
    document: Mapping[str, Any]
    now: datetime.datetime
    seed: int = 0
    scale: int = 1
    folder: Path | None = None
    text: str = field(default='', repr=False)

    def located(self, error: WorldError) -> WorldError:
        """Return an error with the file and line of this world filled in."""
        source = self.name if self.name not in SHIPPED else None
        return error.located(source, line_of(self.text, error.place) if error.place else None)


def load(
    name_or_path: str | Path,
    *,
    scale: int = 1,
    seed: int = 0,
    now: datetime.datetime | str | None = None,
) -> World:
    """Return the world of a shipped name (``demo``, ``empty``) or of a JSON file.

    :param scale: factor for the number of artifacts.
    :param seed: the seed of the demo world; the same seed gives the same world.
    :param now: the moment the world is about; the present when not given.
    :raises WorldError: the file cannot be read or is not a world file.
    """
    if scale < 1:
        raise WorldError(f'scale must be 1 or more, not {scale}.')
    moment = _moment(now)
    made = SHIPPED.get(str(name_or_path))
    if made is not None:
        document = made(seed=seed, scale=scale, now=moment)
        return World(str(name_or_path), document, moment, seed, scale)
    path = Path(name_or_path)
    world = parse(_read(path), name=str(name_or_path), now=moment)
    return replace(world, seed=seed, scale=scale, folder=path.parent)


def parse(text: str, *, name: str = 'world', now: datetime.datetime | str | None = None) -> World:
    """Return the world that a JSON text describes.

    :raises WorldError: the text is not JSON or not a world.
    """
    world = World(name, {}, _moment(now), text=text)
    try:
        document = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise WorldError(
            f'not JSON: {error.msg} (column {error.colno}).', source=name, line=error.lineno
        ) from None
    except WorldError as error:
        raise error.located(name, None) from None
    try:
        check_shape(document)
    except WorldError as error:
        raise world.located(error) from None
    return replace(world, document=document)


def of_document(
    document: Mapping[str, Any],
    *,
    now: datetime.datetime | str | None = None,
    seed: int = 0,
    scale: int = 1,
    folder: Path | None = None,
) -> World:
    """Return the world of a document that is in memory already.

    :raises WorldError: the document is not a world.
    """
    check_shape(document)
    return World('world', document, _moment(now), seed, scale, folder)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding='utf-8')
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, 'strerror', None) or 'it is not UTF-8 text'
        hint = near_miss(str(path), SHIPPED) if not path.suffix else ''
        raise WorldError(
            f"cannot read the world '{path}': {reason}. Give one of"
            f" {', '.join(sorted(SHIPPED))} or the path of a JSON file.{hint}"
        ) from None


def _moment(now: datetime.datetime | str | None) -> datetime.datetime:
    if now is None:
        return datetime.datetime.now(datetime.timezone.utc)
    if isinstance(now, str):
        try:
            now = datetime.datetime.fromisoformat(now.replace('Z', '+00:00'))
        except ValueError:
            raise WorldError(
                f"now must be a date such as 2024-05-01T09:00:00Z, not '{now}'."
            ) from None
    if now.tzinfo is None:
        now = now.replace(tzinfo=datetime.timezone.utc)
    return now.astimezone(datetime.timezone.utc)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise WorldError(
                    f"the key '{key}' is given twice in one object ({_object_hint(result)})."
                )
            seen.add(key)
    return result


def _object_hint(item: Mapping[str, Any]) -> str:
    for key in ('id', 'Name', 'UserName', 'name', 'type'):
        if isinstance(item.get(key), str):
            return f"the one with {key} '{item[key]}'"
    return f"the one with the keys {', '.join(sorted(item)[:5])}"


def _no_constant(word: str) -> Any:
    raise WorldError(f'{word} is not a JSON value; use null or a number.')
