"""What a public host runs and shows names only what is there."""

import re
from pathlib import Path

import pytest

import micrograd

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_runs_targets_and_tests_that_exist(workflow):
    text = workflow.read_text()
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([\w-]+)", text)) <= targets
    paths = re.findall(r"(?<![\w/])(?:\./)?((?:tests|src|\.github)/[\w./-]+)", text)
    assert [path for path in paths if not (ROOT / path.rstrip("/")).exists()] == []


def test_a_workflow_may_write_only_where_it_says_so():
    for workflow in WORKFLOWS:
        text = workflow.read_text()
        assert "\npermissions:\n  contents: read\n" in text, workflow.name
        assert "password" not in re.sub("#.*", "", text)


def test_what_is_cited_is_this_version():
    (version,) = re.findall(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)
    assert version == micrograd.__version__
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()


def test_forms_ask_for_what_doctor_prints():
    forms = [path.read_text() for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml")]
    assert sum("micrograd doctor" in form for form in forms) == 2
