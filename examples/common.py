"""What the examples share besides the lines every script begins with: how they help and end.

`run` is the last line of each script. The exit code is 0 when the work is done, 1 when it is not
(the reason is on the error output), and 2 when the arguments do not fit.
"""
from __future__ import print_function

import codecs
import errno
import re
import sys

from pyral import PyralError, config
from pyral.errors import nearest

SETTINGS = """\
Options, in place of a config file or the environment:
  --config=FILE  --profile=NAME  --server=HOST  --user=NAME  --password=TEXT
  --apikey=KEY  --workspace=NAME  --project=NAME
"""
#: The options of all scripts, which `rallyWorkset` reads.
OPTIONS = sum([setting.options for setting in config.SETTINGS],
              config.CONFIG_OPTIONS + config.PROFILE_OPTIONS + config.INERT_OPTIONS)


class UsageError(Exception):
    """The arguments do not fit; the message says what is expected."""


class Failure(Exception):
    """What was asked for cannot be done; the message says why."""


def run(main, doc):
    """Call `main` with the arguments of the command line, and end with its exit code.

    :param doc: the docstring of the script; it is the help text.
    """
    sys.stdout, sys.stderr = writable(sys.stdout), writable(sys.stderr)
    sys.exit(outcome(main, [text_of(arg) for arg in sys.argv[1:]], doc))


def outcome(main, arguments, doc):
    """Call `main`, tell what stops it, and return the exit code."""
    if '--help' in arguments or '-h' in arguments:
        print('%s\n\n%s' % (doc.strip(), SETTINGS.strip()))
        return 0
    try:
        check_options(arguments, doc)
        return main(arguments) or 0
    except UsageError as error:
        usage = [line for line in doc.splitlines() if line.startswith('usage:')]
        print(u'ERROR: %s\n%s' % (error, '\n'.join(usage)), file=sys.stderr)
        return 2
    except (Failure, PyralError, EnvironmentError) as error:
        if getattr(error, 'errno', None) != errno.EPIPE:  # `| head` has seen enough
            print(u'ERROR: %s' % (error,), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def check_options(arguments, doc):
    """Refuse an option that is none: it would set nothing, and nobody would notice.

    :param doc: the docstring of the script, which has its own options in brackets.
    :raises UsageError: naming the option that was meant, and never a value.
    """
    own = re.findall(r'\[(--?\w[\w-]*)\]', doc)
    short = [each[1:] for each in own if each[:2] != '--']
    known = own + ['--' + name for name in OPTIONS]
    for place, argument in enumerate(arguments):
        name, equals, _ = argument.partition('=')
        # One minus sign begins values too, such as a tag to take off, but not before all others.
        may_be_value = place > 0 and argument[:2] != '--' and not nearest(argument[1:], short)
        if argument in own or may_be_value or not re.match('--?[A-Za-z]|--$', argument):
            continue
        if name not in known:
            near = nearest(name.replace('-', ''), [each.replace('-', '') for each in known], 1)
            meant = [each for each in known if each.replace('-', '') in near]
            raise UsageError("there is no option %s; %s" % (
                name, "did you mean %s?" % meant[0] if meant else "-h shows all"))
        if not equals:
            raise UsageError("%s takes a value, as in %s=..." % (name, name))


def item_by_id(rally, entity, ident, fetch=True, what=None):
    """Return the item of a type with an ObjectID, which is all digits, or else a FormattedID.

    :param fetch: True, or names with `FormattedID` among them.
    :param what: names the type in the message.
    :raises Failure: there is none.
    """
    attribute = 'ObjectID' if ident.isdigit() else 'FormattedID'
    for item in rally.get(entity, fetch=fetch, query={attribute: ident}, project=None):
        # The service compares the number only: of stories, DE40 would find US40.
        if ident.isdigit() or plain_id(item.FormattedID) == plain_id(ident):
            return item
    raise Failure('There is no %s %s.' % (what or entity, ident))


def plain_id(formatted_id):
    """Return a FormattedID in capitals; stories are called S12 or US12."""
    text = formatted_id.upper()
    return 'U' + text if text[:1] == 'S' and text[1:].isdigit() else text


def one(response, what):
    """Return the item of a response that should have just one.

    :param what: names the item in the message.
    :raises Failure: there is none, or there are several.
    """
    found = list(response)
    if not found:
        raise Failure('There is no %s.' % what)
    if len(found) > 1:
        raise Failure('%d items answer to %s.' % (len(found), what))
    return found[0]


def text_of(argument):
    """Return an argument of the command line as text, under the bare locale of cron, too."""
    if not isinstance(argument, bytes):  # 2.7 has bytes
        argument = argument.encode('utf-8', 'surrogateescape')
    return argument.decode('utf-8', 'replace')


def writable(stream):
    """Return a stream that takes any text, also into the pipes of 2.7 and where cron runs it."""
    encoding = getattr(stream, 'encoding', 'utf-8') or 'ascii'
    if codecs.lookup(encoding).name == 'ascii':
        return codecs.getwriter('utf-8')(getattr(stream, 'buffer', stream))
    return stream
