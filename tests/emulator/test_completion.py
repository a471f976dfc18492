"""One completion of an object: what a world file makes is what the API makes, for every type.

Each creatable type is made twice, by a world file and through the API by the same user at the
same moment, and compared attribute by attribute as a read shows it.
"""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from sqlalchemy import select

from pyral.emulator import Emulator
from pyral.emulator.model import Model
from pyral.emulator.store.tables import links, objects
from pyral.emulator.worlds import WorldError
from tests.contract.small_world import Api

NOW = '2026-03-18T15:30:00.000Z'
DAY, LATER = '2026-03-20T00:00:00.000Z', '2026-03-27T00:00:00.000Z'
PLAN = {
    'Name': 'Made',
    'CapacityPlanStatus': 'Draft',
    'EstimationType': 'Points',
    'FinalizeDate': DAY,
    'HierarchyType': 'Roadmap',
    'ProjectMode': 'Rollup',
}
NAMED = {'Name': 'Made'}
#: What everything below stands on, by local name; the references of an example begin with `@`.
OBJECTS = {
    'story': {'type': 'HierarchicalRequirement', 'Name': 'Story', 'Iteration': '@sprint'},
    'sprint': {'type': 'Iteration', 'Name': 'Sprint', 'StartDate': DAY, 'EndDate': LATER},
    'case': {'type': 'TestCase', 'Name': 'Case', 'WorkProduct': '@story'},
    'repository': {'type': 'SCMRepository', 'Name': 'code', 'SCMType': 'git'},
    'changeset': {
        'type': 'Changeset',
        'SCMRepository': '@repository',
        'Revision': 'a1',
        'CommitTimestamp': DAY,
    },
    'builds': {'type': 'BuildDefinition', 'Name': 'nightly'},
    'content': {'type': 'AttachmentContent', 'content': {'text': 'hello'}},
    'objective': {
        'type': 'Objective/TeamObjective',
        'Name': 'Aim',
        'StartDate': DAY,
        'TargetDate': LATER,
    },
    'key': {'type': 'KeyResult', 'Name': 'Key', 'Objective': '@objective'},
    'hours': {
        'type': 'TimeEntryItem',
        'User': '@ann',
        'WeekStartDate': DAY,
        'WorkProduct': '@story',
    },
    'task': {'type': 'Task', 'Name': 'Task', 'WorkProduct': '@story'},
    'component': {'type': 'VSMComponent', 'Name': 'Part'},
    'product': {'type': 'VSMProduct', 'Name': 'Product', 'SubclassType': 'Product'},
    'outcome': {'type': 'VSMOutcome', 'Product': '@product', 'Category': 'ROI'},
    'usage': {
        'type': 'VSMProductAnalyticsMetric',
        'Product': '@product',
        'Category': 'Product Usage Rate',
    },
    'release': {
        'type': 'Release',
        'Name': 'R1',
        'ReleaseStartDate': DAY,
        'ReleaseDate': LATER,
    },
    'plan': {'type': 'WorkingCapacityPlan', **PLAN},
    'feature': {'type': 'PortfolioItem/Feature', 'Name': 'Feature'},
    'item': {'type': 'CapacityPlanItem', 'CapacityPlan': '@plan', 'PortfolioItem': '@feature'},
    'share': {'type': 'CapacityPlanProject', 'CapacityPlan': '@plan'},
}
OBJECTIVE = {'Name': 'Made', 'StartDate': DAY, 'TargetDate': LATER}
#: Type -> the attributes that are given, the same to both.
EXAMPLES = {
    'Attachment': {
        'Name': 'notes.txt',
        'ContentType': 'text/plain',
        'Content': '@content',
        'User': '@ann',
    },
    'AttachmentContent': {'Content': 'aGVsbG8='},
    'Build': {'BuildDefinition': '@builds', 'Status': 'SUCCESS'},
    'BuildDefinition': NAMED,
    'CapacityPlanAssignment': {
        'CapacityPlanItem': '@item',
        'CapacityPlanProject': '@share',
        'AllocationCount': 1,
        'AllocationPoints': 2,
    },
    'CapacityPlanItem': {'CapacityPlan': '@plan', 'PortfolioItem': '@feature'},
    'CapacityPlanProject': {'CapacityPlan': '@plan'},
    'Change': {'Changeset': '@changeset', 'PathAndFilename': 'a.py'},
    'Changeset': {'SCMRepository': '@repository', 'Revision': 'b2', 'CommitTimestamp': DAY},
    'ConversationPost': {'Artifact': '@story', 'Text': 'hello'},
    'Defect': {'Name': 'Made', 'State': 'Fixed', 'ScheduleState': 'Accepted', 'Blocked': True},
    'DefectSuite': NAMED,
    'DeliveryGroup': NAMED,
    'Expertise': NAMED,
    'ExpertiseCapacity': {'Amount': 1},
    'ExpertiseDemand': {'Amount': 1},
    'FlowState': {'Name': 'Made', 'ScheduleStateMapping': 'Accepted', 'Project': '@team'},
    'HierarchicalRequirement': {'Name': 'Made', 'ScheduleState': 'In-Progress'},
    'Investment': {'Name': 'Made', 'StartDate': DAY, 'EndDate': LATER},
    'Iteration': {'Name': 'Made', 'StartDate': DAY, 'EndDate': LATER},
    'KeyResult': {'Name': 'Made', 'Objective': '@objective'},
    'KeyResultActualValue': {'KeyResult': '@key', 'ValueDate': DAY},
    'Milestone': NAMED,
    'Objective/BusinessObjective': OBJECTIVE,
    'Objective/ExecutionObjective': OBJECTIVE,
    'Objective/GroupObjective': OBJECTIVE,
    'Objective/StrategicObjective': OBJECTIVE,
    'Objective/TeamObjective': OBJECTIVE,
    'ObjectiveConversationPost': {'Objective': '@objective', 'Text': 'hello'},
    'PortfolioItem/Feature': {'Name': 'Made', 'State': '@developing'},
    'PortfolioItem/Initiative': NAMED,
    'PortfolioItem/Theme': NAMED,
    'PortfolioItemFlowState': NAMED,
    'Preference': {'Name': 'Made', 'Project': '@team'},
    'PreliminaryEstimate': NAMED,
    'ProfileImage': {'Content': 'aGVsbG8='},
    'Program': {'Name': 'Made', 'Releases': ['@release']},
    'Project': {'Name': 'Made', 'Parent': '@team', 'State': 'Open'},
    'ProjectPermission': {'User': '@bob', 'Project': '@team', 'Role': 'Editor'},
    'PullRequest': {
        'Name': 'Made',
        'Artifact': '@story',
        'Url': 'http://code.example/1',
        'ExternalFormattedId': '1',
        'ExternalID': '1',
    },
    'Release': {'Name': 'Made', 'ReleaseStartDate': DAY, 'ReleaseDate': LATER},
    'Risk': NAMED,
    'SCMRepository': {'Name': 'Made', 'SCMType': 'git'},
    'State': {'Name': 'Made', 'TypeDef': '@level'},
    'Tag': NAMED,
    'Task': {'Name': 'Made', 'WorkProduct': '@story', 'ToDo': 3},
    'TestCase': NAMED,
    'TestCaseResult': {'TestCase': '@case', 'Build': '1', 'Date': DAY, 'Verdict': 'Pass'},
    'TestCaseStep': {'TestCase': '@case', 'Input': 'press'},
    'TestFolder': NAMED,
    'TestSet': NAMED,
    'TimeEntryItem': {
        'User': '@ann',
        'WeekStartDate': DAY,
        'WorkProduct': '@story',
        'Task': '@task',
    },
    'TimeEntryValue': {'TimeEntryItem': '@hours', 'DateVal': DAY, 'Hours': 1},
    'User': {
        'UserName': 'made@example.com',
        'EmailAddress': 'made@example.com',
        'FirstName': 'Marie',
        'LastName': 'Made',
    },
    'UserIterationCapacity': {'User': '@ann', 'Iteration': '@sprint', 'Capacity': 5},
    'VSMChange': {'CommitTime': DAY, 'Revision': 'a1'},
    'VSMComponent': NAMED,
    'VSMDeploy': {'Component': '@component'},
    'VSMIncident': {'Name': 'Made', 'Product': '@product'},
    'VSMInvestmentCategorytoInvestmentIntentMap': {
        'InvestmentCategory': 'Strategic Growth',
        'InvestmentIntentName': 'Scale',
    },
    'VSMMeasure': {'Metric': '@usage', 'Value': 1},
    'VSMOutcome': {'Product': '@product', 'Category': 'ROI'},
    'VSMOutcomeMetric': {'Metric': '@usage', 'Outcome': '@outcome'},
    'VSMProduct': {'Name': 'Made', 'SubclassType': 'Product'},
    'VSMProductAnalyticsMetric': {'Product': '@product', 'Category': 'Product Usage Rate'},
    'VSMTarget': {'Metric': '@usage', 'Arg1': 1, 'Operator': '<', 'TargetDate': DAY},
    'WorkingCapacityAssignment': PLAN,
    'WorkingCapacityPlan': PLAN,
    'Workspace': {'Name': 'Made', 'State': 'Open'},
    'WorkspacePermission': {'User': '@cid', 'Workspace': '@main', 'Role': 'User'},
}
_FIELD = {'on': 'Defect', 'name': 'Field', 'kind': 'STRING'}
_CHOICE = {'on': 'Defect', 'name': 'Field', 'kind': 'DROP_DOWN', 'values': ['one']}
_LEVELS = [
    {'name': 'Feature', 'prefix': 'F'},
    {'name': 'Initiative', 'prefix': 'I'},
    {'name': 'Theme', 'prefix': 'T'},
]
#: Types that are the model itself: what a workspace defines before and after, and what is sent.
MODEL_TYPES = {
    'AllowedAttributeValue': (
        {'customFields': [_CHOICE]},
        {'customFields': [{**_CHOICE, 'values': ['one', 'two']}]},
        {'AttributeDefinition': '@field', 'StringValue': 'two'},
    ),
    'AttributeDefinition': (
        {},
        {'customFields': [_FIELD]},
        {'Name': 'Field', 'RealAttributeType': 'STRING', 'TypeDefinition': '@defect'},
    ),
    'TypeDefinition': (
        {},
        {'portfolioLevels': [*_LEVELS, {'name': 'Saga', 'prefix': 'SA'}]},
        {'Name': 'Saga', 'IDPrefix': 'SA'},
    ),
    'WebLinkDefinition': (
        {},
        {'customFields': [{**_FIELD, 'kind': 'WEB_LINK', 'url': 'http://x.example/${id}'}]},
        {
            'Name': 'Field',
            'RealAttributeType': 'WEB_LINK',
            'TypeDefinition': '@defect',
            'URL': 'http://x.example/${id}',
            'DisplayPreference': 'NEW_WINDOW',
        },
    ),
}
#: What identifies an object, and so is another for each.
IDENTITY = ('_ref', '_refObjectUUID', 'ObjectID', 'ObjectUUID')
#: A file lists artifacts from the top down, a new one comes to the top (section 8.5).
PLACE = 'DragAndDropRank'
#: What documents hold of identities and of the world as such.
OF_THE_STORE = ('subscriptionOid', '_login', '_maker')
_DEFAULT_RIGHTS = "a file says itself what its users may; the service gives new users a default"
#: Type -> the attributes that must differ, with the reason.
DIFFERENT = {
    'Preference': {'Workspace': "an entry of a workspace is in it; a request names one or none"},
    'User': {
        'DefaultProject': _DEFAULT_RIGHTS,
        'SubscriptionPermission': _DEFAULT_RIGHTS,
        'UserPermissions': _DEFAULT_RIGHTS,
        'WorkspacePermission': _DEFAULT_RIGHTS,
    },
    'Workspace': {'SchemaVersion': "it is counted up whenever a model is read anew"},
}
#: References whose words differ: local name -> (in a world file, through the API).
WORDS = {
    'level': ('PortfolioItem/Feature', None),
    'developing': ('Developing', None),
}
FIXED = {
    'main': ('workspace', 101),
    'team': ('project', 102),
    'ann': ('user', 103),
    'bob': ('user', 104),
    'cid': ('user', 105),
}
FIXED.update(
    (name, (spec['type'].lower(), 1001 + index))
    for index, (name, spec) in enumerate(OBJECTS.items())
)


