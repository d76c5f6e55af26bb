"""Each lesson is what its blocks give, leads somewhere, and ends with something to write."""

import json
import re

import pytest
from pages import ROOT, blocks

from micrograd.lessons import lessons
from micrograd.lessons.lesson import texts
from micrograd.lessons.markdown import write_index, write_markdown
from micrograd.lessons.page import anchor, index_html, lesson_html
from micrograd.practise.programs import SECTIONS

FOLDER = ROOT / "docs" / "lessons"
PAGES = sorted(FOLDER.glob("*.md"))
LINK = re.compile(r"\]\((?!https?:)([^)\s]*)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
each_lesson = pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)


def anchors(page):
    return {anchor(heading) for heading in HEADING.findall(page.read_text())}


@each_lesson
def test_what_is_committed_is_what_the_lesson_gives(lesson, tmp_path):
    made = write_markdown(lesson, tmp_path)
    assert made.read_text() == (FOLDER / made.name).read_text(), "run make lessons"
    pictures = {p.name: p.read_text() for p in tmp_path.glob("images/*")}
    committed = {p.name: p.read_text() for p in FOLDER.glob(f"images/{lesson.name}-*")}
    assert pictures == committed, "run make lessons, and remove pictures that are no more"


def test_the_page_that_leads_to_the_lessons_is_what_its_text_gives(tmp_path):
    assert write_index(tmp_path).read_text() == (FOLDER / "README.md").read_text()


def test_the_program_shown_beside_pytorchs_is_the_one_that_runs():
    recorded = json.loads((texts() / "pytorch.json").read_text("utf-8"))
    for name in ("micrograd", "pytorch"):
        program = (ROOT / "docs" / f"in_{name}.py").read_text("utf-8")
        assert recorded[name] == program, "run docs/record_pytorch.py where PyTorch is"


@pytest.mark.deep
def test_the_gpt_of_the_last_lesson_learns_as_recorded(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs")
    import record_gpt

    record_gpt.main(tmp_path / "gpt.json")
    made, recorded = (
        json.loads((folder / "gpt.json").read_text("utf-8")) for folder in (tmp_path, texts())
    )
    assert made["parameters"] == recorded["parameters"]
    assert abs(made["loss"] - recorded["loss"]) < 0.05


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_page_and_to_a_heading_on_it(page):
    for link in LINK.findall(page.read_text()):
        file, _, heading = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert not heading or heading in anchors(target), link


@pytest.mark.deep
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_read_can_be_typed(page):
    """The blocks that are shown need none of those that are not."""
    namespace = {"__name__": "__main__"}
    for language, code, line in blocks(page):
        if language == "python":
            exec(compile("\n" * line + code, page.name, "exec"), namespace)


@each_lesson
def test_a_lesson_opens_with_a_question_and_ends_with_one_to_do(lesson):
    assert lesson.question.endswith("?")
    (section,) = re.findall(r"```sh\nmicrograd practise (?:break )?(\w+)\n```\n$", lesson.text)
    assert section in SECTIONS


@each_lesson
def test_a_page_is_small_and_needs_nothing_else(lesson):
    page = lesson_html(lesson)
    assert "&lt;span" not in page  # a number that cannot move: it stands in code
    assert len(page.encode()) < 400_000
    assert not re.findall(r"""<(?:script|link|img|iframe)[^>]* (?:src|href)=["'](?!data:)""", page)


def test_pages_beside_each_other_are_linked():
    page = index_html()
    assert all(f'href="{lesson.name}.html' in page for lesson in lessons())
    assert f'href="{lessons()[1].name}.html"' in lesson_html(lessons()[0], linked=True)
