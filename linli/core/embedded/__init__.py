"""The embedded database: Django's SQLite backend on an encrypted, sound SQLite library.

Django finds a backend by package name and takes `base.DatabaseWrapper` from it.
"""
