"""Response validation: whether an answer belongs to its request; envelopes and types, one table.

A cache, a proxy that swaps answers, a connection with an answer left over: each hands out good JSON
that belongs to another request. Held against the question are the envelope that a verb is answered
with, the type of the rows or of the item, its id, the index of a page and the name of what was
written. A difference counts only where the answer says something: what lacks a `_type`, a `_ref` or
a name fits. It asks nothing and raises nothing; what is no envelope is judged by those who read it.
"""
from __future__ import absolute_import, division, print_function

import re
from collections import namedtuple

from pyral import refs
from pyral._compat import Mapping, ensure_text, fill, query_pairs, string_types, text_of
from pyral.service_texts import texts

__all__ = ['ENVELOPES', 'KINDS', 'Question', 'SUBTYPES', 'difference', 'fits', 'item_difference',
           'name_in', 'question_of', 'receipt_difference']

#: Stands for the name of a type as envelope, and for a new object without one.
ITEM, BARE = 'item', 'bare'

#: What is asked -> the envelopes of an answer that shows or did it, and of one that refuses it.
ENVELOPES = {
    'query': (('QueryResult',), ('QueryResult', 'OperationResult')),
    'caller': (('QueryResult', ITEM), ('QueryResult', 'OperationResult', ITEM)),
    'collection': (('QueryResult',), ('QueryResult', 'OperationResult')),
    'schema': (('QueryResult',), ('QueryResult', 'OperationResult')),
    'read': ((ITEM, 'QueryResult'), ('OperationResult', 'QueryResult', ITEM)),
    'token': (('OperationResult',), ('OperationResult',)),
    'create': (('CreateResult', BARE), ('CreateResult', 'OperationResult')),
    'copy': (('OperationResult', 'CreateResult', BARE), ('OperationResult', 'CreateResult')),
    'update': (('OperationResult', 'UpdateResult'), ('OperationResult', 'UpdateResult')),
    'delete': (('OperationResult', 'DeleteResult'), ('OperationResult', 'DeleteResult')),
    'add': (('OperationResult',), ('OperationResult',)),
    'remove': (('OperationResult',), ('OperationResult',)),
    'batch': (('BatchResult',), ('BatchResult', 'OperationResult')),
}
#: Without a query, the service answers these with the caller's own; with one, with a list.
_CALLERS = ('user', 'subscription')
#: What is in an answer to nothing but requests of these kinds.
_SIGNS = (('SecurityToken', ('token',)), ('Results', ('add', 'remove', 'batch')),
          ('Object', ('create', 'copy', 'update', 'delete', 'add', 'remove')))
_WRAPPERS = frozenset(['QueryResult', 'OperationResult', 'CreateResult', 'UpdateResult',
                       'DeleteResult', 'BatchResult'])

_ANY = None
#: Type that stands for others -> those that an answer may show for it; None is all.
SUBTYPES = {
    'persistable': _ANY, 'persistableobject': _ANY, 'domainobject': _ANY,
    'workspacedomainobject': _ANY,
    'artifact': 'defect defectsuite externalcontribution feature hierarchicalrequirement '
                'initiative portfolioitem risk scheduledtestcase strategy task testcase testset '
                'theme',
    'rankableartifact': 'defect defectsuite externalcontribution feature hierarchicalrequirement '
                        'initiative portfolioitem risk strategy testcase testset theme',
    'schedulableartifact': 'defect defectsuite hierarchicalrequirement risk testset',
    'requirement': 'hierarchicalrequirement',
    'portfolioitem': 'feature initiative strategy theme',
    'objective': 'businessobjective executionobjective groupobjective strategicobjective '
                 'teamobjective',
    'baserankable': 'keyresult objective businessobjective executionobjective groupobjective '
                    'strategicobjective teamobjective',
    'attributedefinition': 'weblinkdefinition',
    'basekanbanstate': 'portfolioitemflowstate',
    'capacityplan': 'publishedcapacityplan workingcapacityassignment workingcapacityplan',
    'connection': 'ppmconnection pullrequest',
    'cumulativeflowdata': 'iterationcumulativeflowdata releasecumulativeflowdata',
    'keyresultdata': 'keyresultactualvalue keyresultinterimtarget',
    'objectattrchangevalue':
        ' '.join('objectattrchange{0}value'.format(kind) for kind in (
            'bigdecimal', 'boolean', 'date', 'decimal', 'integer', 'objectref', 'quantity',
            'rating', 'state', 'string', 'text', 'weblink')),
    'scope': 'project workspace',
    'administratableproject': 'project', 'writableproject': 'project',
    'slice': 'investment milestone',
    'userpermission': 'projectpermission workspacepermission',
    'vsmmetric': 'vsmoutcome vsmproductanalyticsmetric',
    'widgetcatalogentry': 'widgetendorsedcatalogentry widgetsubscriptioncatalogentry',
    'widgetcatalogtag': 'widgetsubscriptioncatalogtag widgetviewfiltercatalogtag',
    # The members of collections that hold several types.
    'children': 'feature hierarchicalrequirement initiative portfolioitem project testfolder theme '
                'vsmproduct',
    'discussion': 'conversationpost objectiveconversationpost',
    'predecessors': 'feature hierarchicalrequirement initiative portfolioitem strategy theme',
    'successors': 'feature hierarchicalrequirement initiative portfolioitem strategy theme',
    'tags': 'subscriptiontag tag widgetsubscriptioncatalogtag',
}
SUBTYPES = dict((name, found if found is _ANY else frozenset(found.split()))
                for name, found in SUBTYPES.items())

