"""The third step of a query: names become attributes, values typed values, chains flat lists."""

from __future__ import annotations

from datetime import datetime, timezone
from types import MappingProxyType
from typing import Any

import pytest

from pyral.emulator.catalogue.catalogue import Catalogue
from pyral.emulator.errors import ServiceError
from pyral.emulator.language.check import MAX_DEPTH, MAX_STEPS, check, mentions
from pyral.emulator.language.checked_tree import Every, Some, Test
from pyral.emulator.language.parse import parse
from pyral.emulator.language.values import (
    Blank,
    Choice,
    Exact,
    Flag,
    Nothing,
    ObjectValue,
    OneOf,
    QueryContext,
    Text,
    Unchosen,
)
from pyral.emulator.model import AttrDef, Model, TypeDef, attr_from_facts

ME = 77
CONTEXT = QueryContext(ME, datetime(2024, 3, 15, tzinfo=timezone.utc))
STORY = 'HierarchicalRequirement'


def with_attribute(type_def: TypeDef, **facts: Any) -> TypeDef:
    """Return a type with one more attribute, as a custom field makes it."""
    attr: AttrDef = attr_from_facts({'oid': 1, 'custom': True, **facts}, type_def.path)
    kept = {name: value for name, value in vars(type_def).items() if not name.startswith('_')}
    kept['attributes'] = MappingProxyType({**type_def.attributes, attr.name: attr})
    return TypeDef(**kept)


def catalogue(**changed: TypeDef) -> Catalogue:
    """Return the system model, some types replaced."""
    types = {**Model.load().types, **{one.path: one for one in changed.values()}}
    return Catalogue(None, types, '0' * 32)


SYSTEM = catalogue()


def checked(text: str, *types: str, model: Catalogue = SYSTEM) -> Any:
    """Check a query for some types; the defect by default."""
    return check(parse(text), model, [model.type(path) for path in types or ('Defect',)], CONTEXT)


def value(text: str, *types: str) -> Any:
    """Return the typed value of a comparison."""
    return checked(text, *types).routes[0].value


def complaint(text: str, *types: str, model: Catalogue = SYSTEM) -> str:
    """Return what the service says of a query it refuses."""
    with pytest.raises(ServiceError) as caught:
        checked(text, *types, model=model)
    return str(caught.value)


# Names


@pytest.mark.fact('5.3')
@pytest.mark.parametrize(
    ('path', 'names'),
    [
        ('Name', ['Name']),
        ('name', ['Name']),
        ('OWNER.username', ['Owner', 'UserName']),
        ('Project.Parent.Parent.ObjectID', ['Project', 'Parent', 'Parent', 'ObjectID']),
        ('Tags.Name', ['Tags', 'Name']),
        ('rank', ['DragAndDropRank']),
    ],
)
def test_a_path_becomes_attributes(path: str, names: list[str]) -> None:
    routes = checked('({} = null)'.format(path)).routes
    assert [[step.attr.name for step in route.steps] for route in routes] == [names]


@pytest.mark.fact('5.3', '5.9')
@pytest.mark.parametrize(
    ('path', 'attribute', 'owner'),
    [
        ('Watchers', 'Watchers', 'Defect'),
        ('Owner.Watchers', 'Watchers', 'User'),
        ('Requirement.Bogus.Name', 'Bogus', STORY),
        ('Name.Length', 'Length', 'STRING'),
        ('.', '', 'Defect'),
        ('Watchers.Name', 'Watchers', 'Defect'),
        ('Owner.', '', 'User'),
    ],
)
def test_an_unknown_attribute_is_named_with_its_type(path: str, attribute: str, owner: str) -> None:
    assert (
        complaint('({} = 1)'.format(path))
        == 'Could not parse: Could not find attribute "{}" on type {} '
        'in the query segment "{}"'.format(attribute, owner, path)
    )


@pytest.mark.fact('5.3')
def test_custom_attributes_are_found_with_and_without_their_prefix() -> None:
    model = catalogue(defect=with_attribute(SYSTEM.type('Defect'), name='c_Region', type='STRING'))
    for name in ('c_Region', 'c_region', 'Region', 'region'):
        test = checked('({} = x)'.format(name), model=model)
        assert test.routes[0].steps[0].attr.name == 'c_Region'


