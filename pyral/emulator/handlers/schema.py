"""The schema endpoint: all type definitions of a workspace in one answer (section 9).

The answer is made once for a state of the model and kept beside the catalogue, since a client asks
for it at every start and it is by far the largest document of the service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..answers.serialize import JSON_TYPE, json_bytes
from ..catalogue.catalogue import catalogue_for, schema_version
from ..catalogue.hidden_fields import HiddenFields, hidden_in
from ..envelope import API, Answer, Document, Result, query_result
from ..errors import ObjectNotFound
from ..model import Model
from ..store.reading import of_type
from ..store.system_definitions import operator_names

if TYPE_CHECKING:
    from ..catalogue.catalogue import Catalogue
    from ..model import AttrDef, TypeDef
    from ..request import Call
    from ..store import Obj

__all__ = ['schema']

#: Current documents never change under their hash.
ONE_YEAR = 'private, max-age=31536000'
PAGE_SIZE = 200
#: Attribute types whose values are a list of their own in the answer (section 9.5).
INLINE_VALUES = frozenset(['STRING', 'STATE', 'TEXT', 'INTEGER', 'DECIMAL', 'QUANTITY', 'DATE'])


def schema(call: Call) -> Answer:
    """Answer `GET /slm/schema/<version>/workspace|project/<oid>[/<hash>]`.

    Without a hash, or with one that is no longer current, it redirects to the current one.

    :raises ObjectNotFound: when the place is not there or not the caller's.
    """
    kind = call.path['place'].capitalize()
    place = call.tx.get(int(call.path['oid']))
    if place is None or place.type != kind or not call.rights.sees(place):
        raise ObjectNotFound()
    workspace = place.oid if kind == 'Workspace' else place.workspace
    current, hidden = schema_version(call.tx, place), hidden_in(call.tx, place)
    if (call.path.get('hash') or '').lower() != current:
        return redirect(call, kind, place, current)
    maker = Schema(call, catalogue_for(call.tx, workspace), hidden)
    key = ('schema', workspace, call.base_url, maker.names, hidden)
    kept = call.tx.database.model_cache.get(key)
    if kept is None or kept[0] != current:
        result = maker.result()
        kept = (current, result, json_bytes(result.document()))
        call.tx.database.model_cache[key] = kept
    headers = {'Cache-Control': ONE_YEAR, 'ETag': f'"{current}"'}
    if call.param('pretty') or call.param('jsonp'):
        shown: Result = kept[1]
        return Result(shown.key, shown.payload, headers=headers)
    return Document(kept[2], JSON_TYPE, headers=headers)


def redirect(call: Call, kind: str, place: Obj, current: str) -> Document:
    """Return the redirect to the current hash."""
    location = f'{call.origin}/slm/schema/{call.version}/{kind.lower()}/{place.oid}/{current}'
    return Document(b'', JSON_TYPE, 302, {'Location': location, 'Cache-Control': 'no-cache'})


class Schema:
    """Builds the schema document of one workspace, or of a project that hides some of it.

    :param call: whose base address the references have.
    :param catalogue: the model to show.
    :param hidden: what to show as hidden, whatever the model says.
    """

    def __init__(
        self, call: Call, catalogue: Catalogue, hidden: HiddenFields | None = None
    ) -> None:
        self.call = call
        self.catalogue = catalogue
        self._hidden = hidden or HiddenFields()
        found = of_type(call.tx, 'Subscription')
        self._subscription = (
            None
            if not found
            else self.reference('Subscription', found[0].oid, found[0].name, found[0].uuid)
        )
        space = None if catalogue.workspace is None else call.tx.get(catalogue.workspace)
        self._workspace = (
            None
            if space is None
            else self.reference('Workspace', space.oid, space.name, space.uuid)
        )
        self._attributes: dict[int, dict[str, Any]] = {}
        #: What the document shows besides the model.
        self.names = tuple(
            one and one['_refObjectName'] for one in (self._subscription, self._workspace)
        )

    def result(self) -> Result:
        """Return the whole document."""
        types = sorted(self.catalogue.types(), key=lambda one: one.path)
        rows = [self.type_definition(one) for one in types]
        return query_result(len(rows), 1, PAGE_SIZE, rows)

    def reference(self, type_path: str, oid: int, name: str | None, uuid: str) -> dict[str, Any]:
        """Return a reference object."""
        return {
            **API,
            '_ref': self.call.ref(type_path, oid),
            '_refObjectUUID': uuid,
            '_refObjectName': name,
            '_type': type_path,
        }

    def parent_of(self, one: TypeDef) -> dict[str, Any] | None:
        """Return the parent of a type as the service shows it.

        A type that a workspace has of its own stands below the system's definition of the same
        type, a portfolio level below PortfolioItem; only the others name what they inherit from.
        """
        system = Model.load().types.get(one.path)
        if one.workspace is None or system is None or '/' in one.path:
            return self.definition_reference(one.parent)
        return self.reference('TypeDefinition', system.oid, system.type_name, system.uuid)

    def definition_reference(self, path: str | None) -> dict[str, Any] | None:
        """Return the reference to a type's definition."""
        if path is None:
            return None
        found = self.catalogue.resolve(path)
        return (
            None
            if found is None
            else self.reference('TypeDefinition', found.oid, found.type_name, found.uuid)
        )

    def type_definition(self, one: TypeDef) -> dict[str, Any]:
        """Return one type with all its attributes."""
        attributes = sorted(one.attributes.values(), key=lambda attr: attr.name.lower())
        return {
            **API,
            '_ref': self.call.ref('TypeDefinition', one.oid),
            '_refObjectUUID': one.uuid,
            '_refObjectName': one.type_name,
            'ObjectID': one.oid,
            'ObjectUUID': one.uuid,
            'Subscription': self._subscription,
            'Workspace': self._workspace if one.workspace is not None else None,
            'Abstract': one.abstract,
            'Attributes': [self.attribute(attr, one.path) for attr in attributes],
            'Copyable': one.copyable,
            'Creatable': one.creatable,
            'Deletable': one.deletable,
            'DisplayName': one.display_name,
            'ElementName': one.name,
            'IDPrefix': one.id_prefix or None,
            'Name': one.type_name,
            'Ordinal': one.ordinal,
            'Parent': self.parent_of(one),
            'Queryable': one.queryable,
            'ReadOnly': one.read_only,
            'Restorable': one.restorable,
            'RevisionHistory': None,
            'TypePath': one.path,
            '_type': 'TypeDefinition',
        }

    def attribute(self, attr: AttrDef, type_path: str) -> dict[str, Any]:
        """Return one attribute; types that inherit it share the value."""
        kept = self._attributes.get(id(attr))
        if kept is None:
            kept = self._attributes[id(attr)] = self._attribute(attr)
        return {**kept, 'Hidden': True} if self._hidden.holds(type_path, attr.oid) else kept

    def _attribute(self, attr: AttrDef) -> dict[str, Any]:
        own = attr.workspace is not None
        return {
            **API,
            '_ref': self.call.ref('AttributeDefinition', attr.oid),
            '_refObjectUUID': attr.uuid,
            '_refObjectName': attr.internal_name,
            'ObjectID': attr.oid,
            'ObjectUUID': attr.uuid,
            'Subscription': self._subscription,
            'Workspace': self._workspace if own else None,
            'AllowedQueryOperators': [
                {
                    '_ref': 'null',
                    'ObjectID': None,
                    'OperatorName': name,
                    '_type': 'AllowedQueryOperator',
                }
                for name in operator_names(attr.type)
            ],
            'AllowedValueType': self.definition_reference(
                attr.target if attr.type in ('OBJECT', 'COLLECTION') else None
            ),
            'AllowedValues': self._values(attr),
            'AttributeType': attr.type,
            'Constrained': attr.constrained,
            'Custom': attr.custom,
            'ElementName': attr.name,
            'Filterable': attr.filterable,
            'Hidden': attr.hidden,
            'MaxFractionalDigits': attr.max_fractional_digits,
            'MaxLength': attr.max_length,
            'Name': attr.label,
            'ReadOnly': attr.read_only,
            'RealAttributeType': attr.real_type or attr.type,
            # A boolean is never required: unset means false.
            'Required': attr.required and attr.type != 'BOOLEAN',
            'SchemaType': attr.schema_type,
            'Sortable': attr.sortable,
            '_type': 'AttributeDefinition',
        }

    def _values(self, attr: AttrDef) -> Any:
        if attr.type not in INLINE_VALUES:
            return {
                **API,
                '_ref': f'{self.call.base_url}/attributedefinition/{attr.oid}/AllowedValues',
                '_type': 'AllowedAttributeValue',
            }
        return [
            {
                '_ref': 'null',
                'ObjectID': None,
                'StringValue': str(value),
                '_type': 'AllowedAttributeValue',
            }
            for value in attr.allowed_values or ()
        ]
