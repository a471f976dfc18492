"""The entity classes, the object mapping of the types of the service; no I/O of its own.

Each class is one type of the service: the standard ones come from the table in `standard_types`,
the others are made when they are first met, under the parent the schema names. An entity knows
one thing about the world, its context; what it does not have it asks of the context's loader.
"""
from __future__ import absolute_import, division, print_function

import re
import sys

from pyral._compat import (
    ensure_native,
    ensure_text,
    fill,
    integer_types,
    string_types,
)
from pyral._dates import time_of
from pyral.entity import details as _details
from pyral.entity.attribute_dict import deleted_in, merged
from pyral.entity.base import (  # noqa: F401 - and the constants
    MINIMAL_ATTRIBUTES,
    MIXINS,
    VERSION_ATTRIBUTES,
    BaseEntity,
    Computed,
    Detached,
    blank,
    is_unread,
    join,
    own_values,
    quoted,
)
from pyral.entity.html import item_table
from pyral.entity.named_members import named_members
from pyral.entity.registry import Registry, new_class
from pyral.errors import (  # noqa: F401 - scripts import the errors from here
    DetachedEntityError,
    InvalidRallyTypeNameError,
    UnrecognizedAllowedValuesReference,
    UnreferenceableOIDError,
    nearest,
)
from pyral.refs import is_reference, key_of, oid_of, short_of
from pyral.refs import parse as parse_ref
from pyral.schema.definitions import Catalogue, SchemaItem, SchemaItemAttribute  # noqa: F401
from pyral.schema.standard_types import (
    ABSTRACT_ONLY,
    ALIASES,
    STANDARD_PARENTS,
    STANDARD_SUB_TYPES,
    read_tree,
    standard_path,
)

#: The package is where scripts import the classes from, and where pickles look for them.
_PACKAGE = 'pyral.entity'
#: The portfolio levels every workspace knows, by their bare names.
PORTFOLIO_ITEM_SUB_TYPES = ['Strategy', 'Theme', 'Initiative', 'Feature']


class _Building(BaseEntity):
    """An entity whose nested values become entities, lists and custom fields."""

    __slots__ = ()

    def _built(self, key, value):
        if isinstance(value, list):
            return [self._element(each) for each in value]
        if 'Count' in value and isinstance(value.get('_ref'), string_types):
            return self._collection(key, value)
        if key == 'RevisionHistory' and is_reference(value):
            return self._loader(key).revision_history(self, key, value)
        return self._reference(key, value)

    def _known(self, key, value):
        if key == 'RevisionHistory' and is_reference(value):
            return entity_from(value, self._context)  # reading it would load its revisions
        return super(_Building, self)._known(key, value)

    def _unavailable(self):
        """Return what only a connection that loads could bring, where there is none."""
        loader, own = self._context.loader, own_values(self)
        if loader is not None and loader.policy != 'never':
            return []
        return [ensure_native(name) for name, value in self._item.items()
                if name not in own and isinstance(value, dict) and (
                    is_unread(value) and value['Count']
                    or name == 'RevisionHistory' and is_reference(value))]

    def _element(self, value):
        return entity_from(value, self._context) if isinstance(value, dict) else value

    def _reference(self, key, value):
        if self._page_mates is None or not is_reference(value):
            return entity_from(value, self._context)
        mates = self._page_mates.child(key)
        return mates.adopt(value, lambda raw: entity_from(raw, self._context, mates))

    def _collection(self, key, value):
        if not value['Count']:
            return []
        members, mates = named_members(value), self._page_mates
        if members is None:
            return self._loader(key).collection(self, key, value)
        if mates is None:
            return [entity_from(member, self._context) for member in members]
        mates = mates.child(key)
        return [mates.adopt(member, lambda raw: entity_from(raw, self._context, mates))
                for member in members]

    def _loader(self, name):
        """Return the loader of the connection.

        :raises DetachedEntityError: there is none.
        """
        loader = self._context.loader
        if loader is None:
            raise DetachedEntityError(
                u"{0} instance has no attribute: '{1}'".format(
                    ensure_text(self._label()), ensure_text(name)), field=name,
                hint="It is not among what was read, and the entity has no connection; "
                     "entity.attach(rally) gives it one.")
        return loader