def world(type_path=None):
    """Return the world of all examples, with one object of a type made by the file."""
    values = EXAMPLES.get(type_path, {})
    made = {
        name: WORDS[value[1:]][0]
        if isinstance(value, str) and value[:1] == '@' and value[1:] in WORDS
        else value
        for name, value in values.items()
    }
    if type_path in ('AttachmentContent', 'ProfileImage'):
        made = {'content': {'base64': values['Content']}}
    entries = [{'id': name, 'ObjectID': FIXED[name][1], **spec} for name, spec in OBJECTS.items()]
    users = [
        {
            'id': 'ann',
            'ObjectID': 103,
            'UserName': 'ann@example.com',
            'apiKey': '_annKey0001',
            'SubscriptionAdmin': True,
            'profile': {'DefaultWorkspace': '@main', 'DefaultProject': '@team'},
        },
        {
            'id': 'bob',
            'ObjectID': 104,
            'UserName': 'bob@example.com',
            'permissions': [{'on': '@main', 'role': 'User'}],
        },
        {'id': 'cid', 'ObjectID': 105, 'UserName': 'cid@example.com', 'permissions': []},
    ]
    projects = [{'id': 'team', 'ObjectID': 102, 'Name': 'Team', 'objects': entries}]
    workspaces = [{'id': 'main', 'ObjectID': 101, 'Name': 'Main', 'projects': projects}]
    if type_path == 'User':
        users.append(made)
    elif type_path == 'Workspace':
        workspaces.append(made)
    elif type_path == 'Project':
        projects.append(made)
    elif type_path in ('ProjectPermission', 'WorkspacePermission'):
        place = made.get('Project') or made['Workspace']
        user = users[1 if made['User'] == '@bob' else 2]
        user['permissions'].append({'on': place, 'role': made['Role']})
    elif type_path is not None:
        entries.append({'type': type_path, **made})
    return {'users': users, 'workspaces': workspaces}


