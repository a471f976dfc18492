"""The response envelopes of the protocol (`QueryResult` and the others), one builder each.

A handler returns one of these values and knows nothing of JSON, status lines or JSONP callbacks;
`web.request_handling` alone turns them into bytes. Key order follows the recordings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence, Union

__all__ = [
    'API',
    'Answer',
    'Document',
    'Result',
    'batch_entry',
    'batch_result',
    'create_result',
    'operation_result',
    'query_result',
    'read_result',
]

#: The version keys every element carries.
API: Mapping[str, str] = {'_rallyAPIMajor': '2', '_rallyAPIMinor': '0'}


@dataclass
class Result:
    """One envelope: its only key, and what lies below it.

    :ivar key: `QueryResult`, `CreateResult`, `OperationResult`, `BatchResult` or a type name.
    :ivar payload: the keys below the envelope, without `Errors` and `Warnings`.
    :ivar errors: texts for `Errors`; the app puts them where the envelope wants them.
    :ivar warnings: texts of this answer; those of the call are added by the app.
    :ivar trailing: true for the read of one object, whose `Errors` stand at the end.
    :ivar bare: true for an envelope without the version keys (`BatchResult`).
    :ivar items: how many rows were made, for the latency a world may ask for.
    """

    key: str
    payload: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    trailing: bool = False
    bare: bool = False
    items: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def document(self, warnings: Sequence[str] = ()) -> dict[str, Any]:
        """Return the whole answer as plain data.

        :param warnings: texts gathered while the call was served.
        """
        messages = {'Errors': list(self.errors), 'Warnings': list(self.warnings) + list(warnings)}
        if self.trailing:
            return {self.key: {**self.payload, **messages}}
        head: dict[str, Any] = {} if self.bare else dict(API)
        return {self.key: {**head, **messages, **self.payload}}


@dataclass
class Document:
    """An answer that is no envelope: a page, a feed, a file, a redirect."""

    body: bytes
    content_type: str = 'text/html; charset=utf-8'
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    items: int = 0


#: What a handler returns.
Answer = Union[Result, Document]


def query_result(total: int, start: int, page_size: int, rows: list[Any]) -> Result:
    """Wrap one page of rows."""
    payload = {
        'TotalResultCount': total,
        'StartIndex': start,
        'PageSize': page_size,
        'Results': rows,
    }
    return Result('QueryResult', payload, items=len(rows))


def read_result(element_name: str, item: dict[str, Any]) -> Result:
    """Wrap one object that was read; the key is its ElementName in official case."""
    return Result(element_name, item, trailing=True, items=1)


def create_result(item: dict[str, Any] | None = None) -> Result:
    """Wrap the object a create made; without one it is the envelope of a failed create."""
    return Result('CreateResult', {} if item is None else {'Object': item}, items=1)


def operation_result(**payload: Any) -> Result:
    """Wrap any other operation: `Object`, `Results` or `SecurityToken`, or nothing at all."""
    return Result('OperationResult', payload, items=len(payload.get('Results', ())) or 1)


def batch_result(entries: list[dict[str, Any]]) -> Result:
    """Wrap the outcomes of a batch, one entry each, in the order they were asked."""
    return Result('BatchResult', {'Results': entries}, bare=True, items=len(entries))


def batch_entry(result: Result, warnings: Sequence[str] = ()) -> dict[str, Any]:
    """Return what one batch entry answers: its envelope's content without the envelope's key.

    :param result: what the handler of that entry returned.
    :param warnings: the warnings gathered by that entry's call.
    """
    document: dict[str, Any] = result.document(warnings)[result.key]
    if result.trailing:
        item = {key: value for key, value in document.items() if key not in ('Errors', 'Warnings')}
        return {
            **API,
            'Errors': document['Errors'],
            'Warnings': document['Warnings'],
            'Object': item,
        }
    return document
