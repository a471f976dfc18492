"""The parser of the command line: argparse whose refusals are one line with the near miss."""
from __future__ import absolute_import, division, print_function

import argparse
import re

from pyral._compat import ensure_binary, fill, text_type
from pyral.cli.completion import profiles, propose
from pyral.cli.failures import UsageError, near_miss
from pyral.config import CONFIG_OPTIONS, SETTINGS
from pyral.resolving.meanings import prefix_of

__all__ = ['CommandParser', 'EXIT_CODES', 'HelpShown', 'LOOKS_LIKE_QUERY', 'OTHER_VERBS', 'Verbs',
           'add_connection', 'check_texts', 'no_verb', 'profile_name', 'whole_number']

EXIT_CODES = """\
exit codes:
  0    done
  1    refused, failed, or not all of it was read; the error output says why
  2    the arguments do not fit, as with an unknown type, field or project; nothing was done
  129  ended by SIGHUP, as where the terminal closes; what was written before is whole
  130  interrupted by Ctrl-C; what was written before is whole
  141  whoever read the output went away
  143  ended by SIGTERM, as by kill or timeout; what was written before is whole"""

#: The title of the options that all verbs have.
CONNECTION = 'connection'
#: Settings that the help does not name: they would stand in the list of processes.
_SECRET = ('password', 'apikey')
#: What other commands call a verb -> what it is here.
OTHER_VERBS = {
    'list': 'get', 'ls': 'get', 'find': 'get', 'search': 'get', 'view': 'show', 'describe': 'show',
    'cat': 'show', 'add': 'create', 'new': 'create', 'edit': 'set', 'update': 'set',
    'patch': 'set', 'modify': 'set', 'cp': 'copy', 'clone': 'copy', 'duplicate': 'copy',
    'rm': 'delete', 'remove': 'delete', 'upload': 'attach',
    'lint': 'query', 'dump': 'export', 'download': 'export', 'whoami': 'me', 'browse': 'open',
    'web': 'open', 'status': 'doctor', 'check': 'doctor', 'login': 'config', 'auth': 'config',
    'emulator': 'serve', 'start': 'serve', 'help': '-h', 'version': '--version',
}
_OF_VERBS = u"'pyral -h' lists them."
#: What other commands call an option -> what it is here, where the verb has it.
OTHER_OPTIONS = {
    '--filter': '--query', '--where': '--query', '--search': '--query', '--sort': '--order',
    '--sort-by': '--order', '--order-by': '--order', '--columns': '--fields', '--max': '--limit',
    '--top': '--limit', '--head': '--limit', '-n': '--limit', '-l': '--limit', '-L': '--limit',
    '--force': '--yes', '--csv': '-o csv', '--tsv': '-o tsv', '--json': '-o json',
    '--jsonl': '-o jsonl', '--parquet': '-o parquet', '--table': '-o table', '-p': '--project',
    '-w': '--workspace', '--input': '--file', '--stdin': '--file', '--url': '--server',
    '--host': '--server', '--config': '--conf', '--scope-down': '--down', '--scope-up': '--up',
    '--out': '--output',
}
#: How argparse begins the refusal of a call that lacks arguments.
_REQUIRED = 'the following arguments are required: '
#: A text with one of these is a query, or was meant as one, and no name.
LOOKS_LIKE_QUERY = re.compile(r'[=<>]| (?:!?contains|!?in|and|or) ', re.I)
#: How the usage line shows arguments that are not one.
_SHAPES = {'?': '[{0}]', '*': '[{0} ...]', '+': '{0} [{0} ...]'}
_SETTING_HELP = {
    'server': "host, host:port, or with a scheme",
    'user': "who to connect as",
    'workspace': "its name; the account's default otherwise",
    'project': "its name or path; the account's default otherwise",
}


class HelpShown(Exception):
    """The help or the version was asked for and written."""


