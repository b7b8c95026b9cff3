"""The shared fixtures, for tests of the whole house."""

from linli.conftest import *  # fixtures are found by name
