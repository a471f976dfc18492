"""Type and attribute definitions of one workspace, from what the schema endpoint answers.

A catalogue indexes the answer by name and parses a type when it is first asked for, so that only
the types a program uses cost time. Names are resolved here, near misses are named, and nothing
here asks the network by itself: allowed values are read through a function that is passed in.
"""
from __future__ import absolute_import, division, print_function

import re
from collections import OrderedDict

from pyral._compat import (
    binary_type,
    ensure_native,
    ensure_text,
    fill,
    format_as_text,
    python_2_str,
    string_types,
    text_type,
)
from pyral.errors import (
    InvalidRallyTypeNameError,
    RallyAttributeNameError,
    UnrecognizedAllowedValuesReference,
    nearest,
)
from pyral.refs import parse, short_of
from pyral.schema.standard_types import (
    ALIASES,
    PULL_REQUEST,
    STANDARD_PARENTS,
    STANDARD_SUB_TYPES,
    chain_of,
    plain_name,
    standard_path,
)

#: Reference attributes without a list worth reading: every project, every tag and so on.
OPEN_ENDED = frozenset([
    'Artifacts', 'Attachments', 'Changesets', 'Children', 'Collaborators', 'Defects',
    'DefectSuites', 'Discussion', 'Duplicates', 'Milestones', 'Iteration', 'Release', 'Project',
    'Owner', 'SubmittedBy', 'Predecessors', 'Successors', 'Tasks', 'TestCases', 'TestSets',
    'Results', 'Steps', 'Tags',
])
_LISTED_TYPES = frozenset(['RATING', 'STATE', 'COLLECTION'])
_PLAIN = frozenset(['STRING', 'TEXT', 'INTEGER', 'QUANTITY', 'DECIMAL', 'BOOLEAN', 'DATE'])
#: A FormattedID, also with what people put between its letters and its number.
_LIKE_FORMATTED_ID = re.compile(u'([A-Za-z]{1,10})([-_ #.]*)([0-9]+)$')
_VALUES_REF = re.compile(r'^https?://.+/\w+/-?\d+/AllowedValues$')

_ATTRIBUTE_FIELDS = (
    ('ElementName', None), ('Name', None), ('AttributeType', None), ('Subscription', None),
    ('Workspace', None), ('Custom', False), ('Required', False), ('ReadOnly', False),
    ('Filterable', False), ('Sortable', False), ('Hidden', False), ('SchemaType', None),
    ('Constrained', False), ('AllowedValueType', None), ('MaxLength', -1),
    ('MaxFractionalDigits', -1),
)
#: Attributes that a type declares and no full object shows, alone or of one type:
#: as recorded. What a user made is shown where a fetch names it.
_NEVER_SHOWN = frozenset([
    'Ancestors', 'FinancialWorkType', 'FormattedIDID', 'FormattedIDPrefix', 'IterationValue',
    'MixedChildren', 'ReleaseValue', ('Defect', 'PortfolioItem'), ('User', 'ArtifactsCreated'),
    ('User', 'ArtifactsOwned'),
])
_TYPE_FIELDS = (
    ('ElementName', None), ('Name', None), ('DisplayName', None), ('TypePath', None),
    ('IDPrefix', None), ('Abstract', False), ('Creatable', False), ('Queryable', False),
    ('ReadOnly', False), ('Deletable', False), ('Restorable', False), ('Ordinal', -1),
)
_TYPE_FLAGS = (
    ('Creatable', 'Creatable', 'Non-Creatable'), ('ReadOnly', 'ReadOnly', 'Updatable'),
    ('Queryable', 'Queryable', 'Non-Queryable'), ('Deletable', 'Deletable', 'Non-Deletable'),
    ('Restorable', 'Restorable', 'Non-Restorable'),
)


class AllowedValue(object):
    """One value of a list that the schema holds inline.

        >>> rally.typedef('Defect').attribute('State').AllowedValues[1].StringValue
        'Open'
    """

    _type = 'AllowedAttributeValue'
    Name = 'AllowedValue'

    def __init__(self, raw):
        if not isinstance(raw, dict):
            raw = {'StringValue': raw}
        self.StringValue = self.value = raw.get('StringValue')
        self.LocalizedStringValue = raw.get('LocalizedStringValue', self.StringValue)
        self.ObjectID = raw.get('ObjectID')

    __format__ = format_as_text

    def __repr__(self):
        return '<AllowedValue {0}>'.format(_quoted(self.StringValue))