class CommandParser(argparse.ArgumentParser):
    """A parser that raises `UsageError`, knows no abbreviations, and writes where it is told to.

    :param sink: where help goes.
    """

    def __init__(self, *args, **kwargs):
        self.sink = kwargs.pop('sink', None)
        #: The parsers of the verbs by name, and the examples of one: (what is done, line).
        self.verbs, self.examples, self.passes_on = {}, [], False
        #: The list that takes further arguments wherever they stand between the options, or None.
        self.collects = None
        kwargs.setdefault('formatter_class', argparse.RawDescriptionHelpFormatter)
        super(CommandParser, self).__init__(*args, **kwargs)

    def error(self, message):
        """Refuse the arguments."""
        if message == 'too few arguments':  # 2.7 does not say which
            if self.verbs:
                raise no_verb()
            message = _REQUIRED + ', '.join(
                str(action.metavar or action.dest) for action in self._actions
                if action.nargs not in ('?', '*') and not action.option_strings)
        hint = fill(u"'{0} -h' helps.", self.prog)
        if message.startswith(_REQUIRED):
            hint = fill(u"Usage: {0}. {1}", self._usage_line(), hint)
        raise UsageError(message, hint)

    def exit(self, status=0, message=None):
        """End after the help, or the version, which 2.7 gives as the message."""
        self._print_message(message)
        raise HelpShown()

    def _print_message(self, message, file=None):
        if message:
            self.sink.write(message)

    def parse_args(self, args=None, namespace=None):
        """Return the parsed arguments.

        :raises UsageError: they do not fit.
        """
        verb = self.verbs.get(args[0]) if args else None
        if verb is not None and verb.passes_on:
            return argparse.Namespace(
                run=verb.get_default('run'), parser=verb, rest=list(args[1:]))
        found, unknown = self.parse_known_args(args, namespace)
        collecting = getattr(getattr(found, 'parser', None), 'collects', None)
        if collecting is not None:  # argparse takes no further argument after an option
            getattr(found, collecting).extend(each for each in unknown if not _is_option(each))
            unknown = [each for each in unknown if _is_option(each)]
        if unknown:
            parser = getattr(found, 'parser', self)
            name = unknown[0].partition('=')[0]
            if _is_option(name):
                raise parser.unknown_option(name)
            raise parser.surplus(unknown[0])
        check_texts(getattr(found, 'parser', self), found)
        return found

    def format_help(self):
        """Return the help: what the verb takes first, how to connect last."""
        self.usage = self._usage_line().replace('%', '%%')
        self._action_groups.sort(key=lambda group: group.title == CONNECTION)
        return super(CommandParser, self).format_help()

    def _usage_line(self):
        """Return the line that shows the arguments in their order."""
        names = [_SHAPES.get(str(action.nargs), '{0}').format(action.metavar or action.dest)
                 for action in self._actions if not action.option_strings]
        return ' '.join([self.prog] + names + ['[options]'])

    def option_names(self):
        """Return the options that the help shows."""
        return [name for action in self._actions if action.help != argparse.SUPPRESS
                for name in action.option_strings]

    def surplus(self, text):
        """Return the error for an argument that the verb does not take."""
        hint = u"A text with blanks goes between quotes"
        if '--query' in self.option_names():
            if LOOKS_LIKE_QUERY.search(text):
                hint = u"A query goes behind -q"
            elif prefix_of(text) is not None:
                hint = fill(u"'pyral show {0}' shows one item", text)
        return UsageError(fill(u"'{0}' is one argument too many", text),
                          fill(u"{0}; '{1} -h' helps.", hint, self.prog))

    def unknown_option(self, name):
        """Return the error for an option that the verb does not have."""
        hint, known = fill(u"'{0} -h' lists them.", self.prog), self.option_names()
        other = OTHER_OPTIONS.get(name)
        if other is not None and other.split()[0] in known:
            return UsageError(fill(u"unknown option '{0}'", name), hint, [other])
        # Of a single letter every other is as near.
        return near_miss('option', name, known if name[:2] == '--' else (), hint)

    def _get_option_tuples(self, option_string):
        # An abbreviation that works today is ambiguous with the next option.
        if option_string[:2] == '--':
            return []
        return super(CommandParser, self)._get_option_tuples(option_string)

    def _check_value(self, action, value):
        if action.choices is not None and value not in action.choices:
            is_verb = isinstance(action, argparse._SubParsersAction)
            if is_verb and value in OTHER_VERBS:
                raise UsageError(fill(u"unknown verb '{0}'", value), _OF_VERBS,
                                 [OTHER_VERBS[value]])
            what = 'verb' if is_verb else 'value of {0}'.format('/'.join(action.option_strings))
            shown = None if is_verb else 'It is one of {0}.'.format(', '.join(action.choices))
            raise near_miss(what, value, action.choices, _OF_VERBS if is_verb else shown)


