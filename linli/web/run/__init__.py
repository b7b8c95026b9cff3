"""The main job on files: lists in, persons, flags, needs, proposals and a report out. No server, no database."""