@python_2_str
class AttrDef(object):
    """One attribute of a type, with the names of the service's AttributeDefinition.

        >>> name = rally.typedef('Defect').attribute('Name')
        >>> name.AttributeType, name.Required, name.MaxLength
        ('STRING', True, 256)
    """

    _type = 'AttributeDefinition'

    def __init__(self, raw):
        self._describe(raw)

    def _describe(self, raw):
        self.ref = short_of(raw.get('_ref'))
        self.ObjectName = raw.get('_refObjectName')
        for name, default in _ATTRIBUTE_FIELDS:
            setattr(self, name, raw.get(name, default))
        self.AllowedValues = _values_of(raw.get('AllowedValues'))
        self._label = _squeezed(self.Name or self.ElementName)

    @property
    def target(self):
        """The name of the type an OBJECT or COLLECTION attribute points to, else None.

            >>> rally.typedef('Defect').attribute('Owner').target
            'User'
        """
        kind = self.AllowedValueType
        return kind.get('_refObjectName') if isinstance(kind, dict) else None

    @property
    def is_plain(self):
        """Whether it holds a value that nothing is below, such as a text or a number.

            >>> rally.typedef('Defect').attribute('Name').is_plain
            True
        """
        return self.AttributeType in _PLAIN and self.target is None

    @property
    def is_open_ended(self):
        """Whether the values are a reference that lists no choice worth reading.

            >>> rally.typedef('Defect').attribute('Owner').is_open_ended
            True
        """
        if not isinstance(self.AllowedValues, string_types):
            return False
        if self.ElementName in OPEN_ENDED:
            return True
        is_list = self.AttributeType in _LISTED_TYPES
        return not is_list and not (self.Custom and self.Constrained)

    def resolveAllowedValues(self, context, getCollection):
        """Replace a reference to allowed values by the values, asking `getCollection` once.

            state = rally.typedef('Defect').attribute('State')
            state.resolveAllowedValues(context, pyral.restapi.getCollection)

        :param getCollection: called with the context and the reference.
        :returns: True
        :raises UnrecognizedAllowedValuesReference: the reference has an unknown form.
        """
        ref = self.AllowedValues
        if not isinstance(ref, string_types):
            return True
        if not _VALUES_REF.match(ref):
            raise UnrecognizedAllowedValuesReference(ref, field=self.ElementName, hint=(
                "Expected the address of a list: http(s)://.../<type>/<number>/AllowedValues."))
        self.AllowedValues = list(getCollection(context, ref))
        return True

    def known_values(self, context, getCollection=None):
        """Return the texts of its list as far as they are known; an empty list where there is none.

            >>> rally.typedef('Defect').attribute('ScheduleState').known_values(context)[0]
            'Defined'

        :param getCollection: reads a list that the schema does not hold; without it none is read.
        """
        is_known = not isinstance(self.AllowedValues, string_types)
        if not is_known and (getCollection is None or self.is_open_ended):
            return []
        return self.allowed_values(context, getCollection)

    def allowed_values(self, context, getCollection):
        """Return the list of value texts; `[True]` where any fitting object may be set.

            state = rally.typedef('Defect').attribute('State')
            print(state.allowed_values(context, pyral.restapi.getCollection))

        The answer is the same however often it is asked, and costs a request at most once.
        """
        if self.is_open_ended:
            return [True]
        self.resolveAllowedValues(context, getCollection)
        values = self.AllowedValues
        if values is None:
            return []
        if not isinstance(values, list):
            return [values]
        return [_value_text(value) for value in values]

    def __lt__(self, other):
        return self.ElementName < other.ElementName

    __format__ = format_as_text

    def __repr__(self):
        return '<AttrDef {0} {1}>'.format(self.ElementName, self.AttributeType)

    def __str__(self):
        name = self.ElementName or ''
        shown = '|{0}|'.format(self.Name) if self.Name != name else ''
        lines = [
            fill('{0}{1:<24}  {2:<6}  {3:>10}  {4:>8}  {5}', ' ' * 9, name,
                 'Custom' if self.Custom else '', self.AttributeType or '',
                 'Required' if self.Required else 'Optional', shown),
            fill('{0}{1}  {2}  {3}  {4}', ' ' * 13, 'ReadOnly' if self.ReadOnly else 'Updatable',
                 'Filterable' if self.Filterable else '', 'Hidden' if self.Hidden else '',
                 'Constrained' if self.Constrained else ''),
        ]
        values = self._shown_values()
        if values:
            lines.append(fill('{0}AllowedValues: {1}', ' ' * 13, values))
        return u'\n'.join(line.rstrip() for line in lines)

    def _shown_values(self):
        values = self.AllowedValues
        if isinstance(values, list) and values:
            return u'[' + u', '.join(_quoted(getattr(value, 'StringValue', value))
                                     for value in values) + u']'
        if isinstance(values, string_types) and self.AllowedValueType:
            ref = parse(values)
            return ref.short if ref is not None else values
        return None


