"""Semantic check of a query, its third step: names become attributes, values become typed.

Knows the model but no table. A path is followed through references and collections to any depth;
where the type met is abstract and only its subtypes have the next attribute, the path gets one
route for each way they define it. The types that were asked for are stricter: all of them must have
the first attribute, as the service reads them all (WSAPI reference, section 5.9).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterable, Sequence

from .. import texts
from ..errors import ServiceError
from ..model import AttrDef, TypeDef, attr_from_facts
from .checked_tree import Checked, Every, ResolvedPath, Some, Test
from .nodes import Combination, Comparison, Node, postorder
from .operators import OPERATORS, kind_of, reachable, read_value
from .paths import Step
from .values import Exact, OneOf, QueryContext, Typed, Unchosen

if TYPE_CHECKING:
    from ..catalogue.catalogue import Catalogue
    from ..store.sight import Sight

__all__ = ['AttributePaths', 'MAX_DEPTH', 'MAX_STEPS', 'MAX_WEIGHT', 'check', 'mentions']

#: A path with more steps is refused; each costs a join.
MAX_STEPS = 20
#: A path that can be read in more ways is refused.
MAX_ROUTES = 40
#: A query may cost so much: one for a comparison and two more for each step of each route.
MAX_WEIGHT = 4000
#: A query may hold so many values, lists included; a statement takes about 32,000.
MAX_VALUES = 20_000
#: AND inside OR inside AND…: more levels are refused. A chain of one junction is one level.
MAX_DEPTH = 25

#: Sub-attributes of a web link, which is a value and no object.
WEB_LINK_PARTS = ('LinkID', 'DisplayString')
#: Attributes with a second name, old ones among them that clients still send (section 5.3).
ALIASES = {'rank': 'DragAndDropRank', 'oid': 'ObjectID'}
#: The same of single types: a user's name is the one to log in with.
ALIASES_OF = {('User', 'name'): 'UserName'}
#: The ObjectID of the type definition of an object, which is no attribute of its own.
TYPE_OID = attr_from_facts({'name': 'TypeDefOid', 'type': 'INTEGER', 'oid': 0}, 'PersistableObject')
#: What the recorded schema calls not filterable, and scripts ask for all the same.
FILTERED = frozenset(
    [
        ('AllowedAttributeValue', 'StringValue'),
        ('RecycleBinEntry', 'ID'),
        ('RecycleBinEntry', 'Name'),
    ]
)
#: The type that most objects are; whatever may lead to it is better not looked at as a whole.
CROWDED = 'Artifact'


def check(
    node: Node, catalogue: Catalogue, types: Sequence[TypeDef], context: QueryContext
) -> Checked:
    """Understand a query.

    :param node: the tree that `parse` made.
    :param catalogue: the model of the workspace.
    :param types: the types asked for; all must have every attribute a path starts with.
    :param context: who asks, and when.
    :raises ServiceError: an attribute, an operator or a value that the service refuses.
    """
    names = AttributePaths(catalogue, types, context.sight)
    budget = _Budget()
    done: list[tuple[str, list[Checked], int]] = []
    for current in postorder(node):
        if isinstance(current, Comparison):
            test = _test(current, names, context)
            budget.spend(test)
            done.append(('', [test], 0))
        else:
            right, left = done.pop(), done.pop()
            done.append(_join(current, left, right))
    junction, operands, _ = done.pop()
    return _made(junction, operands)


def mentions(node: Node, name: str) -> bool:
    """Say whether a query compares an attribute of the object itself, in any letter case.

    :param node: the tree that `parse` made.
    :param name: the attribute.
    """
    wanted = name.lower()
    return any(
        isinstance(current, Comparison) and current.path.lower() == wanted
        for current in postorder(node)
    )


class _Budget:
    """Counts what a query will cost the database, so that no statement exceeds its limits."""

    def __init__(self) -> None:
        self._weight = 0
        self._values = 0

    def spend(self, test: Test) -> None:
        for route in test.routes:
            self._weight += 1 + 2 * (len(route.steps) - 1)
            self._values += len(route.value.values) if isinstance(route.value, OneOf) else 1
        if self._weight > MAX_WEIGHT or self._values > MAX_VALUES:
            raise ServiceError(
                "Could not parse: The query has too many comparisons; ask in portions"
            )


def _join(
    node: Combination, left: tuple[str, list[Checked], int], right: tuple[str, list[Checked], int]
) -> tuple[str, list[Checked], int]:
    """Add a combination to what its sides came to; a side with the same junction dissolves."""
    operands: list[Checked] = []
    depth = 0
    for junction, inner, level in (left, right):
        if junction in ('', node.junction):
            # Grow the longer list: a chain of n comparisons costs n.
            operands = inner if not operands else _extended(operands, inner)
            depth = max(depth, level)
        else:
            operands.append(_made(junction, inner))
            depth = max(depth, level + 1)
    if depth > MAX_DEPTH:
        raise ServiceError(
            f"Could not parse: The query is nested too deeply: more than {MAX_DEPTH} changes "
            "between AND and OR"
        )
    return node.junction, operands, depth


def _extended(left: list[Checked], right: list[Checked]) -> list[Checked]:
    if len(left) >= len(right):
        left.extend(right)
        return left
    right[:0] = left
    return right


def _made(junction: str, operands: list[Checked]) -> Checked:
    if not junction:
        return operands[0]
    if junction == 'AND':
        return Every(tuple(operands))
    merged = _merged(operands)
    return merged[0] if len(merged) == 1 else Some(tuple(merged))


def _merged(operands: list[Checked]) -> list[Checked]:
    """Make one `in` of the `=` tests of one attribute.

    Clients ask for many ids as a chain of ORs.
    """
    kept: list[Checked] = []
    found: dict[tuple[object, ...], list[Test]] = {}
    for operand in operands:
        key = _mergeable(operand)
        if key is None:
            kept.append(operand)
        else:
            assert isinstance(operand, Test)
            found.setdefault(key, []).append(operand)
    for tests in found.values():
        kept.append(tests[0] if len(tests) == 1 else _list_of(tests))
    return kept


def _mergeable(operand: Checked) -> tuple[object, ...] | None:
    if not isinstance(operand, Test) or operand.operator.test != 'equal':
        return None
    if len(operand.routes) != 1:
        return None
    route = operand.routes[0]
    values = route.value.values if isinstance(route.value, OneOf) else (route.value,)
    if not all(isinstance(value, Exact) and not isinstance(value, Unchosen) for value in values):
        return None
    last = route.steps[-1].attr
    if last.is_relation:
        return None
    return tuple((id(step.attr), step.only) for step in route.steps)


def _list_of(tests: Iterable[Test]) -> Test:
    values: list[Typed] = []
    for test in tests:
        value = test.routes[0].value
        values += value.values if isinstance(value, OneOf) else (value,)
    steps = test.routes[0].steps
    return Test(OPERATORS['in'], (ResolvedPath(steps, OneOf(tuple(values))),))


def _test(comparison: Comparison, names: AttributePaths, context: QueryContext) -> Test:
    operator = OPERATORS[comparison.operator]
    for steps in names.resolve(comparison.path):
        names.demand_filterable(steps)
    routes = tuple(
        ResolvedPath(steps, read_value(operator, comparison.value, steps[-1], context))
        for steps in names.resolve(comparison.path)
    )
    return Test(operator, routes)


@dataclass(frozen=True)
class _Way:
    """A path in the making: its steps, and the types the next attribute is looked for on."""

    steps: tuple[Step, ...]
    types: tuple[TypeDef, ...]


class AttributePaths:
    """Paths of attributes, as the types asked for understand them.

    :param catalogue: the model of the workspace.
    :param types: the types asked for.
    :param sight: what the caller may look into; None when into everything.
    """

    def __init__(
        self, catalogue: Catalogue, types: Sequence[TypeDef], sight: Sight | None = None
    ) -> None:
        self._catalogue = catalogue
        self._sight = sight
        self._types = tuple(types)
        self._known: dict[str, list[tuple[Step, ...]]] = {}

    def resolve(self, path: str) -> list[tuple[Step, ...]]:
        """Follow a path.

        :param path: names in any letter case, joined by dots.
        :returns: its routes, at least one.
        :raises ServiceError: no type met has the next attribute, or not all types asked for.
        """
        if path not in self._known:
            self._known[path] = self._resolved(path)
        return self._known[path]

    def _resolved(self, path: str) -> list[tuple[Step, ...]]:
        names = path.split('.')
        if len(names) > MAX_STEPS:
            raise ServiceError(
                f"Could not parse: The path \"{path[:200]}\" has more than {MAX_STEPS} steps"
            )
        ways = [_Way((), self._types)]
        for name in names:
            before = ways
            ways = [longer for way in before for longer in self._longer(way, name, path)]
            if not ways:
                raise _unknown_attribute(name, before[0], path)
            if len(ways) > MAX_ROUTES:
                raise ServiceError(
                    f"Could not parse: The path \"{path[:200]}\" can mean too many attributes"
                )
        return [way.steps for way in ways]

    def demand_filterable(self, steps: Sequence[Step]) -> None:
        """Refuse a path with an attribute that cannot be asked for.

        :raises ServiceError: with the attribute and the type on which it is met.
        """
        owner = self._common_name()
        for step in steps:
            attr = step.attr
            known_to_work = (owner, attr.name) in FILTERED
            if not (attr.filterable or known_to_work) or (
                step is steps[-1] and kind_of(step) is None
            ):
                raise ServiceError(texts.not_allowed_in_queries(attr.name, owner))
            below = self._targets(attr)
            owner = below[0].name if below else owner

    def _longer(self, way: _Way, name: str, path: str) -> list[_Way]:
        last = way.steps[-1].attr if way.steps else None
        if last is not None and last.type == 'WEB_LINK':
            return _into_web_link(way, name)
        name = ALIASES.get(name.lower(), name)
        found: dict[tuple[object, ...], tuple[AttrDef, list[str]]] = {}
        complete = True
        for type_def in way.types:
            for attr, paths in self._definitions(type_def, name):
                if attr is None:
                    complete = False
                else:
                    found.setdefault(_meaning(attr), (attr, []))[1].extend(paths)
        if not way.steps and not complete:
            raise self._not_shared() if found else _unknown_attribute(name, way, path)
        everywhere = complete and len(found) == 1
        longer = []
        for attr, paths in found.values():
            only = None if everywhere else tuple(dict.fromkeys(paths))
            step = self._step(attr, only, way.types[0])
            if attr is TYPE_OID:
                oids = tuple((path, self._catalogue.type(path).oid) for path in paths)
                step = Step(attr, only, by_type=oids)
            longer.append(_Way((*way.steps, step), self._targets(attr)))
        return longer

    def _definitions(self, type_def: TypeDef, name: str) -> list[tuple[AttrDef | None, list[str]]]:
        """The attribute as a type has it, or else as each of its concrete subtypes does."""
        family = list(self._catalogue.family(type_def.path))
        attr = _attribute(type_def, name)
        if attr is not None:
            return [(attr, family)]
        below = [self._catalogue.resolve(path) for path in family if path != type_def.path]
        concrete = [one for one in below if one is not None and not one.abstract]
        if not concrete or not type_def.abstract and type_def.creatable:
            concrete.append(type_def)
        return [(_attribute(one, name), [one.path]) for one in concrete]

    def _step(self, attr: AttrDef, only: tuple[str, ...] | None, owner: TypeDef) -> Step:
        if not attr.is_relation or not attr.target:
            return Step(attr, only)
        if not reachable(attr):
            raise ServiceError(texts.not_allowed_in_queries(attr.name, owner.name))
        crowded = self._catalogue.is_a(attr.target, CROWDED) or self._catalogue.is_a(
            CROWDED, attr.target
        )
        return Step(
            attr, only, tuple(self._catalogue.family(attr.target)), crowded, sight=self._sight
        )

    def _targets(self, attr: AttrDef) -> tuple[TypeDef, ...]:
        if not attr.is_relation or not attr.target:
            return ()
        target = self._catalogue.resolve(attr.target)
        return () if target is None else (target,)

    def _not_shared(self) -> ServiceError:
        return ServiceError(texts.not_shared(self._common_name()))

    def _common_name(self) -> str:
        """The nearest type that all types asked for inherit from."""
        current: TypeDef | None = self._types[0]
        while current is not None:
            path = current.path
            if all(self._catalogue.is_a(one.path, path) for one in self._types):
                return current.name
            current = self._catalogue.resolve(current.parent) if current.parent else None
        return self._types[0].name


def _attribute(type_def: TypeDef, name: str) -> AttrDef | None:
    found = type_def.attr(ALIASES_OF.get((type_def.path, name.lower()), name))
    return TYPE_OID if found is None and name.lower() == TYPE_OID.name.lower() else found


def _into_web_link(way: _Way, name: str) -> list[_Way]:
    part = next((part for part in WEB_LINK_PARTS if part.lower() == name.lower()), None)
    if part is None:
        return []
    last = way.steps[-1]
    step = Step(last.attr, last.only, part=part)
    return [_Way(way.steps[:-1] + (step,), ())]


def _meaning(attr: AttrDef) -> tuple[object, ...]:
    """Two definitions with the same meaning are compared in one go."""
    return (attr.name, attr.type, attr.slot, attr.relation, attr.target, attr.allowed_values)


def _unknown_attribute(name: str, way: _Way, path: str) -> ServiceError:
    owner = way.types[0].name if way.types else way.steps[-1].attr.type if way.steps else ''
    return ServiceError(texts.unknown_attribute(name, owner, path))
