"""Drag-and-drop rank: put an artifact above or below another one, at the top or the bottom."""
from __future__ import absolute_import, division, print_function

from pyral import refs
from pyral._compat import ensure_native, fill, raise_from
from pyral.advice import keeps_result
from pyral.entity.base import raw_item
from pyral.errors import NotFoundError, RallyRESTAPIError
from pyral.resolving.items import item_of
from pyral.writing.sending import path_of, respond

__all__ = ['rank']


@keeps_result
def rank(connection, target, how, reference=None):
    """Move an artifact in the order of its workspace.

    :param target: the artifact to move, an entity, reference, ObjectID or FormattedID.
    :param how: `rankAbove`, `rankBelow`, `TOP` or `BOTTOM`.
    :param reference: the artifact to be next to, for the first two.
    :returns: a `RallyRESTResponse`.
    :raises RallyRESTAPIError: the target has no rank, or the service refused.
    """
    target = _item(connection, target, "the artifact to rank")
    type_def, oid = _artifact(connection, target)
    context, params = connection.scoped(project=None)
    if how in ('TOP', 'BOTTOM'):
        place = ('rankTo', how)
    else:
        found = _item(connection, reference, "the reference artifact")
        place = (how, refs.reference_text(found))
    path = path_of(type_def, oid)
    body = {path_of(type_def): {'_ref': path}}

    def refusal(errors, warnings):
        return fill(
            u'Unable to update the DragAndDropRank value for the target_artifact {0}, {1}',
            _shown(target, path), errors[0])

    return respond(connection, 'POST', path, body, [place] + params, refusal, context)


def _item(connection, value, role):
    """Return an item in any form as an entity or `Ref`."""
    try:
        found = item_of(connection, value, role)
    except TypeError:
        raise_from(RallyRESTAPIError(
            fill("{0} must be an entity or a reference, not {1}", role, repr(value)),
            hint="Give an entity, its ref such as 'defect/12', its ObjectID or FormattedID."), None)
    if found is None:
        raise NotFoundError(fill("{0} could not be located", repr(value)))
    return found


def _artifact(connection, target):
    ref = refs.parse(target)
    found = connection.type_of_item(target)
    if ref is None or found is None or 'Artifact' not in found.inheritanceChain():
        shown = type(target).__name__ if found is None or ref is None else found.ElementName
        raise RallyRESTAPIError(fill(
            'Unable to change DragAndDropRank for target {0}, not an Artifact',
            ensure_native(shown)),
            hint=None if found is not None and ref is not None
            else "Give an entity, its ref such as 'defect/12', or its _ref.")
    return found, ref.oid


def _shown(target, path):
    item = raw_item(target) or {}
    return item.get('FormattedID') or refs.reference_text(target) or path
