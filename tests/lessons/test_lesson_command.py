"""``micrograd lessons`` lists and writes, ``micrograd lesson`` opens."""

import webbrowser
from pathlib import Path
from urllib.request import url2pathname

from micrograd.cli import main
from micrograd.lessons import lessons


def test_the_lessons_are_listed_with_their_questions(capsys):
    assert main(["lessons"]) == 0
    listed = capsys.readouterr().out
    assert all(lesson.title in listed and lesson.question in listed for lesson in lessons())


def test_a_lesson_is_opened_in_the_browser(monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or True)
    assert main(["lesson", "3"]) == 0
    (address,) = opened
    page = Path(url2pathname(address.removeprefix("file://")))
    assert "<h1" in page.read_text("utf-8")


def test_a_lesson_is_written_where_it_was_asked_for(tmp_path, capsys):
    page = tmp_path / "one.html"
    assert main(["lesson", "1", "-o", str(page)]) == 0
    assert "The slope of one number" in page.read_text("utf-8")


def test_a_lesson_that_is_not_there_is_named(capsys):
    assert main(["lesson", "13"]) == 2
    assert "there are lessons 1 to 12, got 13" in capsys.readouterr().err


def test_without_a_browser_the_page_is_named(monkeypatch, capsys):
    monkeypatch.setattr(webbrowser, "open", lambda address: False)
    assert main(["lesson", "3"]) == 0
    assert "no browser was found: open " in capsys.readouterr().out
