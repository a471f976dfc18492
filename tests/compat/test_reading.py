# -*- coding: utf-8 -*-
"""Statements 53 to 67 and 83 to 86: get, its scope and its fetch argument."""
from __future__ import absolute_import, division, print_function, unicode_literals

import threading

import pytest
import requests

from pyral import InvalidRallyTypeNameError, Rally, RallyAttributeNameError, RallyRESTAPIError
from pyral.advice import RallyWarning
from pyral.http.retry_policy import RetryPolicy
from tests.fake_http import FakeHTTP, FakeRally, Reply

SCOPE = 'projectScopeUp=false&projectScopeDown=false'


def last_get(wire):
    return wire.lines[-1]


def failing(handler):
    """Return a connected `Rally` whose service answers queries on Defect by `handler`."""
    service = FakeRally()

    def answer(seen):
        return handler(seen) if '/defect' in seen.path.lower() else service(seen)

    return Rally('rally.test', 'u@test', 'secret', adapter=FakeHTTP(answer),
                 retry=RetryPolicy(attempts=1))


def test_53_the_url_of_a_plain_get(rally, wire):
    rally.get('Defect', pagesize=500)
    workspace, project = rally.getWorkspace().ref, rally.getProject().ref
    assert last_get(wire) == (
        'GET Defect?fetch=false&workspace={0}&project={1}&{2}&pagesize=500&start=1'.format(
            workspace, project, SCOPE))


@pytest.mark.parametrize('name', ['Story', 'UserStory', 'User Story', 'HierarchicalRequirement'])
def test_54_every_name_of_a_story_asks_for_the_same_type(rally, wire, name):
    rally.get(name)
    assert last_get(wire).startswith('GET HierarchicalRequirement?')


def test_55_a_feature_is_asked_for_by_its_path(rally, wire):
    rally.get('Feature')
    assert last_get(wire).startswith('GET PortfolioItem/Feature?')


def test_56_an_unknown_type_is_refused_without_asking_for_items(rally, wire):
    with pytest.raises(InvalidRallyTypeNameError) as caught:
        rally.get('Payjammas')
    assert caught.value.args == ('Payjammas',)
    assert not [line for line in wire.lines if '/schema/' not in line]


def test_57_two_types_are_no_type(rally):
    with pytest.raises(InvalidRallyTypeNameError) as caught:
        rally.get('Project,Workspace')
    assert caught.value.args == ('Project,Workspace',)


def test_56b_letter_case_counts_and_the_right_name_is_suggested(rally):
    with pytest.raises(InvalidRallyTypeNameError) as caught:
        rally.get('defect')
    assert 'Defect' in caught.value.suggestions


def test_58_none_takes_project_or_workspace_out_of_the_url(rally, wire):
    rally.get('Defect', project=None)
    assert 'workspace=' in last_get(wire)
    assert 'project' not in last_get(wire)
    rally.get('Defect', workspace=None)
    assert 'workspace=' not in last_get(wire)
    assert 'project' not in last_get(wire)


@pytest.mark.parametrize('given, sent', [
    ('true', 'true'), ('True', 'true'), (1, 'true'), (True, 'true'),
    ('yes', 'false'), (0, 'false'), (None, 'false')])
def test_59_scope_flags_have_few_spellings(rally, wire, given, sent):
    rally.get('Defect', projectScopeUp=given, projectScopeDown=given)
    assert 'projectScopeUp={0}&projectScopeDown={0}'.format(sent) in last_get(wire)


def test_60_order_is_percent_encoded(rally, wire):
    rally.get('Defect', order='Name DESC,FormattedID')
    assert 'order=Name%20DESC%2CFormattedID' in last_get(wire)


def test_61_an_unknown_project_is_named(rally):
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.get('Defect', project='Nowhere')
    assert caught.value.args[0] == (
        'Project specified: "Nowhere" (in workspace: "None") not accessible with current '
        'credentials')


def test_62_an_unknown_workspace_is_refused(rally):
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.get('Defect', workspace='Nowhere')
    assert 'not accessible with current credentials' in caught.value.args[0]


def test_63_errors_in_a_good_answer_make_the_response_false_and_do_not_raise(rally):
    response = rally.get('Defect', query='Wibble = 3')
    assert response.status_code == 422
    assert [error for error in response.errors if 'Wibble' in error]
    assert not response
    assert response.resultCount == 0


def test_64_an_http_error_is_a_value_and_iterating_it_raises():
    rally = failing(lambda seen: Reply('<html>no</html>', 500))
    response = rally.get('Defect')
    assert response.status_code == 500
    assert response.errors and all(isinstance(error, type('')) for error in response.errors)
    assert response.resultCount == 0 and not response
    with pytest.raises(RallyRESTAPIError):
        list(response)


def test_65_a_network_failure_is_a_404_with_a_text():
    rally = failing(lambda seen: requests.ConnectionError("connection refused by peer"))
    response = rally.get('Defect')
    assert response.status_code == 404
    assert response.errors and response.errors[0]
    with pytest.raises(RallyRESTAPIError):
        list(response)