class Persistable(_Building):
    """An object of the service; see the table in `standard_types` for its sub-classes.

        for defect in rally.get('Defect', fetch='FormattedID,Name,Owner'):
            print(defect.FormattedID, defect.Name, defect.Owner)

    :param oid: the ObjectID.
    :param name: what `Name` answers until more is known.
    :param resource_url: the reference, full or short.
    :param context: the context of the connection, or None.
    """

    __slots__ = ()
    __module__ = _PACKAGE
    _type_path = 'Persistable'
    _own_names = ['Name', 'ObjectID', 'attach', 'attributes', 'details', 'oid', 'ref', 'to_dict',
                  'when']

    def __init__(self, oid, name, resource_url, context=None):
        self._item = {'_ref': resource_url, '_refObjectName': name, '_type': self._type_path,
                      'ObjectID': oid}
        self._context = context if context is not None else Detached()
        self._page_mates = None
        self._hydrated = False

    @Computed
    def _ref(self):
        """The reference as the service sent it."""
        return self._item.get('_ref')

    @Computed
    def _type(self):
        """The type path: `Defect`, `PortfolioItem/Feature`."""
        return self._type_path

    @Computed
    def typePath(self):
        """The type path of a sub-type (`PortfolioItem/Feature`), None for plain types.

            print(defect.typePath)

        No request.
        """
        return self._type_path if '/' in self._type_path else None

    @Computed
    def ref(self):
        """The short reference: the last two elements, `defect/5001`.

            rally.update('Defect', {'_ref': defect.ref, 'Name': 'late'})

        No request.
        """
        return short_of(self._item.get('_ref'))

    @Computed
    def oid(self):
        """The ObjectID: an int, or text for the few types with composite ids.

            rally.delete('Defect', defect.oid)

        No request.
        """
        number = self._item.get('ObjectID')
        if isinstance(number, integer_types):
            return number  # nearly always; reading it out of the reference takes far longer
        found = oid_of(self._item.get('_ref'))
        return found if found is not None else oid_of(number)

    @Computed
    def ObjectID(self):
        """The ObjectID; known from the reference even where it was not fetched.

            rally.get('Defect', query={'ObjectID': defect.ObjectID}).one()

        No request.
        """
        if 'ObjectID' in self._item:
            return self._item['ObjectID']
        if 'ObjectID' in deleted_in(self._item):
            raise self._deleted('ObjectID')
        return self.oid

    @Computed
    def Name(self):
        """The name, as far as the data tells.

            print(defect.Name)

        No request.
        """
        item = self._item
        if 'Name' in item:
            return item['Name']
        if 'Name' in deleted_in(item):
            raise self._deleted('Name')
        return item.get('_refObjectName') or 'Unknown'

    def _load(self, name):
        if not self._hydrated and self._item.get('_ref'):
            self._loader(name).fill(self)

    def _absorb(self, raw, hydrated=True):
        """Add what was read to what is known; the raw items themselves stay as they are."""
        self._item = merged(self._item, raw)
        self._hydrated = hydrated

    def _label(self):
        return self._type_path.rpartition('/')[2]

    def _missing(self, name):
        error = super(Persistable, self)._missing(name)
        loader = self._context.loader
        known = loader.known_type(self) if loader is not None else None
        alike = [each for each in error.suggestions if _squeezed(each) == _squeezed(name)]
        attribute = known.attribute(name) if known is not None and known.is_listed else None
        if alike:
            error.suggestions = alike[:1]
            error.hint = "Names of attributes are compared letter by letter."
        elif known is None or not known.is_listed:
            error.hint = _UNKNOWN[all(key in self._item for key in _IN_EVERY_WHOLE)]
        elif attribute is None:
            error.hint = "The type {0} has no such attribute.".format(known.TypePath)
            error.suggestions = known.suggestions(name)
        else:
            is_spelled_so = attribute.ElementName in (name, 'c_' + name)
            error.suggestions = () if is_spelled_so else (attribute.ElementName,)
            error.hint = _NOT_FETCHED[attribute.Hidden].format(attribute.ElementName)
        return error

    def attach(self, rally):
        """Give an unpickled entity, and what hangs on it, a connection to load with.

            import pickle
            found = pickle.loads(pickle.dumps(defect)).attach(rally)

        :param rally: a connected `Rally`, or the context of one.
        :returns: the entity itself.
        :raises DetachedEntityError: it came from another server.
        :raises TypeError: that is no connection.
        """
        helper = getattr(rally, 'contextHelper', None)
        context = helper.currentContext() if helper is not None else rally
        theirs, mine = getattr(context, 'base_url', None), self._base_url()
        if None not in (theirs, mine) and ensure_text(theirs) != mine:
            raise DetachedEntityError(
                u'{0} belongs to {1}, not to {2}'.format(ensure_text(repr(self)), mine,
                                                         ensure_text(theirs)))
        if getattr(context, 'loader', None) is None:
            raise TypeError("attach takes a connected Rally, or the context of one, not {0}: "
                            "{1!r}".format(type(rally).__name__, rally))
        join(self, context)
        return self

    def when(self, name):
        """Return the time that an attribute holds as an aware `datetime` in UTC, or None.

            print(defect.when('CreationDate').strftime('%d %B %Y'))

        The attribute itself stays the text that the service sent. A day is its beginning. Costs
        what reading the attribute costs: no request, where it was fetched.

        :param name: the name of an attribute.
        :raises AttributeError: there is no such attribute.
        :raises ValueError: it holds something that is no date.
        """
        value = getattr(self, name)
        if value is None or value == '':
            return None
        try:
            return time_of(value)
        except (TypeError, ValueError):
            problem = ValueError(ensure_native(fill(
                u"{0} of {1} is no date: {2}", name, repr(self), repr(value))))
        raise problem

    def details(self):
        """Return all known attributes as a text of several lines; nothing is loaded.

            print(defect.details())

        The attributes come in a fixed order, the usual ones first.
        """
        return _details.details_of(self)

    def _repr_html_(self):
        """What a notebook shows: a table of what is known; no request."""
        return item_table(self)

    def __repr__(self):
        own, item = own_values(self), self._item
        number = own.get('FormattedID') or item.get('FormattedID') or self.oid
        name = own.get('Name', item.get('Name', item.get('_refObjectName')))
        shown = ' ' + quoted(name) if name is not None else ''
        return ensure_native('<{0} {1}{2}>'.format(self._label(), ensure_native(str(number)),
                                                   shown))

    def __eq__(self, other):
        if self is other:
            return True
        if not isinstance(other, Persistable):
            return NotImplemented
        mine = _identity(self)
        if mine is None or mine != _identity(other):
            return False
        left, right = self._base_url(), other._base_url()
        return left is None or right is None or left == right

    def __ne__(self, other):
        same = self.__eq__(other)
        return same if same is NotImplemented else not same

    def __hash__(self):
        mine = _identity(self)
        return hash(mine) if mine is not None else id(self)

    def __reduce__(self):
        cls = type(self)
        if cls._type_path in STANDARD_PARENTS or classFor.get(cls._type_path) is not cls:
            return super(Persistable, self).__reduce__()
        return (_blank_of, (cls._type_path, cls.__base__._type_path), self.__getstate__())