#: What the service says of a create that it carries out all the same (section 8.4).
REMARKS = {
    'FlowState': ['Ignored JSON element flowstate.Project during processing of this request.']
}


class Made:
    """An emulator of one of the worlds, as the administrator sees it."""

    def __init__(self, path, document):
        path.write_text(json.dumps(document))
        self.emulator = Emulator(world=str(path), listen=False, now=NOW)
        self.api = Api(self.emulator.url, self.emulator.apikey, self.emulator.adapter())

    def create(self, type_path):
        """Create the object of a type through the API."""
        self.send(type_path, EXAMPLES[type_path])

    def send(self, type_path, given):
        """Create an object with references by local name."""
        values = {name: self._sent(value) for name, value in given.items()}
        result = self.api.try_create(type_path.lower(), values)
        assert (result['Errors'], result['Warnings']) == ([], REMARKS.get(type_path, []))

    def _sent(self, value):
        if isinstance(value, list):
            return [{'_ref': self._sent(one)} for one in value]
        if isinstance(value, str) and value.startswith('@'):
            return self._reference(value[1:])
        return value

    def _reference(self, name):
        if name == 'defect':
            return self.api.one('/typedefinition', '(ElementName = "Defect")')['_ref']
        if name == 'field':
            defect = self.api.one('/typedefinition', '(ElementName = "Defect")')
            fields = self.api.members(defect, 'Attributes')
            return next(one['_ref'] for one in fields if one['ElementName'] == 'c_Field')
        if name == 'level':
            return self.api.one('/typedefinition', '(ElementName = "Feature")')['_ref']
        if name == 'developing':
            query = '((Name = "Developing") AND (TypeDef.Name = "Feature"))'
            return self.api.one('/state', query)['_ref']
        return '/{}/{}'.format(*FIXED[name])

    def oids(self):
        """Return {type: ObjectIDs} of everything that a client may see."""
        with self.emulator.store.reading() as tx:
            found = tx.objects(select(objects).where(objects.c.oid > 0))
            return {
                one.type: {each.oid for each in found if each.type == one.type} for one in found
            }

    def read(self, type_path, oid):
        """Return all attributes of an object, references by type and name."""
        found = self.api.get(f'/{type_path.lower()}/{oid}')
        assert '_ref' in found, found
        return {
            name: shown(value) for name, value in found.items() if name not in (*IDENTITY, PLACE)
        }

    def everything(self):
        """Return how often each row and edge is there, without identities."""
        with self.emulator.store.reading() as tx:
            found = {one.oid: one for one in tx.objects(select(objects))}
            edges = tx.rows(select(links.c.source, links.c.attr, links.c.target))
        names = {oid: (one.type, one.name) for oid, one in found.items()}
        rows = [
            (one.type, one.name, one.formatted_id, one.created, one.updated, one.version)
            + (one.rank is None, one.recycled)
            + (names.get(one.workspace), names.get(one.project))
            + (sorted((key, value) for key, value in one.doc.items() if key not in OF_THE_STORE),)
            for one in found.values()
            if one.oid > 0
        ]
        joined = [
            (names[source], attr, names.get(target)) for source, attr, target in edges if source > 0
        ]
        return Counter(map(repr, rows + joined))


