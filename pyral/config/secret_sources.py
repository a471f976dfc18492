"""Credential helpers and keyring: values of a profile that stand for a secret kept elsewhere.

`helper: COMMAND` runs a program without a shell; the first line it prints is the value. `keyring:`
asks the package keyring. Neither is run before its value is needed, and what they print is shown
nowhere, not in an error either.
"""
from __future__ import absolute_import, division, print_function

import importlib
import os
import threading
import time

from pyral._compat import ensure_native, fill, monotonic, raise_from
from pyral.errors import ConfigError
from pyral.redact import MASK, Secret, hides_frames

__all__ = ['HELPER', 'HELPER_TIMEOUT_S', 'HelperCommand', 'KEYRING', 'KeyringEntry', 'ValuePlace',
           'secret_source']

HELPER, KEYRING = u'helper:', u'keyring:'
#: Seconds a helper may take; people unlock a password manager in them.
HELPER_TIMEOUT_S = 60
_LARGEST_OUTPUT = 1 << 20
#: Seconds that what is in the pipe may take after the helper has ended: a process that it left
#: behind may hold the pipe open for ever.
_LAST_OUTPUT_S = 1
_POLL_S = 0.01


def secret_source(value, place, profile, trouble):
    """Return what a value of a profile stands for: a `HelperCommand`, a `KeyringEntry`, or itself.

    :param value: the text in the file
    :param place: the `ValuePlace` of the value
    :param profile: the name of the profile
    :param trouble: why nothing that the file says is done, None where it is the user's own
    """
    if value.startswith(HELPER):
        return HelperCommand(value[len(HELPER):].strip(), place, trouble)
    if value.startswith(KEYRING):
        return KeyringEntry(value[len(KEYRING):].strip(), place, trouble, profile)
    return value


class ValuePlace(object):
    """Where a value stands, for messages: path, line, and the setting."""

    def __init__(self, path, line, setting):
        self.path, self.line, self.setting = path, line, setting

    def error(self, reason, hint=None):
        """Return the `ConfigError` that says where and why."""
        return ConfigError(fill("config file '{0}', line {1}: {2}", self.path, self.line, reason),
                           field=self.setting, hint=hint)


class _SecretSource(object):

    kind = ''

    def __init__(self, written, place, trouble):
        self._written, self._place, self._trouble = Secret(written), place, trouble

    def _words(self):
        """Return the words of the value, split as a shell would."""
        if self._trouble is not None:
            raise self._place.error(
                fill("{0} is refused, because {1}", self.kind, self._trouble),
                hint="Whoever can change the file would have it done.")
        shlex = importlib.import_module('shlex')
        try:
            # Where a backslash separates folders, it does not escape.
            words = shlex.split(ensure_native(self._written.reveal()), posix=os.sep == '/')
        except ValueError as error:
            raise_from(self._place.error(
                fill("{0} cannot be split into words: {1}", self.kind, error)), None)
        return words if os.sep == '/' else [_without_quotes(word) for word in words]


class HelperCommand(_SecretSource):
    """A program that prints a value."""

    kind = 'helper:'

    @property
    def shown(self):
        """What may be shown of it: the program, not its arguments, which may hold a secret."""
        words = self._written.reveal().split(None, 1)
        return fill("{0} (helper: {1})", MASK, _without_value(words[0]) if words else '')

    @hides_frames
    def read(self):
        """Run the program and return the first line of its output.

        :raises ConfigError: it may not be run, fails, takes too long, or prints nothing of use
        """
        words = self._words()
        if not words:
            raise self._place.error("helper: names no command")
        folder = os.path.dirname(self._place.path)
        program = _program(os.path.expanduser(words[0]), folder)
        name = fill("the helper '{0}'", _without_value(words[0]))
        if program is None:
            raise self._place.error(
                fill("{0} was not found", name),
                hint="It is looked for in the folders of PATH; a name with a slash starts at the "
                     "folder of the file, and no shell is used.")
        try:
            output, code = _run([program] + words[1:], folder)
        except (IOError, OSError) as error:
            raise_from(self._place.error(
                fill("{0} cannot be run: {1}", name, error.strerror or type(error).__name__)), None)
        problem = _problem(output.reveal(), code)
        if problem is not None:
            raise self._place.error(fill("{0} {1}", name, problem),
                                    hint="Run it by hand to see what it says; it is not shown.")
        return Secret(_first_line(output.reveal()))


