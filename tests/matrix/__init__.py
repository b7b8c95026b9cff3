"""The permission matrix: every route, every role, every relationship, and markers that must not leak."""