#: Types of which others are never shown. One that is not here may have subtypes nobody knows of.
KINDS = frozenset("""
allowedattributevalue allowedqueryoperator artifactnotification attachment attachmentcontent blocker
build builddefinition buildmetric buildmetricdefinition capacityplanassignment capacityplanitem
capacityplanproject change changeset conversationpost defect defectsuite deliverygroup expertise
externalcontribution flowstate hierarchicalrequirement investment iteration
iterationcumulativeflowdata keyresult keyresultactualvalue keyresultinterimtarget milestone
objectiveconversationpost portfolioitempredecessorrelationship preference preliminaryestimate
profileimage program project projectpermission pullrequest recyclebinentry release
releasecumulativeflowdata revision revisionhistory risk schedulestate scmrepository
scopedattributedefinition state subscription tag task testcase testcaseresult testcasestep
testfolder testfolderstatus testset timeentryitem timeentryvalue typedefinition user
useriterationcapacity userprofile vsmchange vsmcomponent vsmdeploy vsmincident vsmmeasure vsmoutcome
vsmoutcomemetric vsmproduct vsmproductanalyticsmetric vsmtarget weblinkdefinition workspace
workspaceconfiguration workspacepermission
""".split())
_KNOWN = KINDS.union(SUBTYPES, *[found for found in SUBTYPES.values() if found])
_ALIASES = {'story': 'hierarchicalrequirement', 'userstory': 'hierarchicalrequirement'}

#: Type -> the collections whose members are of it, whatever they belong to; of others any may be.
_MEMBERS = {
    'artifact': 'artifacts mixedchildren scheduledchildren workproducts workitemsaffected',
    'attachment': 'attachments',
    'attributedefinition': 'attributes',
    'build': 'builds',
    'builddefinition': 'builddefinitions',
    'change': 'changes',
    'changeset': 'changesets',
    'defect': 'defects duplicates',
    'defectsuite': 'defectsuites',
    'hierarchicalrequirement': 'userstories',
    'iteration': 'iterations',
    'milestone': 'milestones',
    'project': 'projects teammemberships',
    'release': 'releases',
    'revision': 'revisions',
    'task': 'tasks',
    'testcase': 'testcases recursivetestcases',
    'testcaseresult': 'results',
    'testcasestep': 'steps',
    'testset': 'testsets',
    'timeentryvalue': 'values',
    'typedefinition': 'typedefinitions',
    'user': 'allusers collaborators editors teammembers viewers',
    'useriterationcapacity': 'useriterationcapacities',
    'userpermission': 'userpermissions',
    'workspace': 'workspaces',
}
MEMBERS = dict((name, kind) for kind, names in _MEMBERS.items() for name in names.split())
MEMBERS.update((name, name) for name in (
    'children', 'discussion', 'predecessors', 'successors', 'tags'))

_SERVICE = re.compile(r'/webservice/[^/]+/+([^?#]*)')
_NUMBER = re.compile(r'-?\d{1,40}$')
_BLANKS = re.compile(r'\s+', re.UNICODE)
#: What the service says of an attribute that it did not take.
_IGNORED_NAME = re.compile(r'Ignored JSON element [\w/]+\.Name during')

#: `verb` is a key of `ENVELOPES`, `kind` the type asked for in small letters or None, `oid` the
#: ObjectID asked for or None, `start` the index of a page or None.
Question = namedtuple('Question', 'verb kind oid start')