def test_an_exact_name_comes_before_a_custom_one() -> None:
    model = catalogue(defect=with_attribute(SYSTEM.type('Defect'), name='c_State', type='STRING'))
    assert checked('(State = Open)', model=model).routes[0].steps[0].attr.name == 'State'


@pytest.mark.fact('5.9')
@pytest.mark.parametrize(
    ('types', 'attribute', 'common'),
    [
        (['Artifact'], 'ScheduleState', 'Artifact'),
        (['Artifact'], 'Severity', 'Artifact'),
        (['PortfolioItem'], 'PreliminaryEstimateValue', None),
        (['Defect', 'Task'], 'ScheduleState', 'Artifact'),
        (['Defect', STORY], 'Severity', 'SchedulableArtifact'),
    ],
)
def test_an_attribute_that_not_all_types_share_cannot_be_read(
    types: list[str], attribute: str, common: str | None
) -> None:
    text = '({} = null)'.format(attribute)
    if common is None:
        assert isinstance(checked(text, *types), Test)
    else:
        assert complaint(text, *types) == (
            'Could not read: could not read all instances of class com.f4tech.slm.domain.' + common
        )


def test_an_attribute_no_type_has_is_unknown_on_the_abstract_type() -> None:
    assert (
        complaint('(Bogus = 1)', 'Artifact')
        == 'Could not parse: Could not find attribute "Bogus" on type Artifact in the query '
        'segment "Bogus"'
    )


def test_types_that_define_an_attribute_alike_share_a_route() -> None:
    assert len(checked('(ScheduleState = Defined)', 'Defect', STORY).routes) == 1
    assert checked('(Name = x)', 'Artifact').routes[0].steps[0].only is None


def test_types_that_define_an_attribute_differently_get_a_route_each() -> None:
    routes = checked('(State < Completed)', 'Defect', 'Task').routes
    assert [route.steps[0].only for route in routes] == [('Defect',), ('Task',)]
    assert routes[0].value.before == ()
    assert routes[1].value.before == ('Defined', 'In-Progress')


def test_a_path_through_an_abstract_type_reaches_what_only_subtypes_have() -> None:
    routes = checked('(WorkProduct.Severity = Cosmetic)', 'Task').routes
    assert [step.only for step in routes[0].steps] == [None, ('Defect',)]


# Values


@pytest.mark.fact('5.4')
@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('(Name = "Some Text")', Text('some text')),
        ('(Name = null)', Blank(emptiness=True)),
        ('(Name = "NULL")', Blank(emptiness=True)),
        ('(Name = "")', Blank(emptiness=False)),
        ('(Name contains null)', Text('null')),
        ('(ObjectID = 5)', Exact(5)),
        ('(ObjectID = "5")', Exact(5)),
        ('(ObjectID = null)', Nothing()),
        ('(PlanEstimate > 2.5)', Exact(2.5)),
        ('(PlanEstimate > -.5e1)', Exact(-5)),
        ('(ObjectID = 999999999999999999)', Exact(999999999999999999)),
        ('(ObjectID = 9223372036854775807)', Exact(9223372036854775807)),
        ('(ObjectID < 99999999999999999999)', Exact(1e20)),
        ('(ObjectID < 1e999)', Exact(1e300)),
        ('(FormattedID = DE22)', Exact(22)),
        ('(FormattedID = 22)', Exact(22)),
        ('(FormattedID = us0022)', Exact(22)),
        ('(VersionId > 3)', Exact(3)),
        ('(Blocked = TRUE)', Flag(True)),
        ('(Blocked = "False")', Flag(False)),
        ('(Owner = currentuser)', ObjectValue(ME)),
        ('(Owner = "CurrentUser")', ObjectValue(ME)),
        ('(Owner = /user/12)', ObjectValue(12)),
        ('(Owner = user/12.js)', ObjectValue(12)),
        ('(Owner = https://elsewhere/slm/webservice/v1.43/user/12)', ObjectValue(12)),
        (
            '(Owner = /user/3F0C7F5E3A524B399D029C1F6A3F2A11)',
            ObjectValue('3f0c7f5e-3a52-4b39-9d02-9c1f6a3f2a11', 'uuid'),
        ),
        (
            '(ObjectUUID = 3F0C7F5E3A524B399D029C1F6A3F2A11)',
            Text('3f0c7f5e-3a52-4b39-9d02-9c1f6a3f2a11', folds=False),
        ),
        ('(ObjectID in 1,2,null)', OneOf((Exact(1), Exact(2), Nothing()))),
        ('(Name in "A , b")', OneOf((Text('a'), Text('b')))),
        ('(Severity = none)', Unchosen('None', folds=False, listed=True)),
        (
            '(State = open)',
            Choice(
                'Open',
                folds=False,
                listed=True,
                before=('Submitted',),
                here=('Open',),
                after=('Fixed', 'Closed'),
            ),
        ),
        ('(State = Bogus)', Choice('bogus', listed=True)),
    ],
)
def test_a_value_is_typed_by_its_attribute(text: str, expected: object) -> None:
    assert value(text) == expected