def _squeezed(name):
    name = ensure_text(name)
    name = name[2:] if name[:2] == u'c_' else name
    return name.replace(u' ', u'').replace(u'_', u'').lower()


#: What an item has that was fetched whole, and seldom one of which only names were fetched.
_IN_EVERY_WHOLE = ('CreationDate', 'ObjectID', 'ObjectUUID', 'VersionId')
#: Whether the schema hides an attribute -> what is said where an item lacks it.
_NOT_FETCHED = {
    False: "It exists but was not fetched: add '{0}' to fetch, or use fetch=True.",
    True: "It exists but was not fetched: the schema hides it, so that fetch=True may leave it "
          "out; add '{0}' to fetch.",
}
#: Whether the item is whole -> what is said of an attribute where the schema is not at hand.
_UNKNOWN = {
    True: "All attributes were fetched, and this is none of them.",
    False: "It was not fetched (add it to fetch, or use fetch=True), or the type has no such "
           "attribute.",
}


def _identity(entity):
    ref = entity._item.get('_ref')
    return key_of(ref) if ref and ref != 'null' else None


class CustomField(_Building):
    """A structured value that is no object of the service, for example a web link.

        >>> pyral.hydrate.EntityHydrator(None).hydrateInstance({'LinkID': '7'})
        <CustomField LinkID>
    """

    __slots__ = ()
    __module__ = _PACKAGE
    oid, _ref, ref, _type = 0, None, None, 'CustomField'

    @Computed
    def Name(self):
        """The `Name` in the data, if there is one.

            >>> pyral.hydrate.EntityHydrator(None).hydrateInstance({'LinkID': '7'}).Name
            'Unknown'
        """
        if 'Name' in deleted_in(self._item):
            raise self._deleted('Name')
        return self._item.get('Name', 'Unknown')

    def __repr__(self):
        return '<CustomField {0}>'.format(' '.join(sorted(
            ensure_native(key) for key in self._item)))


