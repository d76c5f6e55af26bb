"""Practise: write the engine yourself; your file is run, and its wrong numbers name the bug.

``judge.py`` judges a namespace, ``results.py`` is what it says, ``programs/`` is what it runs.
"""