def test_no_choice_is_neither_before_nor_after_a_choice() -> None:
    assert value('(Severity <= "Major Problem")').before == ('Crash/Data Loss',)


@pytest.mark.fact('5.8')
def test_a_strict_context_keeps_the_letters_of_names() -> None:
    strict = QueryContext(ME, CONTEXT.now, strict_case=True)
    test: Any = check(parse('(Name = Abc)'), SYSTEM, [SYSTEM.type('Defect')], strict)
    assert test.routes[0].value == Text('Abc', folds=False)


@pytest.mark.fact('5.4', '5.9')
@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('(PlanEstimate = x)', 'Could not parse: Cannot convert "x" to a number'),
        ('(ObjectID = ١)', 'Could not parse: Cannot convert "١" to a number'),
        ('(FormattedID = DE)', 'Could not parse: Cannot convert "DE" to a number'),
        ('(Blocked = maybe)', 'Could not parse: Cannot convert "maybe" to a boolean'),
        ('(Owner = xyz)', 'Cannot parse object reference from "xyz"'),
        ('(Owner = twelve)', 'Cannot parse object reference from "twelve"'),
        ('(Tags contains red)', 'Cannot parse object reference from "red"'),
        ('(Project = currentuser)', 'Cannot parse object reference from "currentuser"'),
        (
            '(CreationDate > soon)',
            (
                'Could not parse: Cannot convert "soon" into a date.  You must use the ISO8601'
                ' date+time format.'
            ),
        ),
        (
            '(Owner < /user/1)',
            (
                'Could not parse: Operator "<" cannot be used on attribute "Owner" of type OBJECT;'
                ' it takes =, !='
            ),
        ),
        (
            '(Blocked contains t)',
            (
                'Could not parse: Operator "contains" cannot be used on attribute "Blocked" of type'
                ' BOOLEAN; it takes =, !='
            ),
        ),
        (
            '(Description > a)',
            (
                'Could not parse: Operator ">" cannot be used on attribute "Description" of type'
                ' TEXT; it takes =, !=, contains, !contains'
            ),
        ),
        (
            '(PlanEstimate > null)',
            (
                'Could not parse: Operator ">" cannot compare attribute "PlanEstimate" with null;'
                ' use = or !='
            ),
        ),
        (
            '(Subscription.Name.x = 1)',
            (
                'Could not parse: Could not find attribute "x" on type STRING in the query'
                ' segment "Subscription.Name.x"'
            ),
        ),
    ],
)
def test_a_value_that_does_not_fit_is_refused(text: str, message: str) -> None:
    assert complaint(text) == message


def test_a_content_cannot_be_asked_for() -> None:
    assert complaint('(Content = x)', 'AttachmentContent') == (
        'Could not parse: Attribute "Content" on type AttachmentContent is not allowed in query '
        'expressions.'
    )


def test_the_parts_of_a_web_link_are_texts_and_the_link_itself_is_only_there_or_not() -> None:
    model = catalogue(defect=with_attribute(SYSTEM.type('Defect'), name='c_Doc', type='WEB_LINK'))
    test = checked('(c_Doc.linkid = 7)', model=model)
    assert test.routes[0].steps[0].part == 'LinkID'
    assert checked('(c_Doc != null)', model=model).routes[0].value == Nothing()
    assert 'can only be compared with null' in complaint('(c_Doc = 7)', model=model)
    assert '"Target" on type WEB_LINK' in complaint('(c_Doc.Target = 7)', model=model)


# Chains


def test_a_chain_of_one_junction_is_one_list() -> None:
    tree = checked('(((Name = a) AND (Name = b)) AND ((Name != c) AND (Blocked = true)))')
    assert isinstance(tree, Every)
    assert len(tree.operands) == 4


