"""Statements 99 to 113: entities, their attributes, and what reading them costs."""
from __future__ import absolute_import, division, print_function

import copy
import pickle

import pytest

import pyral
from pyral import Rally, UnreferenceableOIDError
from pyral.entity import CustomField, PortfolioItem
from tests.fake_http import FakeHTTP, FakeRally, Reply

SERVICE = 'https://rally.test/slm/webservice/v2.0/'


def reference(path, kind, name):
    """Return a reference object."""
    return {'_ref': SERVICE + path, '_type': kind, '_refObjectName': name}


class OneItem(object):
    """A service with one defect (oid 5001), and a few other answers.

    :param item: further attributes of the defect.
    :param answers: {path below the service in lower case: body}.
    """

    def __init__(self, item=None, answers=None):
        self.item = dict(reference('defect/5001', 'Defect', 'Login fails'), **(item or {}))
        self.answers = answers or {}
        self.others = FakeRally()
        self.http = FakeHTTP(self)
        self.rally = Rally('rally.test', 'u@test', 'secret', adapter=self.http)
        self.asked = []

    def __call__(self, seen):
        path = seen.path.partition('/v2.0/')[2].lower()
        if hasattr(self, 'asked'):
            self.asked.append(path)
        if path in self.answers:
            return Reply(self.answers[path])
        if path in ('defect', 'portfolioitem'):
            return Reply({'QueryResult': {'Errors': [], 'Warnings': [], 'TotalResultCount': 1,
                                          'StartIndex': 1, 'PageSize': 200,
                                          'Results': [self.item]}})
        return self.others(seen)

    def defect(self):
        """Return the defect as a query gives it, and forget what that took."""
        found = next(self.rally.get('Defect', fetch=True))
        del self.asked[:]
        return found


def test_99_a_defect_knows_what_it_is():
    item = OneItem().defect()
    assert item.oid == 5001 and isinstance(item.oid, int)
    assert item.ref == 'defect/5001' and item._type == 'Defect'
    assert item.__class__.__name__ == 'Defect'


def test_100_a_missing_attribute_of_a_shell_is_one_request(rally, wire):
    item = next(rally.get('Defect', fetch=False))
    wire.clear()
    assert item._hydrated is False
    assert item.FormattedID.startswith('DE')
    assert item._hydrated is True and item.State and item.Severity
    assert wire.paths == ['GET defect/{0}'.format(item.oid)]


def test_101_an_unfetched_attribute_is_an_attribute_error_without_a_request(rally, wire):
    item = next(rally.get('Defect', fetch='Name'))
    wire.clear()
    with pytest.raises(AttributeError) as caught:
        item.Severity
    assert caught.value.args[0] == "Defect instance has no attribute: 'Severity'"
    assert not hasattr(item, 'Severity') and getattr(item, 'Severity', 'none') == 'none'
    assert wire.lines == []


def test_102_a_custom_field_answers_to_all_its_names():
    item = OneItem({'c_BurntOfferingsIndex': 7}).defect()
    assert item.BurntOfferingsIndex == item.c_BurntOfferingsIndex == 7
    assert getattr(item, 'Burnt Offerings Index') == 7


def test_102b_custom_fields_of_the_workspace(rally):
    item = rally.get('Defect', fetch=True, query='FormattedID = DE7', instance=True)
    assert item.EffortFactor == item.c_EffortFactor == getattr(item, 'Effort Factor') == 1.25
    assert item.Ticket.LinkID == 'T-77' and isinstance(item.Ticket, CustomField)


def test_103_a_collection_is_read_once_and_an_empty_one_not_at_all(rally, wire):
    item = rally.get('Story', fetch=True, query='FormattedID = US101', instance=True)
    wire.clear()
    assert len(set(post.Text for post in item.Discussion)) == 2
    assert type(item.Discussion) is list and len(item.Discussion) == 2
    assert len(wire.lines) == 1
    wire.clear()
    assert item.Changesets == [] and wire.lines == []


def test_104_an_attribute_of_a_reference_is_one_request(rally, wire):
    item = rally.get('Defect', fetch=True, query='FormattedID = DE7', instance=True)
    wire.clear()
    assert item.Owner.UserName == 'ed@example.com'
    assert wire.paths == ['GET user/{0}'.format(item.Owner.oid)]


def test_105_a_revision_history_comes_with_its_revisions(rally):
    item = rally.get('Story', fetch=True, query='FormattedID = US101', instance=True)
    history = item.RevisionHistory
    assert history._hydrated is True and type(history.Revisions) is list
    numbers = [revision.RevisionNumber for revision in history.Revisions]
    assert numbers[-1] == 0 and numbers == sorted(numbers, reverse=True)
    assert ' by ' in history.Revisions[0].info()