def shown(value):
    """Return a value without the identities in it."""
    if isinstance(value, dict) and '_ref' in value:
        kind, oid = re.match(r'.*/v2\.0/(\D+)/(-?\d\w*)', value['_ref']).groups()
        fixed = oid if len(oid) < 6 else ''
        return kind, fixed, value.get('_refObjectName'), value.get('Count')
    return value


def differences(one, other):
    """Return {attribute: both values} of what two objects do not share."""
    names = {**one, **other}
    return {
        name: (one.get(name), other.get(name)) for name in names if one.get(name) != other.get(name)
    }


@pytest.fixture(scope='module')
def bare(tmp_path_factory):
    """The world of the examples without any of them, its ObjectIDs, and a way back to it."""
    made = Made(tmp_path_factory.mktemp('bare') / 'world.json', world())
    with made.emulator:
        yield made, made.oids(), made.emulator.snapshot()


def test_there_is_an_example_of_every_type_that_can_be_created():
    types = Model.load().types.items()
    creatable = {path for path, one in types if one.creatable and not one.abstract}
    assert {*EXAMPLES, *MODEL_TYPES} == creatable


@pytest.mark.parametrize('type_path', sorted(EXAMPLES))
def test_a_world_file_and_the_api_make_the_same_object(tmp_path, bare, type_path):
    by_api, before, beginning = bare
    by_api.emulator.restore(beginning)
    by_api.create(type_path)
    after = by_api.oids()
    (new,) = after[type_path] - before.get(type_path, set())
    by_file = Made(tmp_path / 'world.json', world(type_path))
    with by_file.emulator:
        made = by_file.oids()
        # What stands last in the file has the greatest ObjectID of its type.
        found = differences(
            by_file.read(type_path, max(made[type_path])), by_api.read(type_path, new)
        )
        assert set(found) == set(DIFFERENT.get(type_path, {})), found
        if type_path not in ('Preference', 'User'):
            in_file, through_api = by_file.everything(), by_api.everything()
            assert (in_file - through_api, through_api - in_file) == (Counter(), Counter())