def test_ands_and_ors_stay_apart() -> None:
    tree = checked('(((Name = a) AND (Blocked = true)) OR (Name contains b))')
    assert isinstance(tree, Some)
    assert [type(operand) for operand in tree.operands] == [Test, Every] or [
        type(operand) for operand in tree.operands
    ] == [Every, Test]


def test_ors_of_one_attribute_become_one_list_of_values() -> None:
    text = '(ObjectID = 0)'
    for oid in range(1, 1500):
        text = '({} OR (ObjectID = {}))'.format(text, oid)
    assert value(text) == OneOf(tuple(Exact(oid) for oid in range(1500)))


def test_ors_of_different_kinds_do_not_merge() -> None:
    tree = checked('(((Name = a) OR (Name = null)) OR ((Owner.UserName = a) OR (Name != a)))')
    assert len(tree.operands) == 4


@pytest.mark.parametrize(
    'text',
    [
        '((Name = a) AND (Name != b))',
        '(((Name = a) AND (Name != b)) AND (Name != c))',
        '((Name = a) AND ((Name != b) AND (Name != c)))',
        '(((Name = a) AND (Name != b)) AND ((Name != c) AND (Name != d)))',
        '((Name = a) AND ((Name != b) AND ((Name != c) AND (Name != d))))',
    ],
)
def test_a_chain_keeps_the_order_in_which_it_was_written(text: str) -> None:
    values = [test.routes[0].value.value for test in checked(text).operands]
    assert values == sorted(values) and len(values) == text.count('Name')


def test_a_list_takes_in_the_lists_and_values_of_the_same_attribute() -> None:
    assert value('((Name in "a,b") OR (Name = c))') == OneOf((Text('a'), Text('b'), Text('c')))
    tree = checked('((Name = a) OR (Notes contains b))')
    assert [test.operator.symbol for test in tree.operands] == ['contains', '='] or [
        test.operator.symbol for test in tree.operands
    ] == ['=', 'contains']


def test_values_of_different_attributes_stay_apart() -> None:
    tree = checked('(((PlanEstimate = 1) OR (TaskEstimateTotal = 2)) OR (PlanEstimate = 3))')
    assert sorted(
        (test.routes[0].steps[0].attr.name, test.operator.symbol) for test in tree.operands
    ) == [('PlanEstimate', 'in'), ('TaskEstimateTotal', '=')]


# Limits


def alternating(levels: int) -> str:
    """Return a query that changes between AND and OR so many times."""
    text = '((Name contains a) OR (Blocked = true))'
    for level in range(levels):
        text = '({} {} (Blocked = true))'.format(text, 'OR' if level % 2 else 'AND')
    return text


def test_levels_are_counted_by_changes_of_the_junction() -> None:
    assert checked(alternating(MAX_DEPTH))
    assert complaint(alternating(MAX_DEPTH + 1)) == (
        f'Could not parse: The query is nested too deeply: more than {MAX_DEPTH} changes between'
        ' AND and OR'
    )
    assert 'nested too deeply' in complaint(alternating(3000))


def test_a_path_of_too_many_steps_is_refused() -> None:
    assert checked('({} != null)'.format('.'.join(['Parent'] * MAX_STEPS)), STORY)
    longer = '({} != null)'.format('.'.join(['Parent'] * (MAX_STEPS + 1)))
    assert 'more than {} steps'.format(MAX_STEPS) in complaint(longer, STORY)


def test_too_many_comparisons_are_refused() -> None:
    text = '(Name contains a)'
    for _ in range(4001):
        text = '({} OR (Name contains a))'.format(text)
    assert complaint(text) == 'Could not parse: The query has too many comparisons; ask in portions'


def test_too_many_values_are_refused() -> None:
    text = '(ObjectID in {})'.format(','.join(['1'] * 10_001))
    assert 'more than the 10000' in complaint(text)
    assert 'more than the 16000' in complaint('(Name contains {})'.format('x' * 16_001))


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('(Disabled = true)', True),
        ('((Name = x) OR (disabled != false))', True),
        ('(Owner.Disabled = true)', False),
        ('(Name = Disabled)', False),
    ],
)
def test_a_query_knows_which_attributes_it_mentions(text: str, expected: bool) -> None:
    assert mentions(parse(text), 'Disabled') is expected
