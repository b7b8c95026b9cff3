"""Linli (邻里): community social work and neighbourhood co-governance."""

__version__ = "0.1.0"