@python_2_str
class TypeDef(object):
    """One type of a workspace, with the names of the service's TypeDefinition.

        >>> defect = rally.typedef('Defect')
        >>> defect.TypePath, defect.IDPrefix
        ('Defect', 'DE')

    :param raw: an entry of the schema's Results; None for a type that only its name is known of.
    :param catalogue: the `Catalogue` it belongs to, if there is one.
    """

    _type = 'TypeDefinition'

    def __init__(self, raw, path=None, catalogue=None):
        self._catalogue = catalogue
        self.Attributes = []
        self._describe(raw, path)

    def _describe(self, raw, path=None):
        #: Whether the workspace lists the type; else its attributes are unknown.
        self.is_listed = raw is not None
        raw = raw or {'TypePath': path, 'ElementName': path.rpartition('/')[2], 'Name': path}
        self.ref = short_of(raw.get('_ref'))
        self.ObjectName = raw.get('_refObjectName', raw.get('Name'))
        for name, default in _TYPE_FIELDS:
            setattr(self, name, raw.get(name, default))
        self.TypePath = self.TypePath or self.ElementName
        self.DisplayName = self.DisplayName or self.Name
        self.Parent = (raw.get('Parent') or {}).get('_refObjectName')
        self.RevisionHistory = (raw.get('RevisionHistory') or {}).get('_ref')
        attributes = raw.get('Attributes')
        known = dict((each.ElementName, each) for each in self.Attributes)
        self.Attributes = []
        for each in attributes if isinstance(attributes, list) else ():
            # A caller may hold the attribute: what is new is told by the object it holds.
            attribute = known.get(each.get('ElementName'))
            if attribute is None:
                attribute = AttrDef(each)
            else:
                attribute._describe(each)
            self.Attributes.append(attribute)
        self.completed = False
        self._index = None

    def __getstate__(self):
        return dict(self.__dict__, _catalogue=None)  # a copy belongs to no connection

    def attribute(self, name):
        """Return the attribute a name stands for, or None.

            >>> rally.typedef('Defect').attribute('schedule state')
            <AttrDef ScheduleState STATE>

        First match wins: the ElementName; `c_` and the name; both without regard to letter
        case; the display name without regard to letter case and blanks. What was kept by an
        earlier process may lack a new one: `current_attribute` makes sure.
        """
        exact, folded, labels = self._indexes()
        name = ensure_text(name, errors='replace') if isinstance(name, binary_type) else name
        lowered = name.lower()
        for table, key in ((exact, name), (exact, 'c_' + name), (folded, lowered),
                           (folded, 'c_' + lowered), (labels, _squeezed(name))):
            if key in table:
                return table[key]
        return None

    def current_attribute(self, name):
        """Return what `attribute` does; a kept schema is read again before the answer is None.

            >>> rally.typedef('Defect').current_attribute('Nmae') is None
            True
        """
        is_doubtful = self._catalogue is not None and not self._catalogue.is_current
        found = self.attribute(name)
        if found is None and is_doubtful:
            self._catalogue.renew()
            found = self.attribute(name)
        return found

    def _indexes(self):
        if self._index is None:
            exact, folded, labels = {}, {}, {}
            for each in self.Attributes:
                exact.setdefault(each.ElementName, each)
                folded.setdefault(each.ElementName.lower(), each)
                labels.setdefault(each._label, each)
            self._index = (exact, folded, labels)
        return self._index

    def map_names(self, names):
        """Return the names as the service spells them, in the same order.

            >>> rally.typedef('Defect').map_names(['name', 'schedule state'])
            ['Name', 'ScheduleState']

        `Tasks:summary[State]` is mapped by the part before the colon. Names of a type that the
        workspace does not list stay as they are, and so do the `_` names of the wire.

        :raises RallyAttributeNameError: naming all that do not fit, with the nearest names.
        """
        mapped, unknown = [], []
        for name in names:
            if not isinstance(name, (text_type, binary_type)):
                raise TypeError("attributes are named by text, not by {0}: {1!r}".format(
                    type(name).__name__, name))
            plain, colon, rest = name.partition(':')
            found = self.current_attribute(plain) if self.is_listed and not name.startswith(
                '_') else None
            if found is not None:
                mapped.append(found.ElementName + colon + rest)
            elif self.is_listed and not name.startswith('_'):
                unknown.append(name)
            else:
                mapped.append(name)
        if unknown:
            hint = fill('The type {0} of this workspace has no such attribute.', self.TypePath)
            if '.' in unknown[0]:
                hint += " A path is no name: name its parts one by one, as in ['Owner', 'Name']."
            raise RallyAttributeNameError(', '.join(unknown), field=unknown[0], hint=hint,
                                          suggestions=self.suggestions(unknown[0]))
        return mapped

    def map_fetched(self, names):
        """Return the names of a list for `fetch` as the service spells them, in the same order.

            >>> rally.typedef('Defect').map_fetched(['owner', 'username'])
            ['Owner', 'UserName']

        One list is for the items and for what references and collections in it lead to.

        :raises RallyAttributeNameError: as `map_names` does, for names that no type has on the way.
        """
        names = list(names)
        try:
            return self.map_names(names)
        except RallyAttributeNameError:
            further = self._further_names(names)
        own = iter(self.map_names([name for name in names if name not in further]))
        return [further[name] if name in further else next(own) for name in names]

    def _further_names(self, names):
        """Return name -> its spelling for names of the types that other names lead to."""
        found, targets = {}, [self.TypePath]
        for target in targets:  # which grow meanwhile
            for each in self._family(target):
                for name in names:
                    plain, colon, rest = name.partition(':')
                    attribute = each.attribute(plain)
                    if attribute is None:
                        continue
                    if self.attribute(plain) is None:
                        found.setdefault(name, attribute.ElementName + colon + rest)
                    if attribute.target not in targets:
                        targets.append(attribute.target)
        return found

    def _family(self, name):
        return self._catalogue.family(name) if self._catalogue is not None and name else []

    def map_values(self, values):
        """Return a new dict with the service's spelling of the names of `values`.

            >>> rally.typedef('Defect').map_values({'schedule state': 'Accepted'})
            {'ScheduleState': 'Accepted'}
        """
        names = list(values)
        return dict(zip(self.map_names(names), [values[name] for name in names]))

    def is_whole(self, item):
        """Return whether an item as the service sent it has all that a full object shows.

            >>> rally.typedef('Defect').is_whole({'Name': 'late'})
            False

        False for a type of which nothing but its name is known.
        """
        return bool(self.Attributes) and all(
            each.ElementName in item or each.Hidden or each.ElementName in _NEVER_SHOWN
            or (self.TypePath, each.ElementName) in _NEVER_SHOWN for each in self.Attributes)

    def suggestions(self, name):
        """Return the attribute names that look like `name`.

            >>> rally.typedef('Defect').suggestions('Nmae')
            ('Name',)
        """
        return nearest(name, [each.ElementName for each in self.Attributes])

    def inheritanceChain(self):
        """Return the class names from `Persistable` down to this type.

            >>> rally.typedef('Defect').inheritanceChain()[-2:]
            ['Artifact', 'Defect']
        """
        return chain_of(self.TypePath, self.Parent)

    def complete(self, context, getCollection):
        """Resolve the allowed values of all attributes that list some; returns True.

            rally.typedef('Defect').complete(context, pyral.restapi.getCollection)

        One request for each list that the schema does not hold.
        """
        if not self.completed:
            for each in self.Attributes:
                if not each.is_open_ended and each.AttributeType in _LISTED_TYPES:
                    each.resolveAllowedValues(context, getCollection)
            self.completed = True
        return True

    __format__ = format_as_text

    def __repr__(self):
        return '<TypeDef {0}>'.format(self.TypePath)

    def __str__(self):
        path = 'TypePath: {0}'.format(self.TypePath) if '/' in self.TypePath else ''
        head = fill('{0}  DisplayName: {1}  IDPrefix: {2}  {3}', self.ElementName,
                    self.DisplayName, self.IDPrefix, path).rstrip()
        flags = u'      ' + u'  '.join(yes if getattr(self, name) else no
                                       for name, yes, no in _TYPE_FLAGS)
        blocks = u'\n\n'.join(text_type(each) for each in sorted(self.Attributes))
        return u'\n'.join([head, flags, u'', u'      Attributes:', blocks])