def question_of(method, url):
    """Return the `Question` that a request asks, None where nothing is known of its answers."""
    path, _, query = ensure_text(url, errors='replace').partition(u'?')
    if u'/slm/schema/' in path:
        return Question('schema', 'typedefinition', None, None) if method == 'GET' else None
    found = _SERVICE.search(path)
    if found is None:
        return None
    path = re.sub(u'//+', u'/', found.group(1)).strip(u'/')
    path = path[:-3] if path.endswith(u'.js') else path
    lower = path.lower()
    if method == 'GET':
        return _read_question(path, lower, query)
    if lower == 'batch':
        return Question('batch', None, None, None)
    if lower.endswith('/create'):
        return Question('create', _kind(lower[:-len('/create')]), None, None)
    for verb in ('add', 'remove'):
        ref = refs.parse(u'/' + path[:-len(verb) - 1]) if lower.endswith('/' + verb) else None
        if ref is not None:
            return Question(verb, MEMBERS.get((ref.collection or '').lower()), ref.oid, None)
    ref = refs.parse(u'/' + path)
    if ref is None:
        return None
    if ref.collection is not None:
        is_copy = ref.collection.lower() == 'copy'
        return Question('copy', _kind(ref.type_path), None, None) if is_copy else None
    return Question('delete' if method == 'DELETE' else 'update', _kind(ref.type_path), ref.oid,
                    None)


def _read_question(path, lower, query):
    if lower == 'security/authorize':
        return Question('token', None, None, None)
    if lower == 'user:current':
        return Question('read', 'user', None, None)
    ref = refs.parse(u'/' + path)
    if ref is not None and ref.collection is None:
        return Question('read', _kind(ref.type_path), ref.oid, None)
    start = _whole(dict(query_pairs(query)).get('start'))
    if ref is not None:
        return Question('collection', MEMBERS.get(ref.collection.lower()), None, start)
    if lower in _CALLERS:
        return Question('caller', lower, None, start)
    steps = lower.split('/')
    is_type = len(steps) == 1 or len(steps) == 2 and steps[0] in ('portfolioitem', 'objective')
    return Question('query', _kind(lower), None, start) if is_type else None


def _kind(type_path):
    """Return the type that a path names, in small letters; a plural means the same."""
    kind = ensure_text(type_path).lower()
    if kind in _KNOWN or u'/' in kind:
        return kind
    for ending, instead in ((u'ies', u'y'), (u's', u'')):
        single = kind[:-len(ending)] + instead
        if kind.endswith(ending) and single in _KNOWN:
            return single
    return kind


def difference(request, answer):
    """Return in words what shows that an answer belongs to another request, None where nothing.

    :param request: a `Request`
    :param answer: an `Answer`; what is no JSON is not judged.
    """
    question = question_of(request.method, request.url)
    if question is None or not request.options.wants_json or not answer.is_json:
        return None
    payload = answer.json()
    if payload.get('_CreatedAt') == 'just now' and payload.get('_ref'):
        wrapper, body = BARE, payload
    elif len(payload) == 1:
        (wrapper, body), = payload.items()
    else:
        return None
    if not isinstance(body, Mapping):
        return None
    envelope = wrapper if wrapper in _WRAPPERS or wrapper == BARE else ITEM
    is_refused = bool(texts(body.get('Errors')))
    if envelope not in ENVELOPES[question.verb][is_refused]:
        return fill(u"it is a {0}, which is no answer to this", wrapper)
    if is_refused:
        return None
    if envelope == ITEM:
        return _root_difference(question, wrapper, body)
    if envelope == 'QueryResult':
        return _page_difference(question, body)
    return receipt_difference(question, dict(body, Object=body) if envelope == BARE else body,
                              request.payload)


def receipt_difference(question, body, payload):
    """Return in words what shows that the answer to a write is not that of a question, or None.

    :param body: what is below the name of the envelope, or a result of a batch.
    :param payload: what was sent.
    """
    for sign, verbs in _SIGNS:
        if body.get(sign) and question.verb not in verbs:
            return fill(u"there is a {0} in it", sign)
    item = body.get('Object')
    if question.verb in ('add', 'remove'):
        return item_difference(question._replace(kind=None), item) or _rows_difference(
            question.kind, body.get('Results'))
    sent = _values(payload) if question.verb != 'copy' else {}
    return item_difference(question, item, sent, texts(body.get('Warnings')))


