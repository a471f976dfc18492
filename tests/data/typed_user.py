"""What a user's type checker is shown: it must pass, and what is marked wrong must be wrong."""

import datetime
import sys
from typing import Any, Dict, List, Optional

import pyral
from pyral import (
    InvalidRallyTypeNameError,
    QuerySyntaxError,
    Rally,
    RallyRESTAPIError,
    RallyRESTResponse,
    RetryPolicy,
    rallyWorkset,
)
from pyral.entity import (
    Defect,
    HierarchicalRequirement,
    Iteration,
    Project,
    Story,
    User,
    UserStory,
    classFor,
)
from pyral.query_builder import build


def connect(args: List[str]) -> Rally:
    server, user, password, apikey, workspace, project = rallyWorkset(args)
    return Rally(
        server,
        user,
        password,
        apikey=apikey,
        workspace=workspace,
        project=project,
        timeout=(5, 60),
        retry=RetryPolicy(attempts=3),
        lazy='batch',
    )


def names_of(rally: Rally, text: str) -> List[str]:
    response: RallyRESTResponse = rally.get(
        'Story',
        fetch=True,
        query=['State != Closed', {'Name contains': text}],
        order='Rank',
        limit=20,
    )
    if response.errors:
        sys.exit('\n'.join(response.errors))
    found: List[str] = []
    for story in response:
        # Attributes come from the workspace's schema, so they are of any type.
        found += [task.Name for task in story.Tasks if task.Owner]
    total: int = response.resultCount + response.total
    assert response.complete or total
    return found


def open_defects(rally: Rally) -> List[Defect]:
    response: RallyRESTResponse[Defect] = rally.get(Defect, query={'State': 'Open'}, pagesize=200)
    for defect in response:
        print(defect.details())
    return list(rally.find(Defect, projectScopeDown=True, timeout=30, threads=None))


def one(rally: Rally, number: str) -> Optional[Defect]:
    item = rally.get('Defect', query={'FormattedID': number}, instance=True)
    return item if isinstance(item, Defect) else None


def single(rally: Rally) -> List[Optional[Defect]]:
    only: Defect = rally.get(Defect, query='FormattedID = DE1', strict=True).one()
    first: Optional[Defect] = rally.get(Defect, limit=1).first()
    listed: List[Any] = rally['DE1', 'TA1']
    me: User = rally.me()
    sprint: Optional[Iteration] = rally.current(Iteration, project='Web')
    print(rally['US1'].Name, listed, me.oid, sprint)
    return [only, first]


def write(rally: Rally) -> Dict[str, Any]:
    with rally:
        try:
            defect: Defect = rally.create(
                'Defect', {'Name': 'x', 'Target': datetime.date(2026, 1, 31)}, project='Web'
            )
            defect = rally.update(Defect, defect, {'State': 'Fixed'}, projectScopeDown=False)
            story: Story = rally.create(Story, {'Name': 'y', 'Defects': [defect]})
            rally.update('Story', story, workspace='Acme')
            gone: bool = rally.delete('Defect', defect.oid)
        except RallyRESTAPIError as error:
            hint: Optional[str] = error.hint
            status: Optional[int] = error.status_code
            raise SystemExit('{0} {1} {2}'.format(status, hint, error.errors))
        batch = rally.createMultiple('Defect', [{'Name': 'y'}], fields=['Name'])
        errors: List[str] = batch.errors
        rows: List[Dict[str, Any]] = list(batch)
        rally.addCollectionItems(defect, 'Tags', ['tag/1'])
        return {
            'gone': gone,
            'errors': errors,
            'rows': rows,
            'details': defect.details(),
            'kept': defect.to_dict(),
        }


def places(rally: Rally) -> List[str]:
    projects: List[Project] = rally.getProjects(closed=True)
    names = [project.Name for project in projects]
    definition = rally.typedef('Feature')
    if definition is not None:
        names += [attribute.ElementName for attribute in definition.Attributes]
    values = rally.getAllowedValues('Defect', 'State', workspace='Acme')
    current: Project = rally.getProject()
    other: Optional[Project] = rally.getProject('Web')
    users: List[User] = rally.getAllUsers() + rally.getUserInfo(username='ann@example.com')
    one_user: User = rally.getUserInfo(oid=12345)
    names += [user.UserName for user in [*users, one_user]]
    names += [place.Name for place in (current, other) if place is not None]
    return names + [str(value) for value in values or ()]


def judged(text: str) -> Optional[str]:
    try:
        return build(text)
    except QuerySyntaxError as error:
        return error.hint
    except InvalidRallyTypeNameError as error:
        return ', '.join(error.suggestions)


story: HierarchicalRequirement = Story(1, 'x', 'hierarchicalrequirement/1')
same: UserStory = story
made = classFor['Defect'](1, 'x', 'defect/1')
version: 'tuple[int, int, int]' = pyral.__version__

# Each of the lines below is wrong; a checker that lets one pass finds the comment unused.
Rally(server=8010)  # type: ignore[arg-type]
rallyWorkset(None)  # type: ignore[arg-type]
connect([]).gett('Story')  # type: ignore[attr-defined]
wrong: int = connect([]).getWorkspaces()  # type: ignore[assignment]
connect([]).delete('Defect')  # type: ignore[call-arg]
connect([]).get('Story', fetsh=True)  # type: ignore[call-overload]
connect([]).get(Story, pagesize='many')  # type: ignore[call-overload]
connect([]).create('Story', {}, projct=None)  # type: ignore[call-overload]
Rally('server', retries=3)  # type: ignore[call-arg]
Rally('server', lazy='always')  # type: ignore[arg-type]
stories: List[Story] = list(connect([]).get(Defect))  # type: ignore[arg-type]
defect: Defect = connect([]).create(Story, {})  # type: ignore[assignment]
nobody: User = connect([]).getUserInfo(username='x')  # type: ignore[assignment]