class SearchObject(Persistable):
    """A hit of a text search."""

    __slots__ = ()
    __module__ = _PACKAGE
    _type_path = 'SearchObject'


def _standard_classes():
    """Return {type path: class} of the whole standard tree."""
    classes = {'Persistable': Persistable}
    for path, parent in read_tree():
        if parent is not None:
            mixin = (MIXINS[path],) if path in MIXINS else ()
            classes[path] = new_class(path, mixin + (classes[parent],), _PACKAGE)
    return classes


_STANDARD = _standard_classes()
# The names come from the table of types; `classes.pyi` lists them for readers and tools, and
# `tests/meta/test_stubs.py` holds that it lists them all.
globals().update((cls.__name__, cls) for cls in _STANDARD.values())
Story = UserStory = _STANDARD['HierarchicalRequirement']

#: Type name -> class. Grows when a type of one's own is first met.
classFor = dict((path, cls) for path, cls in _STANDARD.items() if path not in ABSTRACT_ONLY)
classFor.update((cls.__name__, cls) for path, cls in _STANDARD.items() if '/' in path)
classFor.update(Story=Story, UserStory=Story, SearchObject=SearchObject)
for _bare, _path in STANDARD_SUB_TYPES.items():
    classFor.setdefault(_bare, _STANDARD[_path])

REGISTRY = Registry(classFor, vars(sys.modules[_PACKAGE]))


def class_for(type_path, parent_of=None):
    """Return the entity class of a type path; see :meth:`Registry.class_for`."""
    return REGISTRY.class_for(type_path, parent_of)


_TYPE_PATH = re.compile(u'(?u)[\\w/ .-]+$')


def class_of(item, parent_of=None):
    """Return the class for a raw item: by its `_type`, helped by its reference."""
    name = item.get('_type')
    try:
        found = classFor.get(name)
    except TypeError:
        found = None
    if found is not None:
        return found
    if not isinstance(name, string_types) or not _TYPE_PATH.match(name):
        name = None  # no service writes such a type: something on the way did
    target = parse_ref(item.get('_ref'))
    if not name:
        return CustomField if target is None else class_for(target.type_path, parent_of)
    if '/' not in name and target is not None and '/' in target.type_path:
        stem = class_for(target.type_path.partition('/')[0])
        name = '{0}/{1}'.format(stem._type_path, ensure_native(name))
    return class_for(name, parent_of)


