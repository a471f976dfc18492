"""Fixtures of the client suite: one emulator for all tests, its world put back before each."""
from tests.rally_fixtures import *  # noqa: F401,F403 - fixtures are found by name
