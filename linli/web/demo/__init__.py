"""The demo county: invented people, the lists departments would send about them, and the planted truth.

Everything here is computed from a number of residents, a seed and a day; nothing reads a clock,
and nothing here knows of Django. The loader that fills a database from it is a module of its own.
"""