def parents_in(context):
    """Return the function that names a type's parent by the schema of a context, or None."""
    return context.loader.parent_of(context) if context.loader is not None else None


def entity_from(item, context, mates=None):
    """Return an instance, not complete yet, for a raw item found inside another one."""
    cls = class_of(item, parents_in(context))
    entity = blank(cls)
    entity._item, entity._context, entity._page_mates = item, context, mates
    entity._hydrated = cls is CustomField
    return entity


def _blank_of(type_path, base_path):
    return blank(REGISTRY.add(type_path, REGISTRY.class_for(base_path)))


# Pickles name these functions; a module of the package may move without breaking them.
blank.__module__ = _blank_of.__module__ = _PACKAGE


def addEntity(name, parentClass):
    """Make and register a class, or return the one that is registered under the name.

        >>> addEntity('PortfolioItem/Bet', 'PortfolioItem')
        <class 'pyral.entity.PortfolioItem_Bet'>

    :param name: a type path.
    :param parentClass: an entity class, or the name of one.
    """
    if isinstance(parentClass, string_types):
        parentClass = class_for(getEntityName(parentClass))
    return REGISTRY.add(name, parentClass)


def getEntityName(candidate):
    """Return the official type path for a name: `Story` -> `HierarchicalRequirement`.

        >>> getEntityName('Feature')
        'PortfolioItem/Feature'

    :raises InvalidRallyTypeNameError: neither the standard tree nor a class knows the name.
    """
    path = standard_path(candidate)
    if path is None and candidate in classFor:
        path = classFor[candidate]._type_path
    if path is None:
        known = set(STANDARD_PARENTS) | set(ALIASES) | set(classFor)
        raise InvalidRallyTypeNameError(candidate, suggestions=nearest(candidate, known))
    return path


def validRallyType(rally_type):
    """Return the official type path of a name, or raise; see :func:`getEntityName`.

        >>> validRallyType('UserStory')
        'HierarchicalRequirement'
    """
    return getEntityName(rally_type)


def processSchemaInfo(workspace, schema_info):
    """Return the catalogue of a schema document's Results, and keep it for `getSchemaItem`.

        rows = rally.contextHelper.schemaRows()
        catalogue = processSchemaInfo('workspace/11', rows)

    :param workspace: a workspace reference; only its last two elements count.
    """
    catalogue = _PROCESSED[key_of('/' + str(workspace))] = Catalogue(schema_info)
    return catalogue


def getSchemaItem(workspace, entity_name):
    """Return the type definition of a name from what `processSchemaInfo` was given, or None.

        >>> processSchemaInfo('workspace/11', [{'ElementName': 'Defect'}]) is not None
        True
        >>> getSchemaItem('workspace/11', 'Defect')
        <TypeDef Defect>
    """
    catalogue = _PROCESSED.get(key_of('/' + str(workspace)))
    return catalogue.find(entity_name) if catalogue is not None else None


#: What `processSchemaInfo` was called with; the connections keep their own catalogues.
_PROCESSED = {}

__all__ = sorted(set(
    ['CustomField', 'InvalidRallyTypeNameError', 'MINIMAL_ATTRIBUTES',
     'PORTFOLIO_ITEM_SUB_TYPES', 'SchemaItem', 'SchemaItemAttribute', 'SearchObject', 'Story',
     'UnrecognizedAllowedValuesReference', 'UnreferenceableOIDError', 'UserStory',
     'VERSION_ATTRIBUTES', 'addEntity', 'classFor', 'getEntityName', 'getSchemaItem',
     'processSchemaInfo', 'validRallyType']
    + [cls.__name__ for cls in _STANDARD.values()]))