#: AttributeTypes that are never null: `false`, `"None"`, `""` and `{}` stand for "not set".
NEVER_NULL = ('BOOLEAN', 'RATING', 'TEXT', 'WEB_LINK')


@pytest.mark.fact('4.3', '8.3')
@pytest.mark.parametrize('type_path', sorted(EXAMPLES))
def test_what_nobody_said_of_a_new_object_is_never_null_where_the_service_has_a_word(
    bare, type_path
):
    made, before, beginning = bare
    made.emulator.restore(beginning)
    made.create(type_path)
    (new,) = made.oids()[type_path] - before.get(type_path, set())
    shown = made.api.get(f'/{type_path.lower()}/{new}')
    unset = {
        attr.name: shown[attr.name]
        for attr in Model.load().types[type_path].attributes.values()
        if attr.type in NEVER_NULL and shown.get(attr.name, '') is None
    }
    counted = {
        attr.name: shown[attr.name]
        for attr in Model.load().types[type_path].attributes.values()
        if attr.read_only
        and re.search('^Total|(Count|Total)$', attr.name)
        and attr.type in ('INTEGER', 'DECIMAL', 'QUANTITY')
        and attr.name in shown
        and not isinstance(shown[attr.name], int if attr.type == 'INTEGER' else float)
    }
    assert (unset, counted) == ({}, {})


def defining(definitions):
    """Return the world of the examples, with definitions of its workspace."""
    document = world()
    document['workspaces'][0].update(definitions)
    return document


