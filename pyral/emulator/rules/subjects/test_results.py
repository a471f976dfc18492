"""Results of test cases: which test set one may be moved to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import texts

if TYPE_CHECKING:
    from ..write.draft import Draft

__all__ = ['change_result']


def change_result(draft: Draft) -> None:
    """Refuse to move a result to a test set of another project than its test case's.

    A create is not known to be refused, so it is not.
    """
    if not draft.turned('TestSet'):
        return
    test_set, test_case = draft.target('TestSet'), draft.target('TestCase')
    if test_set is not None and test_case is not None and test_set.project != test_case.project:
        draft.refuse(texts.other_project(draft.type_def.attributes['TestSet'].label))
