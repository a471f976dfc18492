"""What a new object holds although the body did not say it, and what it may not do without.

Three layers: rules per type (a task takes its project from its work product), the model's own
defaults, false for booleans. `demand` then names everything required that is still missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Mapping

from .draft import WORLDWIDE

if TYPE_CHECKING:
    from .draft import Draft

__all__ = ['demand', 'fill', 'follow_owner']

_MISSING = "Validation error: {}.{} should not be null"

#: Required by their flag, yet the service takes them empty (sections 13 and 19).
OPTIONAL = frozenset((('UserProfile', 'DefaultProject'), ('UserProfile', 'DefaultWorkspace')))

#: Values the service gives that the model's defaults do not name.
CONSTANTS: Mapping[tuple[str, str], Any] = {
    ('Attachment', 'Compressed'): False,
    ('PreliminaryEstimate', 'Enabled'): True,
    ('Project', 'TaskStateRollupEnabled'): True,
    ('State', 'Enabled'): True,
    ('User', 'Language'): 'US English',
    ('User', 'Locale'): 'US English',
    # The project picker of a new user; the service's own defaults for the scope (section 14).
    ('User', 'ProjectScopeDown'): True,
    ('User', 'sessionTimeout'): 3600,
    ('Workspace', 'Style'): 'Full',
}
#: References to the caller, by attribute.
CALLER = ('CreatedBy', 'SubmittedBy')
#: The object a part belongs to, and what it takes from it: type -> (reference, attributes).
OWNERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    'Task': ('WorkProduct', ('Project', 'Iteration', 'Release')),
    'TestCaseResult': ('TestCase', ('Project', 'WorkProduct')),
    'PullRequest': ('Artifact', ('Project',)),
    'UserIterationCapacity': ('Iteration', ('Project',)),
}
#: Numbers that go on from those of the siblings: (type, attribute) -> (reference, first number).
SEQUENCES: Mapping[tuple[str, str], tuple[str, int]] = {
    ('Task', 'TaskIndex'): ('WorkProduct', 1),
    ('TestCaseStep', 'StepIndex'): ('TestCase', 0),
    ('ConversationPost', 'PostNumber'): ('Artifact', 0),
    ('State', 'OrderIndex'): ('TypeDef', 1),
    ('AllowedAttributeValue', 'ValueIndex'): ('AttributeDefinition', 0),
    ('PreliminaryEstimate', 'Value'): ('Workspace', 1),
}


def follow_owner(draft: Draft) -> None:
    """Let a part take project and schedule from the object it belongs to."""
    rule = OWNERS.get(draft.type_def.path)
    if rule is None or not (draft.creating or draft.turned(rule[0])):
        return
    owner = draft.target(rule[0])
    if owner is None:
        return
    for name in rule[1]:
        attr = draft.type_def.attributes.get(name)
        if attr is not None and (attr.read_only or draft.link(name) is None):
            draft.point(name, draft.tx.target(owner.oid, name))


def fill(draft: Draft) -> None:
    """Give a new object its defaults."""
    change = draft.change
    path = draft.type_def.path
    if draft.link('Workspace') is None and path not in WORLDWIDE:
        draft.point('Workspace', change.workspace)
    follow_owner(draft)
    if draft.link('Project') is None and not draft.given('Project'):
        draft.point('Project', _default_project(draft))
    for name in CALLER:
        if draft.link(name) is None and not draft.given(name):
            draft.point(name, change.user.oid)
    if path == 'ConversationPost' and draft.link('User') is None:
        draft.point('User', change.user.oid)
    for (owner, name), value in CONSTANTS.items():
        if owner == path and draft.value(name) is None:
            draft.put(name, value)
    for (owner, name), (reference, first) in SEQUENCES.items():
        if owner == path and draft.value(name) is None:
            draft.put(name, _next(draft, reference, name, first))
    special = SPECIAL.get(path) or SPECIAL.get(path.split('/')[0])
    if special is not None:
        special(draft)
    _model_defaults(draft)


def demand(draft: Draft) -> None:
    """Refuse the write for every required attribute without a value.

    Of an existing object only the attributes of this write are looked at.
    """
    for name, attr in draft.type_def.attributes.items():
        if (
            not attr.required
            or attr.type in ('BOOLEAN', 'COLLECTION')
            or (attr.read_only and not attr.create_only)
            or (draft.type_def.name, name) in OPTIONAL
            or name in draft.refused
        ):
            continue
        if attr.slot in ('derived', 'constant') or not (draft.creating or draft.given(name)):
            continue
        held = draft.link(name) if attr.type == 'OBJECT' else draft.value(name)
        if held is None or (isinstance(held, str) and not held.strip()) or held == b'':
            draft.change.refuse(_MISSING.format(draft.type_def.name, attr.label))


def _model_defaults(draft: Draft) -> None:
    for name, attr in draft.type_def.attributes.items():
        if attr.is_relation or attr.slot not in ('doc', 'column:name') or name in draft.values:
            continue
        if attr.default is not None:
            allowed = attr.allowed_values
            fitting = not allowed or attr.default in allowed or attr.type == 'BOOLEAN'
            draft.values[name] = attr.default if fitting else (allowed or (None,))[0]
        elif attr.type == 'BOOLEAN':
            # Null on create means false (vendor page "Use the Web Services API").
            draft.values[name] = False


def _default_project(draft: Draft) -> int | None:
    attr = draft.type_def.attributes.get('Project')
    if attr is None or not attr.required and draft.type_def.path != 'TestFolder':
        return None
    return draft.change.project


def _next(draft: Draft, reference: str, name: str, first: int) -> int | None:
    """Return the number after the greatest among the siblings."""
    owner = draft.link(reference)
    if owner is None:
        return first
    siblings = draft.tx.get_many(draft.tx.sources(owner, reference))
    numbers = [one.doc.get(name) for one in siblings.values() if one.type == draft.type_def.path]
    return max((int(number) for number in numbers if number is not None), default=first - 1) + 1


def _test_case(draft: Draft) -> None:
    configuration = draft.change.configuration()
    if configuration is not None and draft.value('Type') is None:
        kind = configuration.doc.get('DefaultTestCaseType')
        if kind in (draft.type_def.attributes['Type'].allowed_values or ()):
            draft.put('Type', kind)


def _portfolio_item(draft: Draft) -> None:
    draft.point('PortfolioItemType', draft.type_def.oid)
    draft.put('PortfolioItemTypeName', draft.type_def.name)


def _changeset(draft: Draft) -> None:
    repository = draft.target('SCMRepository')
    draft.put(
        'Name',
        '{}:{}'.format(
            (repository.name if repository else None) or '', draft.value('Revision') or ''
        ),
    )


def _connection(draft: Draft) -> None:
    draft.point('TypeDefinition', draft.type_def.oid)


def _time_entry(draft: Draft) -> None:
    for name in ('Project', 'Task', 'WorkProduct'):
        target = draft.target(name)
        draft.put(
            name + 'DisplayString',
            None
            if target is None
            else ': '.join(part for part in (target.formatted_id, target.name) if part),
        )


SPECIAL: Mapping[str, Callable[[Draft], None]] = {
    'Changeset': _changeset,
    'PortfolioItem': _portfolio_item,
    'PullRequest': _connection,
    'TestCase': _test_case,
    'TimeEntryItem': _time_entry,
}