class Verbs(object):
    """The verbs of the command, each a parser of its own that has the options of all.

    :param parser: the `CommandParser` of the command.
    """

    def __init__(self, parser):
        self._sink = parser.sink
        self._actions = parser.add_subparsers(title='verbs', metavar='VERB', dest='verb')
        self._parsers = parser.verbs

    def add(self, name, run, summary, description=None, examples=(), passes_on=False):
        """Add a verb and return its parser.

        :param run: is called with the `CommandSession`.
        :param summary: a sentence.
        :param description: what there is to say beyond it.
        :param examples: pairs of what is done and the line that does it.
        :param passes_on: True where nothing behind the verb is parsed: it is in `options.rest`.
        """
        shown = summary if description is None else summary + '\n\n' + description
        lines = ['examples:'] if len(examples) > 1 else ['example:']
        for what, line in examples:
            lines.extend(['  # ' + what, '  ' + line])
        parser = self._actions.add_parser(
            name, help=summary[:1].lower() + summary[1:].rstrip('.'), description=shown,
            epilog='\n'.join(lines), sink=self._sink)
        parser.set_defaults(run=run, parser=parser)
        parser.passes_on = passes_on
        parser.examples = list(examples)
        if not passes_on:
            add_connection(parser)
        self._parsers[name] = parser
        return parser


def add_connection(parser):
    """Add the options of every verb: what to connect to, and how errors are told."""
    group = parser.add_argument_group(CONNECTION)
    for setting in SETTINGS:
        is_secret = setting.name in _SECRET
        names = ['--' + setting.name]
        group.add_argument(
            *names, dest='setting_' + setting.name, default=argparse.SUPPRESS, type=_not_empty,
            metavar=setting.name.upper(),
            help=argparse.SUPPRESS if is_secret else _SETTING_HELP[setting.name])
        others = ['--' + each for each in setting.options if each != setting.name]
        group.add_argument(*others, dest='setting_' + setting.name, default=argparse.SUPPRESS,
                           type=_not_empty, help=argparse.SUPPRESS)
    group.add_argument('--conf', dest='config_files', action='append', default=argparse.SUPPRESS,
                       type=_not_empty,
                       metavar='FILE', help="a file of settings")
    propose(group.add_argument('--profile', type=profile_name, default=argparse.SUPPRESS,
                               metavar='NAME', help="a section of ~/.config/pyral/config"),
            profiles)
    group.add_argument('--rallyProfile', dest='profile', type=profile_name,
                       default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    others = ['--' + each for each in CONFIG_OPTIONS if each != 'conf']
    group.add_argument(*others, dest='config_files', action='append', default=argparse.SUPPRESS,
                       metavar='FILE',
                       help=argparse.SUPPRESS)
    group.add_argument('--json-errors', action='store_true', default=argparse.SUPPRESS,
                       help="tell errors and warnings as JSON, one object a line")


def check_texts(parser, options):
    """Refuse arguments that are no text, but for names of files: what items hold is not guessed.

    :param parser: of the verb.
    :raises UsageError: naming the first.
    """
    for action in parser._actions:
        given = getattr(options, action.dest, None)
        for each in given if isinstance(given, list) else [given]:
            if action.metavar != 'FILE' and not _is_text(each):
                shown = ensure_binary(each, errors='replace').decode('utf-8', 'replace')
                raise UsageError(fill(u"'{0}' is no text in UTF-8", shown),
                                 u"Was it typed or made in another encoding?")


def _is_text(value):
    try:
        if isinstance(value, bytes):  # 2.7
            value.decode('utf-8')
        elif isinstance(value, text_type):
            value.encode('utf-8')
    except UnicodeError:
        return False
    return True


def no_verb():
    """Return the error of a call that names no verb."""
    return UsageError(u"no verb is given", _OF_VERBS)


def _is_option(text):
    return text[:1] == '-' and text != '-'


def _not_empty(text):
    """Return the text: with an empty variable of a shell something else would be meant."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return text


def profile_name(text):
    """Return the name of a profile: a variable of a shell that is empty is none."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it names no profile")
    return text


def whole_number(least):
    """Return the reader of a whole number that is not below another."""
    def read(text):
        if re.match(r'[0-9]{1,18}$', text) is None or int(text) < least:
            raise argparse.ArgumentTypeError(
                "'{0}' is not a whole number from {1} on".format(text, least))
        return int(text)

    return read
