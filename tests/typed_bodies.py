"""Type-check the bodies of the SDK: each stub is merged into its module, in a temporary copy.

The SDK runs on Python 2.7, so its annotations stand in `.pyi` files, and a checker that finds a
stub never opens the module beside it. Here the annotations of a stub are put into the text of its
module, every line staying where it is, and mypy checks the copy. A module without a stub is
checked as it stands. `python -m tests.typed_bodies` is a part of `make lint`.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: Modules without annotations of their own cannot declare what an empty list will hold, or that a
#: value which may be None is there; names that only 2.7 has are in `_compat`.
SETTINGS = """[mypy]
python_version = 3.10
check_untyped_defs = True
ignore_missing_imports = True
strict_optional = False
allow_redefinition = True
local_partial_types = True
disable_error_code = var-annotated
[mypy-pyral._compat]
disable_error_code = attr-defined
"""


class Merger:
    """Puts the annotations of one stub into the text of its module."""

    def __init__(self, source, stub):
        self.source, self.stub = source, stub
        self.lines = source.split('\n')
        #: (line, column in bytes, text to put there), from 1 and from 0 as `ast` counts
        self.insertions = []

    def merged(self):
        """Return the text of the module with annotations; no line moves."""
        module, stub = ast.parse(self.source), ast.parse(self.stub)
        names = {name for node in module.body for name in names_of(node)}
        self.body(module, stub)
        # What only the stub has: imports, type variables and aliases that annotations use.
        own = [node for node in stub.body if is_own(node, names)]
        future = next(node for node in module.body if isinstance(node, ast.ImportFrom))
        self.insert(future, ''.join('; ' + ast.unparse(node) for node in own))
        for line, column, text in sorted(self.insertions, reverse=True):
            old = self.lines[line - 1].encode()
            new = old[:column] + text.encode() + old[column:]
            self.lines[line - 1] = new.decode()
        # Classes that a module makes while it runs stand in its stub only.
        made = [ast.unparse(node) for node in stub.body if is_class_without(node, names)]
        return '\n'.join(self.lines + made)

    def insert(self, node, text):
        """Note a text to put behind a node."""
        self.insertions.append((node.end_lineno, node.end_col_offset, text))

    def body(self, source, stub):
        """Annotate the functions, classes and variables of a module or class."""
        found = {}
        for node in source.body:
            for name in names_of(node):
                found.setdefault(name, node)
        declared = [node for node in stub.body if isinstance(node, ast.AnnAssign)]
        missing = []
        for node in declared:
            target = found.get(node.target.id)
            if isinstance(target, ast.Assign) and isinstance(target.targets[0], ast.Name):
                self.insert(target.targets[0], ': ' + ast.unparse(node.annotation))
            elif target is None and isinstance(source, ast.ClassDef):
                missing.append(ast.unparse(node))
        if missing:
            # An attribute that only instances have is declared beside the class's docstring.
            self.insert(source.body[0], ''.join('; ' + text for text in missing))
        overloaded = {node.name for node in stub.body if is_overload(node)}
        for node in stub.body:
            target = found.get(next(iter(names_of(node)), None))
            if isinstance(node, ast.ClassDef) and isinstance(target, ast.ClassDef):
                self.bases(target, node)
                self.body(target, node)
            elif isinstance(node, ast.FunctionDef) and isinstance(target, ast.FunctionDef):
                if node.name not in overloaded:
                    self.function(target, node)

    def bases(self, source, stub):
        """Let a class be generic as its stub is: only a checker is told of what its items are."""
        for base in map(ast.unparse, stub.bases):
            if base.startswith('Generic['):
                self.insert(source.bases[-1], ', ' + base)

    def function(self, source, stub):
        """Annotate the arguments and the result of a function."""
        wanted = {each.arg: each.annotation for each in arguments(stub) if each.annotation}
        for each in arguments(source):
            if each.arg in wanted:
                self.insert(each, ': ' + ast.unparse(wanted[each.arg]))
        if stub.returns is not None:
            # The parenthesis that closes the arguments is the last before the body.
            line, column = self.end_of_arguments(source)
            self.insertions.append((line, column, ' -> ' + ast.unparse(stub.returns)))

    def end_of_arguments(self, function):
        """Return where the `:` of a function's head stands."""
        after = max(
            [(function.lineno, function.col_offset)]
            + [(each.end_lineno, each.end_col_offset) for each in arguments(function)]
            + [(each.end_lineno, each.end_col_offset) for each in defaults(function)]
        )
        line, column = after
        while True:
            text = self.lines[line - 1].encode()
            ends = re.compile(rb'\)\s*:').search(text, column)
            if ends:
                return line, ends.start() + 1
            line, column = line + 1, 0


def arguments(function):
    """Return all arguments of a function, `*args` and `**kwargs` among them."""
    known = function.args
    starred = [each for each in (known.vararg, known.kwarg) if each]
    return known.posonlyargs + known.args + known.kwonlyargs + starred


def defaults(function):
    """Return the expressions that are defaults of a function's arguments."""
    return [each for each in function.args.defaults + function.args.kw_defaults if each]


def names_of(node):
    """Return the names that a statement of a module or class binds."""
    if isinstance(node, ast.FunctionDef):
        # The two functions of a property have one name.
        setters = [ast.unparse(each) for each in node.decorator_list if is_setter(each)]
        return setters or [node.name]
    if isinstance(node, ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.AnnAssign):
        return [node.target.id]
    if isinstance(node, ast.Assign):
        return [
            each.id
            for target in node.targets
            for each in ast.walk(target)
            if isinstance(each, ast.Name)
        ]
    return []


def is_own(node, names):
    """Say whether a statement of a stub has nothing in the module that it belongs to."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return True
    return isinstance(node, ast.Assign) and not names.intersection(names_of(node))


def is_class_without(node, names):
    """Say whether a statement of a stub is a class whose name the module does not bind."""
    return isinstance(node, ast.ClassDef) and node.name not in names


def is_setter(decorator):
    """Say whether a decorator makes a function the setter of a property."""
    return isinstance(decorator, ast.Attribute) and decorator.attr == 'setter'


def is_overload(node):
    """Say whether a statement is one of several signatures of a function."""
    return isinstance(node, ast.FunctionDef) and any(
        ast.unparse(each) == 'overload' for each in node.decorator_list
    )


def merge_package(package, copy):
    """Copy a package to a folder and merge each stub into its module there."""
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns('emulator', '__pycache__'))
    for folder, _, files in os.walk(copy):
        for file in files:
            if file.endswith('.pyi'):
                stub = os.path.join(folder, file)
                module = stub[:-1]
                text = Merger(read(module), read(stub)).merged()
                with open(module, 'w', encoding='utf-8') as target:
                    target.write(text)
                os.remove(stub)


def read(path):
    """Return the text of a file."""
    with open(path, encoding='utf-8') as source:
        return source.read()


def check(package):
    """Check the bodies of a package; return what mypy said and its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.basename(package)
        merge_package(package, os.path.join(folder, name))
        settings = os.path.join(folder, 'mypy.ini')
        with open(settings, 'w') as target:
            target.write(SETTINGS)
        done = subprocess.run(
            [sys.executable, '-m', 'mypy', '--config-file', settings, name],
            cwd=folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return done.stdout, done.returncode


if __name__ == '__main__':
    said, code = check(os.path.join(ROOT, 'pyral'))
    print(said, end='')
    sys.exit(code)
