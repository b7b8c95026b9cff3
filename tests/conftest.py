"""The shared fixtures, for tests of the whole house."""

from linli.conftest import *  # noqa: F403 – fixtures are found by name