def _no_type(name):
    """Return what to say of a name that no type has."""
    if re.match(_LIKE_FORMATTED_ID, ensure_text(name)):
        return fill("This is where the type goes; rally['{0}'] reads the item with that "
                    "FormattedID.", name)
    return "The workspace has no such type; names are case sensitive, one to a call."


class Catalogue(object):
    """The types of one workspace, by every name a script may use.

        >>> catalogue = rally.contextHelper.catalogue()
        >>> len(catalogue) > 50
        True

    :param types: the `Results` of the schema endpoint: a list of dicts, which is kept, not copied.
    :param newer: for types that an earlier process kept: returns the types the service gives now,
        None where they are the same. It is called once, before the first answer that a type, an
        attribute or a prefix does not exist.
    """

    def __init__(self, types, newer=None):
        self._parsed, self._newer = {}, newer
        self._index(types)

    def _index(self, types):
        paths, elements = OrderedDict(), {}
        for raw in types:
            path = raw.get('TypePath') or raw.get('ElementName')
            paths.setdefault(path, raw)
            elements.setdefault(raw.get('ElementName'), path)
        for path in list(paths):  # a plain type wins over a sub-type of the same name
            if path in elements:
                elements[path] = path
        if 'PullRequest' not in paths:
            paths['PullRequest'] = PULL_REQUEST
        self._paths, self._elements = paths, elements

    @property
    def is_current(self):
        """Whether the service gave these types to this connection.

            >>> Catalogue([]).is_current
            True
        """
        return self._newer is None

    def renew(self):
        """Make sure that these are the types of the service; one small request at most.

            catalogue.renew()

        Types and attributes that a caller holds are changed in place where they differ.

        :raises RallyRESTAPIError: the service gives no list of types.
        """
        newer = self._newer
        if newer is None:
            return
        types = newer()
        if types is not None:
            self.replace(types)
        self._newer = None

    def replace(self, types):
        """Take other types, as the service gave them just now.

            catalogue.replace(rally.contextHelper.schemaRows())

        What callers hold of the types is changed in place.
        """
        self._index(types)
        for path, type_def in list(self._parsed.items()):
            type_def._describe(self._paths.get(path), path)
        self._newer = None

    def __iter__(self):
        """Iterate over all types, in the order of the schema; this parses every one."""
        return iter([self._type(path) for path in self._paths])

    def __len__(self):
        return len(self._paths)

    def resolve(self, name):
        """Return the type a name stands for; letter case counts.

            >>> catalogue.resolve('Story')
            <TypeDef HierarchicalRequirement>

        :param name: ElementName, TypePath, class name, `Story`, `UserStory`, `User Story`.
        :raises InvalidRallyTypeNameError: its message is exactly the name.
        """
        found = self.find(name)
        if found is None:
            raise InvalidRallyTypeNameError(
                name, suggestions=self.suggestions(name), hint=_no_type(name))
        return found

    def find(self, name):
        """Return the type a name stands for, or None.

            >>> catalogue.find('User Story')
            <TypeDef HierarchicalRequirement>

        A standard type that the workspace does not list has no attributes.
        """
        if not isinstance(name, (text_type, binary_type)):
            return None
        name = name if isinstance(name, text_type) else ensure_native(name)
        is_doubtful = not self.is_current
        path = self._path_of(name)
        if path not in self._paths and is_doubtful:
            self.renew()
            path = self._path_of(name)
        return None if path is None else self._type(path)

    def _path_of(self, name):
        path = ALIASES.get(name, name)
        if path not in self._paths:
            slashed = path.replace('_', '/', 1)
            path = (self._elements.get(path) or (slashed if slashed in self._paths else None)
                    or standard_path(path))
        return path

    def family(self, name):
        """Return the type a name stands for and the types below it; none for an unknown name.

            >>> catalogue.family('PortfolioItem')[0]
            <TypeDef PortfolioItem>
        """
        top = self.find(name.replace(' ', ''))
        if top is None:
            return []
        own = chain_of(top.TypePath)[-1]
        return [top] + [self._type(path) for path in self._paths
                        if own in chain_of(path, self.parent_of(path))[:-1]]

    def attribute(self, type_name, name):
        """Return the attribute of a type that a name stands for, or None.

            >>> catalogue.attribute('Story', 'plan estimate')
            <AttrDef PlanEstimate QUANTITY>
        """
        return self.resolve(type_name).current_attribute(name)

    def suggestions(self, name):
        """Return the type names that look like `name`.

            >>> catalogue.suggestions('Defekt')
            ('Defect',)
        """
        known = set(self._elements) | set(self._paths) | set(ALIASES)
        return nearest(name, [each for each in known if each])

    def formatted_id_types(self, prefix=None):
        """Return {prefix: [types]} of the types that have FormattedIDs; this parses those types.

            >>> catalogue.formatted_id_types('DE')
            [<TypeDef Defect>]

        Stories answer to `S` and `US`, whichever of the two the workspace uses.

        :param prefix: in upper case, to get the types of that prefix alone.
        """
        is_doubtful = not self.is_current
        found = self._types_by_prefix(prefix)
        if not found and is_doubtful:
            self.renew()
            found = self._types_by_prefix(prefix)
        return found if prefix is None else found.get(prefix, [])

    def _types_by_prefix(self, prefix):
        found = OrderedDict()
        for path, raw in list(self._paths.items()):
            if path == 'HierarchicalRequirement':
                names = [u'S', u'US']
            else:
                own = (raw.get('IDPrefix') or u'').upper()
                names = [own] if own and raw.get('Queryable') and not raw.get('Abstract') else []
            names = [name for name in names if prefix in (None, name)]
            if names and self._type(path).attribute('FormattedID') is not None:
                for name in names:
                    found.setdefault(name, []).append(self._type(path))
        return found

    def strange_formatted_id(self, text):
        """Return what is wrong with a text that looks like a FormattedID and is none, else None.

            >>> catalogue.strange_formatted_id('DE-7')
            'the FormattedID is written DE7'
        """
        found = _LIKE_FORMATTED_ID.match(ensure_text(text))
        if found is None:
            return None
        prefix, gap, number = found.groups()
        if self.formatted_id_types(prefix.upper()):
            written = prefix.upper() + number
            return fill(u"the FormattedID is written {0}", written) if gap else None
        return fill(u"no type of this workspace has FormattedIDs that begin with '{0}'; they begin "
                    u"with {1}", prefix, u", ".join(sorted(self.formatted_id_types())))

    def parent_of(self, type_path):
        """Return the parent the schema gives for a type, or None; parses nothing.

            >>> catalogue.parent_of('PortfolioItem/Feature')
            'PortfolioItem'
        """
        raw = self._paths.get(type_path) or self._paths.get(self._elements.get(type_path))
        named = plain_name(((raw or {}).get('Parent') or {}).get('_refObjectName'))
        path = self._elements.get(named, named)
        return path if path in self._paths or path in STANDARD_PARENTS else None

    def _type(self, path):
        found = self._parsed.get(path)
        if found is None:
            found = self._parsed.setdefault(path, TypeDef(self._paths.get(path), path, self))
        return found


def _squeezed(name):
    return name.replace(' ', '').lower() if name else name


def _values_of(values):
    if isinstance(values, list):
        return [AllowedValue(value) for value in values]
    if isinstance(values, dict):
        return values.get('_ref')
    return values


def _value_text(value):
    for name in ('LocalizedStringValue', 'StringValue'):
        text = getattr(value, name, None)
        if text is not None:
            return text
    return 'Not Available'


def _quoted(value):
    if value is None:
        return u'None'
    return fill("'{0}'", value)


#: The names scripts know the two classes by.
SchemaItem = TypeDef
SchemaItemAttribute = AttrDef

__all__ = [
    'AllowedValue', 'AttrDef', 'Catalogue', 'OPEN_ENDED', 'STANDARD_PARENTS',
    'STANDARD_SUB_TYPES', 'SchemaItem', 'SchemaItemAttribute', 'TypeDef',
]
