"""Completion of a new object: the defaults, references, numbers and states its writer left out.

The one place that decides what the service fills in. A write through the API and a world file
both come here, so that what they make is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Mapping

from .moving import follow_project, keep_leaf, one_parent
from .states import flow_state_order, keep_states

if TYPE_CHECKING:
    from .draft import Draft
    from .unfinished import Unfinished

__all__ = ['complete', 'display_name', 'follow_owner', 'prepare']


def complete(new: Unfinished) -> None:
    """Give a new object everything that follows from its type and from what is said of it."""
    rules = new.rules
    if new.link('Workspace') is None:
        new.point('Workspace', new.workspace)
    follow_owner(new)
    one_parent(new)
    if rules.takes_project and new.link('Project') is None and not new.given('Project'):
        new.point('Project', new.project)
    for name in rules.authors:
        if new.link(name) is None and not new.given(name):
            new.point(name, new.author)
    for name, reference, first in rules.sequences:
        if new.lacks(name):
            new.put(name, new.next_number(name, reference, first))
    path = rules.type_def.path
    rule = _RULES.get(path) or _RULES.get(path.split('/')[0])
    if rule is not None:
        rule(new)
    # The states look at the defaults, and these must not stand before a rule has asked.
    new.take_defaults()
    keep_states(new)


def prepare(draft: Draft) -> None:
    """Let the rules of owners, moves, states and dates complete a change before it is checked."""
    follow_owner(draft)
    one_parent(draft)
    keep_leaf(draft)
    follow_project(draft)
    keep_states(draft)


def follow_owner(new: Unfinished) -> None:
    """Let a part take project and schedule from the object it belongs to."""
    owned = new.rules.owned
    if owned is None or not (new.creating or new.turned(owned.by[0])):
        return
    owner = new.link(owned.by[0])
    if owner is None:
        return
    for name in owned.takes:
        attr = new.type_def.attributes.get(name)
        if attr is not None and (attr.read_only or new.link(name) is None):
            new.point(name, new.link_of(owner, name))


def display_name(doc: Mapping[str, Any]) -> str | None:
    """Return the name a user is shown by."""
    full = ' '.join(part for part in (doc.get('FirstName'), doc.get('LastName')) if part)
    return doc.get('DisplayName') or full or doc.get('UserName')


def _attachment(new: Unfinished) -> None:
    content = new.link('Content')
    if content is not None and new.lacks('Size'):
        new.put('Size', new.size_of(content))


def _changeset(new: Unfinished) -> None:
    repository = new.target('SCMRepository')
    name = repository.name if repository is not None else None
    new.put('Name', f"{name or ''}:{new.value('Revision') or ''}")


def _portfolio_item(new: Unfinished) -> None:
    new.point('PortfolioItemType', new.type_def.oid)
    new.put('PortfolioItemTypeName', new.type_def.name)


def _pull_request(new: Unfinished) -> None:
    new.point('TypeDefinition', new.type_def.oid)


def _test_case(new: Unfinished) -> None:
    kind = new.configured('DefaultTestCaseType')
    if new.lacks('Type') and kind in (new.type_def.attributes['Type'].allowed_values or ()):
        new.put('Type', kind)


def _time_entry(new: Unfinished) -> None:
    for name in ('Project', 'Task', 'WorkProduct'):
        target = new.target(name)
        parts = () if target is None else (target.formatted_id, target.name)
        new.put(name + 'DisplayString', ': '.join(part for part in parts if part) or None)


def _user(new: Unfinished) -> None:
    names = {name: new.value(name) for name in ('FirstName', 'LastName', 'UserName')}
    if new.lacks('DisplayName'):
        new.put('DisplayName', display_name(names))
    if new.lacks('ShortDisplayName'):
        new.put('ShortDisplayName', str(names['FirstName'] or names['UserName'] or '')[:8] or None)
    new.put('LastPasswordUpdateDate', new.since)
    subscription = new.subscription()
    if subscription is not None:
        new.put('SubscriptionID', subscription.doc.get('SubscriptionID'))
        new.put('subscriptionOid', subscription.oid)


_RULES: Mapping[str, Callable[[Unfinished], None]] = {
    'Attachment': _attachment,
    'Changeset': _changeset,
    'FlowState': flow_state_order,
    'PortfolioItem': _portfolio_item,
    'PullRequest': _pull_request,
    'TestCase': _test_case,
    'TimeEntryItem': _time_entry,
    'User': _user,
}