@pytest.mark.parametrize('type_path', sorted(MODEL_TYPES))
def test_a_world_file_and_the_api_define_the_same_model(tmp_path, type_path):
    before, after, sent = MODEL_TYPES[type_path]
    by_file = Made(tmp_path / 'world.json', defining(after))
    by_api = Made(tmp_path / 'world.json', defining(before))
    with by_file.emulator, by_api.emulator:
        by_api.send(type_path, sent)
        assert by_file.everything() == by_api.everything()


@pytest.fixture
def new_workspace(bare):
    """A workspace that was made through the API, and a way to ask for what is in it."""
    made, _, beginning = bare
    made.emulator.restore(beginning)
    result = made.api.try_create('workspace', {'Name': 'Made', 'State': 'Open'})
    place = result['Object']['_ref']

    def rows(type_path, *names, order='ObjectID'):
        found = made.api.rows(type_path, fetch=','.join(names), workspace=place, order=order)
        return [tuple(row[name] for name in names) for row in found]

    return rows


def test_a_new_workspace_has_the_standard_estimates(new_workspace):
    assert new_workspace('/preliminaryestimate', 'Name', 'Value', 'CountValue', order='Value') == [
        ('XS', 1, 1),
        ('S', 2, 2),
        ('M', 3, 5),
        ('L', 5, 8),
        ('XL', 8, 13),
    ]


def test_a_new_workspace_has_the_standard_schedule_states(new_workspace):
    names = ('Name', 'ShortName', 'OrderIndex', 'Editable')
    assert new_workspace('/schedulestate', *names, order='OrderIndex') == [
        ('Defined', 'D', 1, False),
        ('In-Progress', 'I', 2, False),
        ('Completed', 'C', 3, False),
        ('Accepted', 'A', 4, False),
    ]


def test_each_portfolio_level_of_a_new_workspace_has_the_standard_states(new_workspace):
    names = ('Name', 'OrderIndex', 'InProgressMarker', 'AcceptedMarker', 'Enabled')
    found = new_workspace('/state', *names, order='TypeDef,OrderIndex')
    assert found == 3 * [
        ('Discovering', 1, False, False, True),
        ('Developing', 2, True, False, True),
        ('Measuring', 3, False, False, True),
        ('Done', 4, False, True, True),
    ]


def test_a_new_user_has_the_names_that_lists_show(bare):
    made, _, beginning = bare
    made.emulator.restore(beginning)
    made.create('User')
    user = made.api.one('/user', '(UserName = "made@example.com")')
    assert (user['DisplayName'], user['ShortDisplayName']) == ('Marie Made', 'Marie')


@pytest.fixture
def with_object(tmp_path):
    """A function that starts the world of the examples with one object more in its project."""
    started = []

    def start(**spec):
        document = world()
        document['workspaces'][0]['projects'][0]['objects'].append(spec)
        made = Made(tmp_path / 'world.json', document)
        started.append(made.emulator)
        return made.api

    yield start
    for emulator in started:
        emulator.stop()


def test_a_defect_of_a_file_was_open_from_its_creation_and_closed_at_its_update(with_object):
    created, updated = '2026-03-01T08:00:00.000Z', '2026-03-05T09:00:00.000Z'
    api = with_object(
        type='Defect', Name='Old', State='Closed', CreationDate=created, LastUpdateDate=updated
    )
    found = api.named('defect', 'Old')
    assert (found['OpenedDate'], found['ClosedDate']) == (created, updated)


def test_a_file_that_says_when_a_state_was_reached_is_believed(with_object):
    begun = '2026-03-02T08:00:00.000Z'
    api = with_object(type='Defect', Name='Old', ScheduleState='Accepted', InProgressDate=begun)
    found = api.named('defect', 'Old')
    assert (found['InProgressDate'], found['AcceptedDate']) == (begun, NOW)


def test_a_timebox_of_a_file_that_ends_before_it_begins_is_refused(with_object):
    with pytest.raises(WorldError, match='should not be before'):
        with_object(type='Iteration', Name='Back', StartDate=LATER, EndDate=DAY)


def test_a_part_of_a_task_in_a_file_is_in_the_project_it_stands_in(with_object):
    api = with_object(type='PullRequest', **{**EXAMPLES['PullRequest'], 'Artifact': '@task'})
    assert api.named('pullrequest', 'Made')['Project']['_refObjectName'] == 'Team'
