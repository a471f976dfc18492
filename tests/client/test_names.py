# coding: utf-8
"""People write what they call things: references by name, FormattedID, login, path, word, URL."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral import NotFoundError, RallyRESTAPIError, TransportError, UnresolvedNameError
from pyral.entity.base import raw_item
from tests.emulated import Wire

US = 'US101'


def name_of(value):
    """Return the FormattedID or name of what an attribute refers to, of each member of a list."""
    if isinstance(value, list):
        return sorted(each.Name for each in value)
    item = raw_item(value) or {}
    return item.get('UserName') or item.get('FormattedID') or item.get('_refObjectName')


def made_with(rally, **values):
    """Return a defect that is created with values."""
    return rally.create('Defect', dict({'Name': 'x'}, **values))


FORMS = [
    ('Owner', 'ed@example.com', 'Ed Editor'), ('Owner', 'ED@example.com', 'Ed Editor'),
    ('Owner', 'Ed Editor', 'Ed Editor'), ('Owner', 'dora@example.com', 'Dora Disabled'),
    ('Requirement', US, 'Sign in with e-mail'), ('Requirement', 'us101', 'Sign in with e-mail'),
    ('Requirement', 'Check out', 'Check out'),
    ('Iteration', 'current', 'Iteration 2'), ('Iteration', 'Next', 'Iteration 3'),
    ('Iteration', 'previous', 'Iteration 1'), ('Iteration', 'Iteration 3', 'Iteration 3'),
    ('Release', 'current', 'Release 1'), ('Release', 'Release 1', 'Release 1'),
    ('Project', 'Team B', 'Team B'), ('Project', 'Company // Team B // Web', 'Web'),
    ('Tags', ['urgent', 'legal'], ['legal', 'urgent']), ('Tags', 'urgent', ['urgent']),
    ('Milestones', ['Launch'], ['Launch']), ('Milestones', ['MI1'], ['Launch']),
    ('Owner', None, None), ('Iteration', None, None), ('Owner', '', None),
]


def shown(value):
    """Return the names of members, or the name of a reference as its entity shows it."""
    if isinstance(value, list):
        return sorted(each.Name for each in value)
    return raw_item(value).get('_refObjectName') if value is not None else None


@pytest.mark.parametrize('name, value, expected', FORMS)
def test_a_reference_may_be_what_people_call_it(rally, name, value, expected):
    assert shown(getattr(made_with(rally, **{name: value}), name)) == expected


@pytest.mark.parametrize('name, value, expected', [row for row in FORMS if row[1]])
def test_in_updates_and_in_batches_too(rally, name, value, expected):
    defect = made_with(rally)
    assert shown(getattr(rally.update('Defect', {
        'FormattedID': defect.FormattedID, name: value}), name)) == expected
    rows = rally.createMultiple('Defect', [{'Name': 'y', name: value}, {'Name': 'z'}])
    found = rally.get('Defect', fetch=True, query={'ObjectID': rows[0]['ObjectID']},
                      project=None).next()
    assert shown(getattr(found, name)) == expected
    assert rally.updateMultiple('Defect', [
        {'FormattedID': rows[1]['FormattedID'], name: value}]).complete
    found = rally.get('Defect', fetch=True, query={'ObjectID': rows[1]['ObjectID']},
                      project=None).next()
    assert shown(getattr(found, name)) == expected


@pytest.mark.parametrize('name, value', [
    row[:2] for row in FORMS if row[1] and row[0] not in ('Tags', 'Milestones')])
def test_in_the_conditions_of_a_dict_and_of_a_list(rally, name, value):
    made = made_with(rally, **{name: value})
    for criteria in ({name: value}, ['{0} = "{1}"'.format(name, value)], {name: [value, value]},
                     [{name: value}, 'Name = x']):
        found = rally.get('Defect', query=criteria, project=None, fetch='Name')
        assert made.oid in [each.oid for each in found], criteria


def test_members_in_the_conditions_of_a_dict(rally):
    made_with(rally, Tags=['legal'])
    both = [each.Name for each in rally.get('Defect', query={'Tags': ['urgent', 'legal']})]
    assert len(both) == 2
    assert len(list(rally.get('Defect', query={'Tags': 'urgent'}))) == 1
    assert len(list(rally.get('Defect', query={'Tags !=': 'urgent'}))) == 2


def test_in_collections(rally):
    story = rally.update('Story', {'FormattedID': US, 'Tags': []})
    assert name_of(rally.addCollectionItems(story, 'Tags', ['urgent', 'legal']).Tags) == [
        'legal', 'urgent']
    assert rally.dropCollectionItems(US, 'Tags', 'urgent').errors == []
    assert name_of(rally.addCollectionItems(US, 'Milestones', 'Launch').Milestones) == ['Launch']
    assert [tag.Name for tag in rally.get('Story', query={'FormattedID': US}).next().Tags] == [
        'legal']
    assert rally.addCollectionItems(US, ['DE7']) == ['Sign in fails for names with umlauts']


def test_in_what_an_entity_was_set_to_and_in_new_members(rally):
    defect = made_with(rally)
    defect.Owner, defect.Iteration = 'vic@example.com', 'next'
    assert rally.update('Defect', defect).Owner.UserName == 'vic@example.com'
    story = rally.create('Story', {'Name': 'with children'})
    rally.addCollectionItems(story, 'Children', [{'Name': 'first', 'Owner': 'Ed Editor'}])
    assert story.Children[0].Owner.UserName == 'ed@example.com'


def test_in_custom_fields_and_in_attributes_that_refer_to_states(rally):
    story = rally.create('Story', {'Name': 'x', 'Approver': 'Vic Viewer'})
    assert story.Approver.UserName == 'vic@example.com'
    assert [each.Name for each in rally.get('Story', query={'c_Approver': 'Vic Viewer'})] == ['x']
    assert name_of(made_with(rally, Platforms=['Linux', 'macOS']).Platforms) == [
        'AllowedValue', 'AllowedValue']
    feature = rally.create('Feature', {'Name': 'f', 'State': 'Developing', 'Parent': 'I1',
                                       'PreliminaryEstimate': 'M'})
    assert (shown(feature.State), shown(feature.Parent)) == ('Developing', 'Self service')
    found = rally.get('Feature', query={'State': 'Developing', 'Parent': 'Self service'})
    assert sorted(each.Name for each in found) == ['Accounts', 'f']


def test_the_prefixes_are_those_of_the_workspace(emu):
    rally = emu.connect(workspace='Other')
    assert rally.create('Defect', {'Name': 'x', 'Requirement': 'S1'}).Requirement.Name == (
        'Try something')
    with pytest.raises(UnresolvedNameError):  # here it has the form of no FormattedID: a name
        rally.create('Defect', {'Name': 'x', 'Requirement': 'QQ1'})


def test_levels_of_ones_own_have_their_prefix(emu):
    emu.connect().create('TypeDefinition', {'Name': 'Saga', 'IDPrefix': 'SA'})
    rally = emu.connect()
    saga = rally.create('Saga', {'Name': 'a long one'})
    rally.create('Milestone', {'Name': 'SA1'})
    milestone = rally.addCollectionItems(
        rally.create('Milestone', {'Name': 'y'}), 'Artifacts', ['SA1', 'US101', 'F1'])
    assert sorted(each.FormattedID for each in milestone.Artifacts) == ['F1', 'SA1', 'US101']
    post = rally.create('ConversationPost', {'Text': 'x', 'Artifact': 'sa1'})
    assert post.Artifact.oid == saga.oid
    assert rally.rankToTop('SA1').errors == []
    with pytest.raises(UnresolvedNameError) as caught:
        rally.create('ConversationPost', {'Text': 'x', 'Artifact': 'ZZ1'})
    assert 'SA, ' in caught.value.hint and 'US' in caught.value.hint


def test_ids_of_several_types_are_one_request(rally, wire):
    milestone = rally.create('Milestone', {'Name': 'y'})
    wire.clear()
    rally.addCollectionItems(milestone, 'Artifacts', ['US101', 'DE7', 'F1'])
    assert [path.split('/')[0] for path in wire.paths] == [
        'GET Artifact', 'POST Milestone', 'GET Milestone']


def test_what_is_asked_for_is_of_the_workspace_of_the_call(emu):
    emu.connect(workspace='Other').create('TypeDefinition', {'Name': 'Saga', 'IDPrefix': 'SA'})
    emu.connect(workspace='Other').create('Saga', {'Name': 'there'})
    rally = emu.connect()
    post = rally.create('ConversationPost', {'Text': 'x', 'Artifact': 'SA1'}, workspace='Other',
                        project='Lab')
    assert post.Artifact.Name == 'there'


def test_values_of_a_list_types_and_workspaces_have_names_too(rally):
    assert [each.Name for each in rally.get('Story', query={'c_Platforms': 'Linux'})] == [
        'Sign in with e-mail']
    assert len(list(rally.get('State', query={'TypeDef': 'Feature'}, project=None))) > 2
    with pytest.raises(UnresolvedNameError) as caught:
        rally.get('Story', query={'c_Platforms': 'Linus'})
    assert caught.value.suggestions == ('Linux',)
    made = rally.create('Defect', {'Name': 'x', 'Workspace': 'Main'})
    assert made.Workspace.Name == 'Main'


def test_in_the_conditions_on_a_collection(rally):
    ref = rally.getProject()._ref + '/Iterations'
    assert len(list(rally.getCollection(ref, query={'Project': 'Team A'}))) == 3
    with pytest.raises(UnresolvedNameError):
        rally.getCollection(ref, query={'Project': 'Team Z'})


def test_text_attributes_take_what_they_are_given(rally, wire):
    texts = dict(Name='US101', Description='ed@example.com', Notes='current',
                 FoundInBuild='https://elsewhere.example.com/#/12/detail/defect/34')
    made = rally.create('Defect', texts)
    assert dict((name, getattr(made, name)) for name in texts) == texts
    assert [each for each in wire.paths if 'schema' not in each] == [
        'PUT defect/create']


def test_iterations_are_those_of_the_project_of_the_item(rally):
    lab = rally.create('Iteration', {
        'Name': 'Iteration 1', 'Project': 'Team B', 'StartDate': '2020-01-01',
        'EndDate': '2020-01-14', 'State': 'Planning'})
    defect = made_with(rally, Project='Team B', Iteration='Iteration 1')
    assert defect.Iteration.oid == lab.oid
    for ident in (defect, defect.oid, defect.FormattedID):
        again = rally.update('Defect', ident, {'Iteration': 'previous'}, project=None)
        assert again.Iteration.oid == lab.oid
    moved = rally.update('Defect', defect, {'Project': 'Team A', 'Iteration': 'Iteration 1'})
    assert moved.Iteration.oid != lab.oid
    with pytest.raises(UnresolvedNameError) as caught:
        made_with(rally, Project='Team B', Iteration='current')
    assert 'in Team B' in caught.value.args[0]
    both = rally.get('Defect', query={'Iteration': 'Iteration 1'}, project='Company',
                     projectScopeDown=True, fetch='Iteration')
    assert [each.Iteration.oid for each in both] == [moved.Iteration.oid]


@pytest.mark.parametrize('text', ['current', 'Iteration 1'])
def test_a_project_without_any_iteration_is_called_by_its_name(rally, text):
    with pytest.raises(UnresolvedNameError) as caught:
        made_with(rally, Project='Team B', Iteration=text)
    assert caught.value.args[0] == "there is no Iteration '{0}' in Team B".format(text)
    assert 'Nothing of that type' in caught.value.hint


def test_a_query_over_projects_takes_the_iteration_of_each(rally):
    rally.create('Iteration', {
        'Name': 'Iteration 1', 'Project': 'Team B', 'StartDate': '2020-01-01',
        'EndDate': '2020-01-14', 'State': 'Planning'})
    made_with(rally, Project='Team B', Iteration='Iteration 1')
    made_with(rally, Iteration='Iteration 1')
    found = rally.get('Defect', query={'Iteration': 'Iteration 1'}, project=None)
    assert len(list(found)) == 2
    assert len(list(rally.get('Defect', query={'Iteration': 'Iteration 1'}))) == 1


UNKNOWN = [
    ('Owner', 'ed@exmple.com', 'ed@example.com'), ('Owner', 'Ed Edittor', 'Ed Editor'),
    ('Tags', ['urgnet'], 'urgent'), ('Iteration', 'Iteration 7', 'Iteration 1'),
    ('Iteration', 'iteration 1', 'Iteration 1'), ('Project', 'Team C', 'Team A'),
    ('Requirement', 'Check oot', 'Check out'), ('Requirement', 'US999', None),
    ('Platforms', ['Linus'], 'Linux'), ('Project', 'Company // Nowhere', None),
]


@pytest.mark.parametrize('name, value, candidate', UNKNOWN)
def test_an_unknown_name_stops_before_the_write_and_tells_the_candidates(
        rally, wire, name, value, candidate):
    for write in (lambda: made_with(rally, **{name: value}),
                  lambda: rally.update('Defect', {'FormattedID': 'DE7', name: value}),
                  lambda: rally.createMultiple('Defect', [{'Name': 'x'},
                                                          {'Name': 'y', name: value}]),
                  lambda: rally.updateMultiple('Defect', [{'FormattedID': 'DE7', name: value}])):
        with pytest.raises(UnresolvedNameError) as caught:
            write()
        assert isinstance(caught.value, RallyRESTAPIError)
        assert caught.value.field == ('c_Platforms' if name == 'Platforms' else name)
        if candidate:
            assert candidate in caught.value.suggestions
    assert set(line.split()[0] for line in wire.lines) == set(['GET'])


def test_a_name_of_several_items_stops_and_tells_which(rally, wire):
    for _ in range(2):
        rally.create('Milestone', {'Name': 'twice'})
    wire.clear()
    with pytest.raises(UnresolvedNameError) as caught:
        made_with(rally, Milestones=['twice'])
    assert len(caught.value.suggestions) == 2
    assert all(each.startswith('milestone/') for each in caught.value.suggestions)
    with pytest.raises(UnresolvedNameError) as caught:
        made_with(rally, Project='Web')
    assert 'in Team A' in caught.value.suggestions[0]
    assert set(line.split()[0] for line in wire.lines) == set(['GET'])
    with pytest.raises(UnresolvedNameError):
        rally.get('Defect', query={'Milestones': 'twice'})


def test_of_users_with_one_name_the_enabled_one_is_meant(rally):
    rally.create('User', {'UserName': 'second@example.com', 'EmailAddress': 'second@example.com',
                          'FirstName': 'Dora', 'LastName': 'Disabled'})
    assert made_with(rally, Owner='Dora Disabled').Owner.UserName == 'second@example.com'


@pytest.mark.parametrize('path', [
    '/#/12d/detail/userstory/{0}', '/#/?detail=%2Fuserstory%2F{0}&fdp=true',
    '/slm/webservice/v2.0/hierarchicalrequirement/{0}', '/slm/detail/ar/{0}'])
def test_an_address_of_this_host_is_a_reference_and_one_of_another_is_refused(rally, wire, path):
    story = rally.get('Story', query={'FormattedID': US}).next()
    here = rally._transport.base_url.url + path.format(story.oid)
    elsewhere = 'https://elsewhere.example.com' + path.format(story.oid)
    assert made_with(rally, Requirement=here).Requirement.oid == story.oid
    if 'artifact' not in path and '/ar/' not in path:
        assert rally.update('Story', here, {'Notes': 'x'}).oid == story.oid
        assert list(rally.get('Defect', query={'Requirement': here}))
    wire.clear()
    for call in (lambda: made_with(rally, Requirement=elsewhere),
                 lambda: rally.update('Story', elsewhere, {'Notes': 'x'}),
                 lambda: rally.get('Defect', query={'Requirement': elsewhere}),
                 lambda: rally.get('Defect', query=['Requirement = ' + elsewhere]),
                 lambda: rally.addCollectionItems(elsewhere, 'Tags', ['urgent']),
                 lambda: rally.addCollectionItems(story, 'Defects', [elsewhere]),
                 lambda: rally.createMultiple('Defect', [{'Name': 'x', 'Requirement': elsewhere}]),
                 lambda: rally.get('Defect', project=elsewhere),
                 lambda: rally.setProject(elsewhere),
                 lambda: rally.rankToTop(elsewhere)):
        with pytest.raises(TransportError) as caught:
            call()
        assert caught.value.kind == 'foreign'
    assert wire.lines == []


def test_the_page_of_a_project_is_that_project(rally):
    team = rally.getProject('Team B')
    page = '{0}/#/{1}ud/dashboard'.format(rally._transport.base_url.url, team.oid)
    assert made_with(rally, Project=page).Project.oid == team.oid
    assert rally.getProject(page).oid == team.oid
    assert rally.get('Defect', project=page).resultCount == 1


def test_an_address_that_leads_to_no_item_is_told(rally):
    with pytest.raises(UnresolvedNameError) as caught:
        made_with(rally, Requirement=rally._transport.base_url.url + '/#/search')
    assert 'address of no item' in caught.value.args[0]


def test_resolve_false_sends_names_as_they_are(emu, rally, wire):
    for call in (lambda: rally.create('Defect', {'Name': 'x', 'Owner': 'Ed Editor'}, resolve=False),
                 lambda: rally.update('Defect', 'DE7', {'Owner': 'Ed Editor'}, resolve=False),
                 lambda: emu.connect(resolve=False).create(
                     'Defect', {'Name': 'x', 'Owner': 'Ed Editor'})):
        with pytest.raises(RallyRESTAPIError) as caught:
            call()
        assert caught.value.errors == ['Cannot parse object reference from "Ed Editor"']
    assert rally.get('Defect', query={'Owner': 'Ed Editor'}, resolve=False).errors
    assert not rally.createMultiple('Defect', [{'Name': 'x', 'Owner': 'Ed Editor'}],
                                    resolve=False).complete
    with pytest.raises(RallyRESTAPIError):
        rally.addCollectionItems(US, 'Tags', ['urgent'], resolve=False)
    assert not [path for path in wire.paths if path.startswith(('GET User', 'GET Tag'))]


def test_a_query_that_is_one_text_goes_as_it_is(rally):
    assert rally.get('Defect', query='Owner = "Ed Editor"').errors == [
        'Cannot parse object reference from "Ed Editor"']
    assert rally.get('Defect', query={'Owner': 'currentuser'}).errors == []


def test_names_that_no_list_can_hold(rally):
    names = [u'Doe, Jane', u'say "hi"', u'back\\slash', u'Müller & Söhne (100 %)', u'a/b']
    for name in names:
        rally.create('Tag', {'Name': name})
    assert name_of(made_with(rally, Tags=names).Tags) == sorted(names)
    assert len(list(rally.get('Defect', query={'Tags': names}))) == 1


# What it costs
def test_a_hundred_names_of_a_type_are_one_request_and_are_kept(rally, wire):
    names = ['tag {0:03d}'.format(number) for number in range(100)]
    assert rally.createMultiple('Tag', [{'Name': name} for name in names]).complete
    wire.clear()
    items = [{'Name': 'x', 'Owner': owner, 'Tags': names[start:start + 10], 'Iteration': iteration}
             for start in range(0, 100, 10) for owner in ('ed@example.com', 'Vic Viewer')
             for iteration in ('Iteration 1', 'Iteration 2')]
    assert rally.createMultiple('Defect', items).complete
    assert sorted(wire.paths) == ['GET Iteration', 'GET Tag', 'GET User', 'POST batch']
    assert max(len(line) for line in wire.lines) < 8000
    wire.clear()
    assert rally.createMultiple('Defect', items).complete
    assert wire.paths == ['POST batch']


@pytest.mark.parametrize('name, value', [
    ('Owner', 'user/{user}'), ('Owner', '{user}'), ('Owner', '/user/{user}'),
    ('Requirement', 'hierarchicalrequirement/{story}'), ('Requirement', '{story}')])
def test_references_and_numbers_cost_what_they_did(rally, wire, name, value):
    story = rally.get('Story', query={'FormattedID': US}).next()
    user = rally.getUserInfo(username='ed@example.com')[0]
    value = value.format(user=user.oid, story=story.oid)
    for given in (value, int(value)) if value.isdigit() else (value,):
        wire.clear()
        rally.create('Defect', {'Name': 'x', name: given})
        assert [each for each in wire.paths if 'schema' not in each] == ['PUT defect/create']
        wire.clear()
        rally.get('Defect', query={name: given})
        rally.get('Defect', query=['{0} = {1}'.format(name, given)])
        assert wire.paths == ['GET Defect', 'GET Defect']


@pytest.mark.parametrize('kind, criteria', [
    ('Defect', {'State': 'Open'}), ('Defect', {'Owner': None}), ('Defect', ['Iteration = null']),
    ('Story', {'c_Customer': 'Contoso'}), ('Defect', {'Name': 'US101'}),
    ('Defect', ['Owner.UserName = "ed@example.com"', 'Iteration.Name = "Iteration 1"']),
    ('Defect', {'FormattedID': 'DE7'}), ('Defect', {'Tags.Name': 'urgent'})])
def test_a_query_without_names_costs_what_it_did(emu, schema_unknown, kind, criteria):
    rally = emu.connect()
    before = rally.requests_made
    assert rally.get(kind, query=criteria).errors == []
    assert rally.requests_made == before + 1


def test_a_query_by_login_needs_no_schema(emu, schema_unknown):
    rally = emu.connect()
    before = rally.requests_made
    assert rally.get('Defect', query={'Owner': 'ed@example.com'}).resultCount == 1
    assert rally.requests_made == before + 2


def test_a_name_of_a_custom_field_is_found_though_no_schema_is_at_hand(emu, schema_unknown):
    found = emu.connect().get('Story', query={'c_Approver': 'Ann Admin'})
    assert [each.Name for each in found] == ['Sign in with e-mail']


def test_the_project_that_is_current_is_known(rally, wire):
    rally.getProject('Team B')
    wire.clear()
    made_with(rally, Project='Team A', Owner='ed@example.com')
    assert 'GET Project' not in wire.paths
    wire.clear()
    for _ in range(3):
        rally.get('Defect', project='Team B')
    assert wire.paths == ['GET Defect'] * 3


def test_an_update_by_formatted_id_learns_the_project_on_the_way(rally, wire):
    rally.update('Defect', {'FormattedID': 'DE7', 'Iteration': 'next'})
    paths = [path for path in wire.paths if 'schema' not in path]
    assert [path.split('/')[0] for path in paths] == [
        'GET Defect', 'GET Iteration', 'POST defect']


def test_several_paths_of_projects_are_one_list(rally, wire):
    paths = ['Company // Team A // Web', 'Company // Team B // Web', 'Company // Team B']
    result = rally.createMultiple('Defect', [{'Name': 'x', 'Project': path} for path in paths])
    assert result.complete
    assert [path for path in wire.paths if 'schema' not in path] == ['GET project', 'POST batch']


def test_what_the_connection_itself_changes_is_asked_for_again(rally):
    tag = rally.create('Tag', {'Name': 'old'})
    made_with(rally, Tags=['old'])
    rally.update('Tag', tag, {'Name': 'new'})
    with pytest.raises(UnresolvedNameError):
        made_with(rally, Tags=['old'])
    assert name_of(made_with(rally, Tags=['new']).Tags) == ['new']
    iteration = made_with(rally, Iteration='next').Iteration
    rally.updateMultiple('Iteration', [{'ObjectID': iteration.oid, 'EndDate': '2090-01-01',
                                        'StartDate': '2089-12-20'}])
    nearer = rally.create('Iteration', {'Name': 'nearer', 'StartDate': '2080-01-01',
                                        'EndDate': '2080-01-10', 'State': 'Planning'})
    assert made_with(rally, Iteration='next').Iteration.oid == nearer.oid
    rally.delete('Iteration', nearer)
    assert made_with(rally, Iteration='next').Iteration.oid == iteration.oid
    team = rally.create('Project', {'Name': 'Team X', 'State': 'Open'})
    assert rally.getProject('Team X').oid == team.oid
    rally.update('Project', team, {'Name': 'Team Y'})
    assert rally.getProject('Team X') is None and rally.getProject('Team Y').oid == team.oid


def test_a_write_that_changes_no_name_forgets_none(rally, wire):
    story = rally.get('Story', query={'FormattedID': US}).next()
    made_with(rally, Requirement=US)
    rally.update('Story', story, {'Notes': 'x'})
    wire.clear()
    made_with(rally, Requirement=US)
    assert 'GET HierarchicalRequirement' not in wire.paths


def test_what_is_not_found_is_asked_for_again(rally):
    with pytest.raises(NotFoundError):
        made_with(rally, Tags=['later'])
    rally.create('Tag', {'Name': 'later'})
    assert name_of(made_with(rally, Tags=['later']).Tags) == ['later']


@pytest.fixture
def namesakes(emu, rally):
    """Two projects of one name, and a connection that knows them."""
    parents = rally.getProjects()[:2]
    made = [rally.create('Project', {'Name': 'Twice', 'Parent': each.ref}) for each in parents]
    return emu.connect(), [each.ref for each in made]


@pytest.mark.parametrize('work', [
    lambda rally, item: rally.create('Defect', {'Name': 'one'}, project='Twice'),
    lambda rally, item: rally.update('Story', {'ObjectID': item.oid, 'Name': 'x'}, project='Twice'),
    lambda rally, item: rally.delete('Story', item.oid, project='Twice'),
    lambda rally, item: rally.createMultiple('Task', [{'Name': 'one'}], project='Twice'),
    lambda rally, item: rally.updateMultiple('Story', [{'ObjectID': item.oid, 'Name': 'x'}],
                                             project='Twice'),
], ids=['create', 'update', 'delete', 'createMultiple', 'updateMultiple'])
def test_a_write_to_a_project_whose_name_several_have_is_not_sent(namesakes, rally, work):
    connection, refs = namesakes
    item = rally.create('Story', {'Name': 'stays'})
    wire = Wire(connection)
    with pytest.raises(UnresolvedNameError) as caught:
        work(connection, item)
    assert caught.value.field == 'project' and len(caught.value.suggestions) == 2
    assert all(ref in str(caught.value) for ref in refs)
    assert [line for line in wire.lines if not line.startswith('GET')] == []


def test_a_read_of_a_project_whose_name_several_have_says_which_is_taken(namesakes, recwarn):
    connection, refs = namesakes
    connection.get('Defect', project='Twice')
    assert [str(each.message) for each in recwarn
            if "2 projects are named 'Twice'" in str(each.message)]