class KeyringEntry(_SecretSource):
    """An entry of the keyring of the system."""

    kind = 'keyring:'

    def __init__(self, written, place, trouble, profile):
        super(KeyringEntry, self).__init__(written, place, trouble)
        self._profile = profile

    @property
    def shown(self):
        """What may be shown of it: where it is kept."""
        return fill("{0} (keyring: {1})", MASK, self._written.reveal() or
                    fill('pyral {0}', self._profile))

    @hides_frames
    def read(self):
        """Ask the keyring and return the value.

        :raises ConfigError: the package keyring is missing, or has no such entry
        """
        words = self._words() or ['pyral', ensure_native(self._profile)]
        if len(words) != 2:
            raise self._place.error("keyring: takes a service and a name, or nothing",
                                    hint="As in keyring: pyral prod")
        try:
            keyring = importlib.import_module('keyring')
        except ImportError:
            raise_from(self._place.error("keyring: needs the package keyring",
                                         hint="pip install keyring"), None)
        try:
            value = Secret(keyring.get_password(words[0], words[1]))
        except Exception as error:  # each backend has its own; the text may hold anything
            raise_from(self._place.error(
                fill("the keyring refused with {0}", type(error).__name__)), None)
        if not value:
            raise self._place.error(
                fill("the keyring has nothing for service '{0}' and name '{1}'", *words),
                hint=fill("keyring set {0} {1} puts it there.", *words))
        return value


def _without_value(word):
    """Return the name of a program; what a shell would take for a variable may hold a secret."""
    name, sign, _ = word.partition('=')
    return name + sign + MASK if sign else word


def _without_quotes(word):
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in '"\'' else word


def _program(name, folder):
    """Return the path of a program, None where there is none.

    The current folder, which anyone may have filled, is not looked at, whatever PATH says.
    """
    folders = [folder]
    if not os.path.dirname(name):
        path = os.environ.get('PATH', os.defpath)
        folders = [each for each in path.split(os.pathsep) if os.path.isabs(each)]
    ends = [''] + [end for end in os.environ.get('PATHEXT', '').split(os.pathsep)
                   if end and os.name == 'nt']
    for each in folders:
        for end in ends:
            found = os.path.join(each, name + end)
            # What is named by its path and cannot be run, the system refuses and says why.
            if os.path.isfile(found) and (os.access(found, os.X_OK) or os.path.dirname(name)):
                return found
    return None


def _run(words, folder):
    """Run a program and return its output, as a `Secret`, and its exit code, None without an end.

    It reads nothing, so that data for the script stay where they are; what it says on the error
    stream is dropped.
    """
    subprocess = importlib.import_module('subprocess')
    with open(os.devnull, 'r+b') as nothing:
        process = subprocess.Popen(words, stdin=nothing, stdout=subprocess.PIPE, stderr=nothing,
                                   cwd=folder, close_fds=os.name != 'nt')
    reader = _Reader(process.stdout)
    try:
        reader.start()
        end = monotonic() + HELPER_TIMEOUT_S
        while process.poll() is None and monotonic() < end and not reader.is_full:
            time.sleep(_POLL_S)
        code = process.poll()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    reader.join(_LAST_OUTPUT_S)
    return reader.output(), code


class _Reader(threading.Thread):
    """Reads a pipe to its end, and holds no more of it than what a helper may print."""

    def __init__(self, pipe):
        super(_Reader, self).__init__(name='pyral-helper')
        self.daemon = True
        self._pipe, self._parts, self._size = pipe, [], 0

    @property
    def is_full(self):
        """Whether there was more than what a helper may print."""
        return self._size > _LARGEST_OUTPUT

    def run(self):
        """Read until the end of the pipe."""
        with self._pipe:
            while not self.is_full:
                # Not `read` of the file, which waits for as many bytes as it is asked for.
                part = Secret(os.read(self._pipe.fileno(), 65536))
                if not part:
                    break
                self._parts.append(part)
                self._size += len(part.reveal())

    def output(self):
        """Return what was read, as a `Secret`."""
        return Secret(b''.join(part.reveal() for part in list(self._parts)))


def _problem(output, code):
    """Return what is wrong with what a helper printed, None where nothing is."""
    if len(output) > _LARGEST_OUTPUT:
        return fill("printed more than {0} bytes", _LARGEST_OUTPUT)
    if code is None:
        return fill("did not end within {0} seconds", HELPER_TIMEOUT_S)
    if code:
        return fill("ended with exit code {0}", code) if code > 0 else fill(
            "was ended by signal {0}", -code)
    try:
        line = _first_line(output)
    except UnicodeDecodeError:
        return "printed bytes that are not UTF-8"
    if not output:
        return "printed nothing"
    return None if line.strip() else "printed an empty first line"


def _first_line(output):
    """Return the first line of bytes as text, without its end."""
    return output.partition(b'\n')[0].decode('utf-8-sig').rstrip(u'\r')