def test_66_instance_gives_the_item_or_else_the_response(rally):
    tag = rally.get('Tag', fetch='Name', query='Name = urgent', instance=True)
    assert tag.Name == 'urgent'
    none = rally.get('Tag', fetch='Name', query='Name = "no such tag"', instance=True)
    assert none.resultCount == 0
    several = rally.get('Tag', fetch='Name', instance=True)
    assert several.resultCount > 1


def test_67_the_verbs_are_aliases():
    def plain(method):
        return getattr(method, '__func__', method)

    assert plain(Rally.find) is plain(Rally.get)
    assert plain(Rally.create) is plain(Rally.put)
    assert plain(Rally.update) is plain(Rally.post)


@pytest.mark.parametrize('fetch, sent, hydrated', [
    (True, 'true', True), ('true', 'true', True), ('True', 'true', True), (1, 'true', True),
    (False, 'false', False), ('false', 'false', False), ('False', 'false', False),
    (0, 'false', False), (None, 'false', False)])
def test_83_truth_values_of_fetch(rally, wire, fetch, sent, hydrated):
    response = rally.get('Tag', fetch=fetch)
    assert 'fetch={0}&'.format(sent) in last_get(wire)
    assert [item._hydrated for item in response] == [hydrated] * response.resultCount


def test_84_text_goes_as_it_is(rally, wire):
    items = list(rally.get('Tag', fetch='FormattedID,Name'))
    assert 'fetch=FormattedID,Name&' in last_get(wire)
    assert items and all(item._hydrated for item in items)


def test_85_lists_are_checked_and_mapped(rally, wire):
    rally.get('Defect', fetch=['formattedid', 'Effort Factor', 'effortfactor'])
    assert 'fetch=FormattedID,c_EffortFactor,c_EffortFactor&' in last_get(wire)
    with pytest.raises(RallyAttributeNameError) as caught:
        rally.get('Defect', fetch=['Bogus'])
    assert caught.value.args == ('Bogus',)
    rally.get('Defect', fetch=('Name,Bogus',))
    assert 'fetch=Name,Bogus&' in last_get(wire)
    rally.get('Defect', fetch=[])
    assert 'GET Defect?fetch=&' in last_get(wire)


def test_85b_other_values_of_fetch_are_refused(rally):
    with pytest.raises(TypeError):
        rally.get('Defect', fetch={'Name': True})


def test_86_threads_do_not_mix_up_the_hydration(rally):
    wrong = []

    def read(fetch):
        for _ in range(5):
            wrong.extend(item for item in rally.get('Tag', fetch=fetch)
                         if item._hydrated is not fetch)

    threads = [threading.Thread(target=read, args=(fetch,)) for fetch in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_unknown_keyword_warns_with_the_nearest_name(rally):
    with pytest.warns(RallyWarning) as caught:
        rally.get('Defect', projectScopedown=True)
    assert "did you mean 'projectScopeDown'?" in str(caught[0].message)


def test_the_warning_points_to_the_caller(rally):
    with pytest.warns(RallyWarning) as caught:
        rally.get('Defect', projectScopedown=True)
    assert caught[0].filename.rstrip('c') == __file__.rstrip('c')


def test_strict_mode_refuses_unknown_keywords(emu):
    rally = emu.connect(strict=True)
    with pytest.raises(TypeError):
        rally.get('Defect', projectScopedown=True)
    with pytest.raises(TypeError):
        emu.connect(strict=True, tiemout=3)


@pytest.mark.parametrize('keyword', ['server_ping', 'isolated_workspace'])
def test_keywords_that_old_scripts_pass_are_silent(rally, keyword, recwarn):
    rally.get('Defect', **{str(keyword): False})
    assert not [each for each in recwarn.list if issubclass(each.category, RallyWarning)]


def test_start_and_limit_are_read_tolerantly(rally):
    def read(**options):
        return [tag.Name for tag in rally.get('Tag', fetch='Name', order='Name', **options)]

    names = read()
    assert read(start='2') == names[1:]
    assert read(limit=1) == names[:1]
    assert list(rally.get('Tag', limit=-5)) == []
    assert len(list(rally.get('Tag', limit=0))) == len(names)
    with pytest.warns(RallyWarning):
        assert len(list(rally.get('Tag', limit='junk'))) == len(names)
    with pytest.warns(RallyWarning):
        assert len(list(rally.get('Tag', start='junk'))) == len(names)


def test_a_small_limit_makes_a_small_page(rally, wire):
    rally.get('Tag', limit=3)
    assert 'pagesize=3&' in last_get(wire)
    rally.get('Tag', limit=3, pagesize=200)
    assert 'pagesize=200&' in last_get(wire)


def test_a_query_with_every_special_sign_finds_what_was_made(rally):
    name = 'R&D #1: 50% + "tax" (net) caf\xe9 \\ ~ | ;'
    rally.create('Tag', {'Name': name[:32]})
    found = list(rally.get('Tag', fetch='Name', query={'Name': name[:32]}))
    assert [tag.Name for tag in found] == [name[:32]]