def item_difference(question, item, sent=None, warnings=()):
    """Return in words what shows that an item is not the one of a question, None where nothing.

    :param sent: the attributes that were written.
    :param warnings: what the service remarked.
    """
    if not isinstance(item, Mapping):
        return None
    kind, ref = item.get('_type'), refs.parse(item)
    for said in (kind, ref.type_path if ref is not None else None):
        if not fits(question.kind, said):
            return fill(u"it is about a {0}", said)
    for said in (ref.oid if ref is not None else None, item.get('ObjectID')):
        if not _is_id(question.oid, said, item):
            return fill(u"it is about the ObjectID {0}", said)
    wanted, name = (sent or {}).get('Name'), name_in(item)
    is_taken = not any(_IGNORED_NAME.search(each) for each in warnings)
    if is_taken and isinstance(wanted, string_types) and name is not None and not _same(
            wanted, name):
        return fill(u"it is about '{0}'", name)
    return None


def name_in(item):
    """Return the name that an item has, None where it says none."""
    found = item.get('Name', item.get('_refObjectName'))
    return found if isinstance(found, string_types) else None


def fits(asked, said):
    """Say whether a type that an answer names can be the one asked for."""
    if asked is None or not isinstance(said, string_types) or not said.strip():
        return True
    said = _BLANKS.sub(u'', ensure_text(said)).lower()
    said = _ALIASES.get(said, said)
    asked = _ALIASES.get(asked, asked)
    bare, said_bare = asked.rpartition('/')[2], said.rpartition('/')[2]
    if bare == said_bare or asked.startswith(said + '/'):
        return True
    if asked in SUBTYPES:
        below = SUBTYPES[asked]
        return below is _ANY or said_bare in below or said.partition('/')[0] in below or (
            said.partition('/')[0] == asked or said_bare not in _KNOWN and u'/' not in said)
    return asked not in KINDS and u'/' not in asked


def _root_difference(question, wrapper, body):
    """Look at an item that is an envelope by itself; its name is that of its type."""
    if question.kind not in SUBTYPES and not fits(question.kind, wrapper):
        return fill(u"it is a {0}", wrapper)
    return item_difference(question, body)


def _page_difference(question, body):
    rows = body.get('Results')
    if question.verb == 'read':
        rows = rows if isinstance(rows, list) else []
        return next((found for found in [item_difference(question, row) for row in rows]
                     if found is not None), None)
    told = _whole(body.get('StartIndex'))
    # An index of 0 or 1 is what those answer who do not page.
    is_paged = question.start is not None and told is not None and told > 1
    if rows and is_paged and told != question.start:
        return fill(u"its page begins at index {0}", told)
    return _rows_difference(question.kind, rows)


def _rows_difference(kind, rows):
    if kind is None or not isinstance(rows, list):
        return None
    try:
        said = set([row.get('_type') for row in rows])
        if None in said:
            said.update([_type_in(row) for row in rows if row.get('_type') is None])
    except (AttributeError, TypeError):
        return None  # these are no rows, and that is told by the one who reads them
    other = next((each for each in said if not fits(kind, each)), None)
    return fill(u"there is a {0} in it", other) if other is not None else None


def _type_in(row):
    ref = refs.parse(row)
    return ref.type_path if ref is not None else None


def _is_id(asked, said, item):
    """Say whether an ObjectID that an answer names can be the one asked for."""
    if asked is None or said is None or isinstance(said, bool):
        return True
    text, said = text_of(asked).lower(), _text(said).lower()
    if _NUMBER.match(text):
        # Metadata have ids below zero that stand for others.
        return text.startswith(u'-') or not _NUMBER.match(said) or int(text) == int(said)
    bare = text.replace(u'-', u'')
    uuids = [each.replace(u'-', u'').lower() for each in (
        item.get('_refObjectUUID'), item.get('ObjectUUID')) if isinstance(each, string_types)]
    if len(bare) == 32:
        return not uuids or bare in uuids
    return text == said or _NUMBER.match(said) is not None


def _text(value):
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # whole numbers may arrive as 3.0
    return value if isinstance(value, string_types) else text_of(value)


def _same(wanted, name):
    """Say whether two names differ in nothing but letter case and white space."""
    wanted, name = ensure_text(wanted, errors='replace'), ensure_text(name, errors='replace')
    return wanted == name or _BLANKS.sub(u'', wanted).lower() == _BLANKS.sub(u'', name).lower()


def _values(payload):
    """Return the attributes in the body of a write."""
    if not isinstance(payload, Mapping):
        return {}
    found = next(iter(payload.values()), None)
    return found if isinstance(found, Mapping) else {}


def _whole(value):
    try:
        return None if isinstance(value, bool) else int(value)
    except (TypeError, ValueError, OverflowError):
        return None
