"""Give each workspace of a world its object model: levels, fields, values, prefixes, states.

The definitions themselves are written by the emulator's own `custom_fields` and `levels`, so that a
field is the same whether a world or an administrator made it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..catalogue.catalogue import Catalogue, catalogue_for
from ..catalogue.custom_fields import FieldSpec, define_field, publish, set_prefix, set_values
from ..catalogue.levels import LevelSpec, define_levels
from ..clock import zone
from ..rules.subjects.workspaces import ESTIMATES, PORTFOLIO_STATES, PREFIXES, schedule_states
from ..rules.write.states import SCHEDULE_STATES
from .entries import Entry, EntryReader, Oid
from .errors import JsonPath, WorldError, near_miss
from .setup import Setup
from .values import UTC

if TYPE_CHECKING:
    from ..model import AttrDef
    from ..store import Tx

_WITH_VALUES = ('DROP_DOWN', 'MULTI_VALUE', 'RATING', 'STATE')


def set_up(
    tx: Tx, spec: Mapping[str, Any], place: JsonPath, oid: int, configuration_oid: int
) -> Setup:
    """Write what a workspace defines and return it ready for its objects.

    :raises WorldError: an unknown type, attribute or time zone.
    """
    setup = Setup(spec, place, oid, configuration_oid, _zone(spec, place), catalogue_for(tx, oid))
    setup.schedule_states = spec.get('scheduleStates') or SCHEDULE_STATES
    setup.flow_states = spec.get('flowStates') or [
        state if isinstance(state, str) else state['Name'] for state in setup.schedule_states
    ]
    if 'portfolioLevels' in spec:
        setup.catalogue = _levels(tx, setup)
    _prefixes(tx, setup)
    setup.catalogue = catalogue_for(tx, oid)
    _standard_values(tx, setup)
    _fields(tx, setup)
    setup.catalogue = publish(tx, oid)
    return setup


def settings_entries(reader: EntryReader, setup: Setup) -> Iterator[Entry]:
    """Yield the states and estimates that a workspace has."""
    yield from reader.entries(
        schedule_states(setup.schedule_states, 'scheduleStates' in setup.spec),
        (*setup.place, 'scheduleStates'),
        setup,
        type_path='ScheduleState',
    )
    yield from reader.entries(
        [_named(one) for one in setup.spec.get('preliminaryEstimates', ESTIMATES)],
        (*setup.place, 'preliminaryEstimates'),
        setup,
        type_path='PreliminaryEstimate',
    )
    levels = setup.spec.get('portfolioLevels', ())
    for ordinal, level in enumerate(setup.catalogue.portfolio_levels):
        spec = levels[ordinal] if ordinal < len(levels) else {}
        states = [_named(one) for one in spec.get('states', PORTFOLIO_STATES)]
        place = (*setup.place, 'portfolioLevels', ordinal, 'states')
        for index, entry in enumerate(reader.entries(states, place, setup, type_path='State')):
            entry.with_value('TypeDef', Oid(level.oid)).with_value('OrderIndex', index + 1)
            setup.states[level.path, str(entry.values['Name'])] = entry.oid
            yield entry


def configuration_values(setup: Setup) -> dict[str, Any]:
    """Return the attributes of the WorkspaceConfiguration that the file gives."""
    values = {
        key: value
        for key, value in setup.spec.get('configuration', {}).items()
        if key not in ('id', 'comment')
    }
    if 'timeZone' in setup.spec:
        values['TimeZone'] = setup.spec['timeZone']
    for name, path in PREFIXES.items():
        values.setdefault(name, setup.catalogue.type(path).id_prefix)
    return values


def _named(state: Any) -> dict[str, Any]:
    return {'Name': state} if isinstance(state, str) else dict(state)


def _zone(spec: Mapping[str, Any], place: JsonPath) -> datetime.tzinfo:
    configuration = spec.get('configuration', {})
    name = spec.get('timeZone') or configuration.get('TimeZone') or 'Etc/UTC'
    found = zone(name)
    if found is UTC:
        where = (
            (*place, 'timeZone') if 'timeZone' in spec else (*place, 'configuration', 'TimeZone')
        )
        raise WorldError(
            f"there is no time zone '{name}'; write for example America/Denver.", where
        )
    return found


def _levels(tx: Tx, setup: Setup) -> Catalogue:
    levels = [
        LevelSpec(one['name'], one.get('prefix'), one.get('displayName'))
        for one in setup.spec['portfolioLevels']
    ]
    try:
        return define_levels(tx, setup.oid, levels)
    except ValueError as error:
        raise WorldError(str(error), (*setup.place, 'portfolioLevels')) from None


def _prefixes(tx: Tx, setup: Setup) -> None:
    wanted = {
        path: (prefix, (*setup.place, 'idPrefixes', path))
        for path, prefix in setup.spec.get('idPrefixes', {}).items()
    }
    for name, path in PREFIXES.items():
        prefix = setup.spec.get('configuration', {}).get(name)
        if prefix is not None:
            wanted.setdefault(path, (prefix, (*setup.place, 'configuration', name)))
    for text, (prefix, place) in wanted.items():
        path = _type_path(setup.catalogue, text, place)
        if setup.catalogue.type(path).id_prefix != prefix:
            set_prefix(tx, setup.oid, path, prefix)


def _standard_values(tx: Tx, setup: Setup) -> None:
    for text, values in setup.spec.get('allowedValues', {}).items():
        place = (*setup.place, 'allowedValues', text)
        path, _, name = text.rpartition('.')
        attr = _attribute(setup.catalogue, _type_path(setup.catalogue, path, place), name, place)
        set_values(tx, setup.oid, attr.oid, ['' if one is None else one for one in values])
    if 'scheduleStates' in setup.spec:
        names = [_named(state)['Name'] for state in setup.schedule_states]
        catalogue = setup.catalogue
        attributes = {
            attr.oid
            for path in catalogue.family('SchedulableArtifact')
            for attr in catalogue.attr_for([path], 'ScheduleState')
        }
        attributes.update(
            attr.oid for attr in catalogue.attr_for(['FlowState'], 'ScheduleStateMapping')
        )
        for attribute in sorted(attributes):
            set_values(tx, setup.oid, attribute, names)


def _fields(tx: Tx, setup: Setup) -> None:
    for index, spec in enumerate(setup.spec.get('customFields', ())):
        place = (*setup.place, 'customFields', index)
        kinds = [spec['on']] if isinstance(spec['on'], str) else spec['on']
        if spec['kind'] in _WITH_VALUES and not spec.get('values'):
            raise WorldError(f"a {spec['kind']} field needs its values.", place)
        if spec['kind'] not in _WITH_VALUES and spec.get('values'):
            raise WorldError(f"a {spec['kind']} field has no list of values.", (*place, 'values'))
        for text in kinds:
            path = _type_path(setup.catalogue, text, (*place, 'on'))
            _field(tx, setup, spec, path, place)


def _field(tx: Tx, setup: Setup, spec: Mapping[str, Any], path: str, place: JsonPath) -> None:
    field_spec = FieldSpec(
        path,
        spec['name'],
        spec['kind'],
        spec.get('elementName'),
        tuple(spec.get('values', ())),
        spec.get('default'),
        None,
        spec.get('required', False),
        spec.get('hidden', False),
        False,
        spec.get('adminOnly', False),
        spec.get('note', ''),
        spec.get('maxLength'),
        spec.get('maxFractionalDigits'),
        spec.get('url', ''),
        spec.get('display', 'NEW_WINDOW'),
    )
    row = define_field(tx, setup.oid, field_spec, setup.catalogue)
    if spec['kind'] in _WITH_VALUES:
        setup.keep_values(tx, row.oid)
    for index, project in enumerate(spec.get('hiddenIn', ())):
        setup.hidden.append((row.oid, project, (*place, 'hiddenIn', index)))
    if 'id' in spec:
        if spec['id'] in setup.field_names:
            raise WorldError(f"the local name '{spec['id']}' is given twice.", (*place, 'id'))
        setup.field_names[spec['id']] = row.oid


def _type_path(catalogue: Catalogue, text: str, place: JsonPath) -> str:
    found = catalogue.resolve(text)
    if found is None:
        names = {one.path for one in catalogue.types()} | {one.name for one in catalogue.types()}
        raise WorldError(f"there is no type '{text}'.{near_miss(text, names)}", place)
    return found.path


def _attribute(catalogue: Catalogue, path: str, name: str, place: JsonPath) -> AttrDef:
    found = catalogue.type(path).attributes.get(name)
    if found is None:
        raise WorldError(
            f"{path} has no attribute '{name}'.{near_miss(name, catalogue.type(path).attributes)}",
            place,
        )
    return found
