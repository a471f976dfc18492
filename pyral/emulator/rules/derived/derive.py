"""Derived values: what an object shows of its tasks, tests, defects and children.

Each rule is a function of one object and of `Facts`, which answer "who points here". The rules
store nothing and know no SQL, so that one write and the building of a whole world use the same
ones. A rule returns scalars and references by attribute name; attributes a type has not are
dropped by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import timing
from .facts import Facts, Values

if TYPE_CHECKING:
    from ...store import Obj

__all__ = [
    'COUNTED',
    'DEPENDENT_BACK',
    'DEPENDENT_ON',
    'DERIVED',
    'FEATURE',
    'FOLLOWED',
    'LEVELS',
    'OWN',
    'RULES',
    'derive',
    'level_of',
    'matters',
]


#: The edge to the feature a story shows; its attribute is called as the lowest level is.
FEATURE = 'Feature'
SCHEDULABLE = ('HierarchicalRequirement', 'Defect', 'DefectSuite', 'TestSet', 'Risk')


def derive(facts: Facts, obj: Obj) -> Values:
    """Return every derived value of an object; references are ObjectIDs."""
    values: Values = {}
    for rule in RULES.get(obj.type.split('/')[0], ()):
        values.update(rule(facts, obj))
    return values


def level_of(type_path: str) -> int | None:
    """Return when a type is worked out: after all lower ones; None when nothing is derived."""
    return LEVELS.get(type_path.split('/')[0])


def total(objs: Iterable[Obj], key: str) -> float:
    """Return the sum of a number over some objects."""
    return round(float(sum(obj.doc.get(key) or 0 for obj in objs)), 2)


def tasks(facts: Facts, obj: Obj) -> Values:
    """Sum up the tasks of a work product."""
    every = facts.sources(obj.oid, 'WorkProduct', 'Task')
    return {
        'TaskActualTotal': total(every, 'Actuals'),
        'TaskEstimateTotal': total(every, 'Estimate'),
        'TaskRemainingTotal': total(every, 'ToDo'),
        'TaskStatus': task_status(every),
    }


def task_status(every: Sequence[Obj]) -> str:
    """Return the TaskStatus of a work product with these tasks."""
    if not every:
        return 'NONE'
    states = {task.doc.get('State') for task in every}
    blocked = any(task.doc.get('Blocked') is True for task in every)
    if states == {'Completed'}:
        return 'COMPLETED_BLOCKED' if blocked else 'COMPLETED'
    if blocked:
        return 'IN_PROGRESS_BLOCKED'
    return 'DEFINED' if states == {'Defined'} else 'IN_PROGRESS'


def test_cases(facts: Facts, obj: Obj) -> Values:
    """Count the test cases of a work product and how they fared."""
    every = facts.sources(obj.oid, 'WorkProduct', 'TestCase')
    verdicts = [case.doc.get('LastVerdict') for case in every]
    latest = max(every, key=lambda case: (case.doc.get('LastRun') or '', case.oid), default=None)
    passing = verdicts.count('Pass')
    return {
        'TestCaseCount': len(every),
        'PassingTestCaseCount': passing,
        'TotalDirectTestCaseCount': len(every),
        'DirectPassingTestCaseCount': passing,
        'TestCaseStatus': test_status(verdicts),
        'LastRun': latest.doc.get('LastRun') if latest else None,
        'LastBuild': latest.doc.get('LastBuild') if latest else None,
    }


def test_set(facts: Facts, obj: Obj) -> Values:
    """Count the test cases of a test set by their last verdict inside that set."""
    every = facts.targets(obj.oid, 'TestSet.TestCases')
    last: dict[int, Obj] = {}
    for result in sorted(facts.sources(obj.oid, 'TestSet', 'TestCaseResult'), key=_when):
        case = facts.target(result.oid, 'TestCase')
        if case is not None:
            last[case.oid] = result
    verdicts = [last[case.oid].doc.get('Verdict') if case.oid in last else None for case in every]
    latest = max(last.values(), key=_when, default=None)
    return {
        'TestCaseCount': len(every),
        'PassingTestCaseCount': verdicts.count('Pass'),
        'TestCaseStatus': test_status(verdicts),
        'DefectStatus': 'NONE',
        'LastRun': latest.doc.get('Date') if latest else None,
        'LastBuild': latest.doc.get('Build') if latest else None,
    }


def test_status(verdicts: Sequence[Any]) -> str:
    """Return the TestCaseStatus for the last verdicts of some test cases; None is "not run"."""
    run = [verdict for verdict in verdicts if verdict is not None]
    passing = run.count('Pass')
    if not verdicts:
        return 'NONE'
    if not run:
        return 'NONE_RUN'
    extent = 'ALL_RUN' if len(run) == len(verdicts) else 'SOME_RUN'
    if not passing:
        return extent + '_NONE_PASSING'
    return extent + ('_ALL_PASSING' if passing == len(run) else '_SOME_NOT_PASSING')


def results(facts: Facts, obj: Obj) -> Values:
    """Show the last result of a test case."""
    every = facts.sources(obj.oid, 'TestCase', 'TestCaseResult')
    last = max(every, key=_when, default=None)
    return {
        'LastVerdict': last.doc.get('Verdict') if last else None,
        'LastRun': last.doc.get('Date') if last else None,
        'LastBuild': last.doc.get('Build') if last else None,
        'LastResult': last.oid if last else None,
        'DefectStatus': defect_status(facts.sources(obj.oid, 'TestCase', 'Defect')),
    }


def defect_status(defects: Sequence[Obj]) -> str:
    """Return the DefectStatus of something with these defects."""
    closed = sum(1 for defect in defects if defect.doc.get('State') == 'Closed')
    if not defects:
        return 'NONE'
    if not closed:
        return 'NONE_CLOSED'
    return 'ALL_CLOSED' if closed == len(defects) else 'SOME_CLOSED'


def suite(facts: Facts, obj: Obj) -> Values:
    """Count the defects of a suite."""
    defects = facts.targets(obj.oid, 'DefectSuite.Defects')
    closed = [defect for defect in defects if defect.doc.get('State') == 'Closed']
    return {
        'DefectStatus': defect_status(defects),
        'TotalDefectCount': len(defects),
        'ClosedDefectCount': len(closed),
    }


def story(facts: Facts, obj: Obj) -> Values:
    """Show children, parent and defects of a story."""
    children = facts.sources(obj.oid, 'Parent', 'HierarchicalRequirement')
    defects = facts.sources(obj.oid, 'Requirement', 'Defect')
    parent = facts.target(obj.oid, 'Parent') or facts.target(obj.oid, 'PortfolioItem')
    values: Values = {
        'DirectChildrenCount': len(children),
        'HasParent': parent is not None,
        'DefectStatus': defect_status(defects),
        # A deleted parent is still named, as `Parent` names it.
        'UnifiedParent': facts.leads(obj.oid, 'Parent') or facts.leads(obj.oid, 'PortfolioItem'),
        FEATURE: feature(facts, obj.oid),
    }
    values.update(timing.predecessors(facts, obj))
    values.update(leaves([obj] if not children else children, is_leaf=not children))
    return values


def feature(facts: Facts, story: int) -> int | None:
    """Return the portfolio item of a story or of its nearest ancestor that has one."""
    seen: set[int] = set()
    here: int | None = story
    while here is not None and here not in seen:
        seen.add(here)
        found = facts.leads(here, 'PortfolioItem')
        if found is not None:
            return found
        here = facts.leads(here, 'Parent')
    return None


#: What a story or a portfolio item passes on to its parent, kept under names of our own.
LEAF = ('_leaves', '_leafPoints', '_accepted', '_acceptedPoints', '_unestimated')


def leaves(stories: Sequence[Obj], is_leaf: bool) -> Values:
    """Sum up the leaf stories below a story: itself, or what its children have summed up.

    :param is_leaf: `stories` is the story itself, which has no children.
    """
    if not is_leaf:
        return {key: _tidy(sum(one.doc.get(key) or 0 for one in stories)) for key in LEAF}
    (one,) = stories
    points, accepted = one.doc.get('PlanEstimate'), bool(one.doc.get('AcceptedDate'))
    return dict(
        zip(LEAF, (1, points or 0, int(accepted), (points or 0) * accepted, int(points is None)))
    )


def portfolio(facts: Facts, obj: Obj) -> Values:
    """Sum up everything below a portfolio item."""
    stories = facts.sources(obj.oid, 'PortfolioItem', 'HierarchicalRequirement')
    defects = facts.sources(obj.oid, 'PortfolioItem', 'Defect')
    items = [
        one for one in facts.sources(obj.oid, 'Parent') if one.type.startswith('PortfolioItem/')
    ]
    sums = leaves([*stories, *items], is_leaf=False)
    count, points, accepted, accepted_points, unestimated = (sums[key] for key in LEAF)
    values = dict(sums)
    values.update(
        {
            'DirectChildrenCount': len(stories) + len(items),
            'LeafStoryCount': count,
            'LeafStoryPlanEstimateTotal': float(points),
            'AcceptedLeafStoryCount': accepted,
            'AcceptedLeafStoryPlanEstimateTotal': float(accepted_points),
            'UnEstimatedLeafStoryCount': unestimated,
            'PercentDoneByStoryCount': share(accepted, count),
            'PercentDoneByStoryPlanEstimate': share(accepted_points, points),
        }
    )
    values.update(_defects_below(defects, items))
    values.update(
        {
            'TotalCountRollup': count + values['DefectCountRollup'],
            'TotalEstimateRollup': float(points + values['DefectPlanEstimateTotalRollup']),
            'AcceptedTotalCountRollup': accepted + values['AcceptedDefectCountRollup'],
            'AcceptedTotalEstimateRollup': float(
                accepted_points + values['AcceptedDefectEstimateTotalRollup']
            ),
            'UnEstimatedTotalCountRollup': unestimated + values['UnEstimatedDefectCountRollup'],
        }
    )
    values['PercentDoneByTotalCountRollup'] = share(
        values['AcceptedTotalCountRollup'], values['TotalCountRollup']
    )
    values['PercentDoneByTotalEstimateRollup'] = share(
        values['AcceptedTotalEstimateRollup'], values['TotalEstimateRollup']
    )
    values.update(timing.children(facts, obj, stories, items))
    values.update(_actual_dates([*stories, *items], share(accepted, count) == 1))
    estimate = facts.target(obj.oid, 'PreliminaryEstimate')
    values['PreliminaryEstimateValue'] = estimate.doc.get('Value') if estimate else None
    values['PreliminaryEstimateCountValue'] = estimate.doc.get('CountValue') if estimate else None
    return values


def share(part: float, whole: float) -> float:
    """Return which share of a whole is done: 0 to 1."""
    return round(part / whole, 4) if whole else 0.0


def timebox(facts: Facts, obj: Obj) -> Values:
    """Sum up what is scheduled in an iteration or a release."""
    keys = ('PlanEstimate', 'TaskEstimateTotal', 'TaskRemainingTotal', 'TaskActualTotal')
    values: Values = dict(facts.sums(obj.oid, obj.type, keys, False))
    if obj.type == 'Release':
        values['Accepted'] = facts.sums(obj.oid, obj.type, ('PlanEstimate',), True)['PlanEstimate']
    return values


def milestone(facts: Facts, obj: Obj) -> Values:
    """Count the artifacts and projects of a milestone."""
    artifacts = facts.targets(obj.oid, 'Milestone.Artifacts')
    projects = facts.targets(obj.oid, 'Milestone.Projects')
    work = [one for one in artifacts if one.type in SCHEDULABLE]
    accepted = [one for one in work if one.doc.get('AcceptedDate')]
    points, accepted_points = total(work, 'PlanEstimate'), total(accepted, 'PlanEstimate')
    return {
        'TotalArtifactCount': len(artifacts),
        'TotalProjectCount': len(projects),
        'ClosedProjectCount': sum(1 for one in projects if one.doc.get('State') == 'Closed'),
        'TotalWorkItemCount': len(work),
        'AcceptedWorkItemCount': len(accepted),
        'TotalWorkItemPoints': points,
        'AcceptedWorkItemPoints': accepted_points,
        'PercentDoneByWorkItemCount': share(len(accepted), len(work)),
        'PercentDoneByWorkItemPoints': share(accepted_points, points),
    }


def tag(facts: Facts, obj: Obj) -> Values:
    """Count what a tag is on."""
    return {'UsageCount': facts.count_sources(obj.oid, 'Artifact.Tags')}


def builds(facts: Facts, obj: Obj) -> Values:
    """Show the last build of a build definition."""
    every = facts.sources(obj.oid, 'BuildDefinition', 'Build')
    last = max(every, key=lambda one: (one.doc.get('Start') or one.created, one.oid), default=None)
    return {
        'LastBuild': last.oid if last else None,
        'LastStatus': last.doc.get('Status') if last else 'NO BUILDS',
    }


def _defects_below(defects: Sequence[Obj], items: Sequence[Obj]) -> Values:
    """Sum up the defects of a portfolio item and of the items below it."""
    accepted = [one for one in defects if one.doc.get('AcceptedDate')]
    own: Values = {
        'DefectCountRollup': len(defects),
        'AcceptedDefectCountRollup': len(accepted),
        'UnEstimatedDefectCountRollup': sum(
            1 for one in defects if one.doc.get('PlanEstimate') is None
        ),
        'DefectPlanEstimateTotalRollup': total(defects, 'PlanEstimate'),
        'AcceptedDefectEstimateTotalRollup': total(accepted, 'PlanEstimate'),
    }
    values = {
        key: value + _tidy(sum(one.doc.get(key) or 0 for one in items))
        for key, value in own.items()
    }
    values['PercentDoneByDefectCountRollup'] = share(
        values['AcceptedDefectCountRollup'], values['DefectCountRollup']
    )
    values['PercentDoneByDefectEstimateRollup'] = share(
        values['AcceptedDefectEstimateTotalRollup'], values['DefectPlanEstimateTotalRollup']
    )
    return values


def _actual_dates(children: Sequence[Obj], done: bool) -> Values:
    """Return when work below a portfolio item began, and when all of it was accepted."""
    begun = [one.doc.get('InProgressDate') or one.doc.get('ActualStartDate') for one in children]
    ended = [one.doc.get('AcceptedDate') or one.doc.get('ActualEndDate') for one in children]
    return {
        'ActualStartDate': min((date for date in begun if date), default=None),
        'ActualEndDate': max((date for date in ended if date), default=None) if done else None,
    }


def _tidy(number: float) -> float | int:
    return round(number, 2) if isinstance(number, float) else number


def _when(result: Obj) -> tuple[str, int]:
    return result.doc.get('Date') or '', result.oid


#: What a story or a portfolio item passes on to its parent.
_PASSED_ON = frozenset(
    (
        *LEAF,
        timing.END,
        *timing.INHERITED,
        *timing.INHERITED.values(),
        'AcceptedDate',
        'AcceptedDefectCountRollup',
        'AcceptedDefectEstimateTotalRollup',
        'ActualEndDate',
        'ActualStartDate',
        'DefectCountRollup',
        'DefectPlanEstimateTotalRollup',
        'InProgressDate',
        'PlanEstimate',
        'ScheduleState',
        'UnEstimatedDefectCountRollup',
    )
)
#: What is summed up in an iteration or a release, and what a person takes on there.
_SCHEDULED = frozenset(
    (
        'AcceptedDate',
        'Estimate',
        'Owner',
        'PlanEstimate',
        'TaskActualTotal',
        'TaskEstimateTotal',
        'TaskRemainingTotal',
    )
)
#: References along which a change matters to the object they point to, and what is read there.
DEPENDENT_ON: Mapping[str, frozenset[str]] = {
    'WorkProduct': frozenset(
        ('Actuals', 'Estimate', 'ToDo', 'State', 'Blocked', 'LastVerdict', 'LastRun', 'LastBuild')
    ),
    'TestCase': frozenset(('Verdict', 'Date', 'Build', 'State')),
    'TestSet': frozenset(('Verdict', 'Date', 'Build')),
    'Requirement': frozenset(('State',)),
    'Parent': _PASSED_ON,
    'PortfolioItem': _PASSED_ON,
    'Iteration': _SCHEDULED,
    'Release': _SCHEDULED,
    'BuildDefinition': frozenset(('Start', 'Status')),
}
#: Edges along which a change matters to the object they come from, and what is read there.
DEPENDENT_BACK: Mapping[str, frozenset[str]] = {
    'TestSet.TestCases': frozenset(),
    'DefectSuite.Defects': frozenset(('State',)),
    'Milestone.Artifacts': frozenset(('AcceptedDate', 'PlanEstimate')),
    'Milestone.Projects': frozenset(('State',)),
    timing.PREDECESSORS: frozenset(('Iteration',)),
}
#: Values that an object's own derived values are made of.
OWN = frozenset(
    (
        *_PASSED_ON,
        'Capacity',
        'PlannedEndDate',
    )
)
#: Edges that the object they lead to counts.
COUNTED = frozenset(('Artifact.Tags',))
#: References whose change matters at both ends.
FOLLOWED = frozenset((*DEPENDENT_ON, 'PreliminaryEstimate', 'User'))


def matters(names: Iterable[str]) -> bool:
    """Say whether any derived value is made of one of some attributes."""
    return not _READ.isdisjoint(names)


_READ = OWN.union(*DEPENDENT_ON.values(), *DEPENDENT_BACK.values())

Rule = Callable[[Facts, 'Obj'], Values]
#: The rules of each type, portfolio levels under their common name.
RULES: Mapping[str, Sequence[Rule]] = {
    'BuildDefinition': (builds,),
    'Defect': (tasks, test_cases),
    'DefectSuite': (tasks, test_cases, suite),
    'HierarchicalRequirement': (tasks, test_cases, story),
    'Iteration': (timebox,),
    'Milestone': (milestone,),
    'PortfolioItem': (portfolio,),
    'Release': (timebox,),
    'Risk': (tasks, test_cases),
    'Tag': (tag,),
    'TestCase': (results,),
    'TestSet': (tasks, test_set),
    'UserIterationCapacity': (timing.capacity,),
}
#: When each type is worked out; a type comes after everything its rules look at.
LEVELS: Mapping[str, int] = {
    'BuildDefinition': 0,
    'TestCase': 0,
    'Tag': 0,
    'Defect': 1,
    'Risk': 1,
    'TestSet': 1,
    'DefectSuite': 2,
    'HierarchicalRequirement': 2,
    'PortfolioItem': 3,
    'Iteration': 4,
    'Release': 4,
    'Milestone': 4,
    'UserIterationCapacity': 5,
}

#: Every scalar the rules keep in a document.
DERIVED = (
    *LEAF,
    timing.END,
    'TaskActualTotal',
    'TaskEstimateTotal',
    'TaskRemainingTotal',
    'TaskStatus',
    'TestCaseCount',
    'PassingTestCaseCount',
    'TotalDirectTestCaseCount',
    'DirectPassingTestCaseCount',
    'TestCaseStatus',
    'LastRun',
    'LastBuild',
    'LastVerdict',
    'LastStatus',
    'DefectStatus',
    'TotalDefectCount',
    'ClosedDefectCount',
    'DirectChildrenCount',
    'HasParent',
    'LeafStoryCount',
    'LeafStoryPlanEstimateTotal',
    'AcceptedLeafStoryCount',
    'AcceptedLeafStoryPlanEstimateTotal',
    'UnEstimatedLeafStoryCount',
    'PercentDoneByStoryCount',
    'PercentDoneByStoryPlanEstimate',
    'TotalCountRollup',
    'TotalEstimateRollup',
    'AcceptedTotalCountRollup',
    'AcceptedTotalEstimateRollup',
    'UnEstimatedTotalCountRollup',
    'PercentDoneByTotalCountRollup',
    'PercentDoneByTotalEstimateRollup',
    'DefectCountRollup',
    'AcceptedDefectCountRollup',
    'UnEstimatedDefectCountRollup',
    'DefectPlanEstimateTotalRollup',
    'AcceptedDefectEstimateTotalRollup',
    'PercentDoneByDefectCountRollup',
    'PercentDoneByDefectEstimateRollup',
    'ActualStartDate',
    'ActualEndDate',
    'PreliminaryEstimateValue',
    'PreliminaryEstimateCountValue',
    'PlanEstimate',
    'Accepted',
    'TotalArtifactCount',
    'TotalProjectCount',
    'ClosedProjectCount',
    'TotalWorkItemCount',
    'AcceptedWorkItemCount',
    'TotalWorkItemPoints',
    'AcceptedWorkItemPoints',
    'PercentDoneByWorkItemCount',
    'PercentDoneByWorkItemPoints',
    'UsageCount',
    'PredecessorNotScheduled',
    'PredecessorScheduledInSameOrLaterIteration',
    'LateChildCount',
    'ChildStoryPredecessorNotScheduled',
    'ChildStoryPredecessorScheduledInSameOrLaterIteration',
    'TaskEstimates',
    'Load',
)