def test_106_a_reference_that_cannot_be_followed_names_type_and_oid():
    gone = {'OperationResult': {'Errors': ['Cannot find object to read'], 'Warnings': []}}
    item = OneItem({'Owner': reference('user/77', 'User', 'Ann')}, {'user/77': gone}).defect()
    with pytest.raises(UnreferenceableOIDError) as caught:
        item.Owner.EmailAddress
    assert caught.value.args[0] == 'User OID 77'
    assert isinstance(caught.value, pyral.RallyRESTAPIError)
    assert not hasattr(item.Owner, 'EmailAddress')
    assert item.Owner.Name == 'Ann'


def test_107_a_lazy_load_uses_the_context_the_item_came_with(rally, wire):
    other = next(rally.get('Story', fetch='Name', workspace='Other', project=None))
    shell = next(rally.get('Story', fetch=False, workspace='Other', project=None))
    rally.setProject('Company')
    wire.clear()
    assert shell.FormattedID.startswith('S') and shell == other
    assert 'workspace={0}'.format(shell.Workspace.ref) in wire.lines[0]
    assert 'project' not in wire.lines[0].partition('?')[2]


def test_108_a_collection_on_another_host_gets_no_credentials():
    service = OneItem({'Tags': {'_ref': 'https://evil.test/slm/webservice/v2.0/Defect/5001/Tags',
                                '_type': 'Tag', 'Count': 1}})
    item = service.defect()
    try:
        assert isinstance(item.Tags, list)
    except pyral.RallyRESTAPIError:
        pass
    assert set(seen.host for seen in service.http.seen) == set(['rally.test'])


def test_109_a_story_has_one_class_under_three_names():
    assert pyral.entity.Story is pyral.entity.UserStory is pyral.entity.HierarchicalRequirement


def test_110_a_sub_type_of_ones_own_is_a_portfolio_item():
    service = OneItem()
    service.item = dict(reference('portfolioitem/epic/9', 'PortfolioItem/Epic', 'Long'), Name='x')
    item = next(service.rally.get('PortfolioItem', fetch=True))
    assert isinstance(item, PortfolioItem)
    assert type(item).__name__ == 'PortfolioItem_Epic' and item._type == 'PortfolioItem/Epic'


def test_110b_standard_sub_types_are_always_the_sub_type_class(rally):
    feature = next(rally.get('Feature', fetch='Name,Parent'))
    assert type(feature) is pyral.entity.PortfolioItem_Feature
    assert type(feature.Parent) is pyral.entity.PortfolioItem_Initiative
    through = next(rally.get('PortfolioItem', fetch='Name', query='Name = "Accounts"'))
    assert type(through) is type(feature) and through == feature


def test_111_an_untyped_value_is_a_custom_field():
    item = OneItem({'c_Link': {'LinkID': '12', 'DisplayString': 'the ticket'}}).defect()
    assert isinstance(item.c_Link, CustomField)
    assert (item.c_Link.LinkID, item.c_Link.DisplayString) == ('12', 'the ticket')
    assert item.c_Link.oid == 0 and item.c_Link.Name == 'Unknown'


def test_112_attributes_and_details_list_what_there_is(rally, wire):
    item = rally.get('Defect', fetch=True, query='FormattedID = DE7', instance=True)
    wire.clear()
    names = item.attributes()
    assert names == sorted(names) and '_context' not in names
    assert 'Tags' in names and not [name for name in names if name.startswith('__')]
    lines = item.details().split('\n')
    assert lines[0] == 'Defect'
    labels = [line.split(':')[0].strip() for line in lines]
    assert set(['oid', 'ref', 'Name', 'FormattedID', 'EffortFactor']) <= set(labels)
    assert wire.lines == []


def test_113_copies_and_pickles_end_and_hold_no_secret(emu):
    rally = emu.sign_in()
    item = rally.get('Defect', fetch=True, query='FormattedID = DE7', instance=True)
    item.Owner.UserName
    for twin in (copy.copy(item), copy.deepcopy(item)):
        assert twin == item and twin.State == item.State and twin.Owner.UserName
    content = pickle.dumps(item, 2)
    assert emu.password.encode() not in content and emu.apikey.encode() not in content
    twin = pickle.loads(content)
    assert twin == item and twin.Owner.UserName == 'ed@example.com'
    assert sorted(tag.Name for tag in twin.attach(rally).Tags) == ['legal', 'urgent']


@pytest.mark.parametrize('name', ['Severty', 'severity'])
def test_w76_what_is_missing_explains_itself(rally, name):
    rally.typedef('Defect')
    item = next(rally.get('Defect', fetch='Name'))
    with pytest.raises(AttributeError) as caught:
        getattr(item, name)
    assert 'Severity' in str(caught.value)


def test_w117_entities_work_in_sets_and_dicts(rally):
    first, again = (list(rally.get('Defect', fetch='Name')) for _ in range(2))
    assert first and first == again and set(first) == set(again)


def test_w118_the_wildcard_import_works():
    namespace = {}
    exec('from pyral.entity import *', namespace)
    assert namespace['Defect'] is pyral.entity.Defect
