"""The lessons: from the slope of one number to a GPT, one page each.

A lesson is Markdown with Python in it, in ``texts/``. It is run, so that every number on its page
is computed; then it is written as Markdown with pictures (``docs/lessons/``) or as an HTML page.
"""

from .lesson import Lesson, lessons

__all__ = ["Lesson", "lessons"]
