"""Mistakes that the catalogue does not list: nothing is named, and the method is found."""

import tomllib
from pathlib import Path

import styles
from thorough import sampled

from micrograd.practise.bugs import inject
from micrograd.practise.judge import judge

HELD_BACK = tomllib.loads(Path(__file__).with_name("held_back.toml").read_text())


@sampled("name", HELD_BACK, of=4)
def test_a_mistake_of_no_known_kind_is_placed_at_its_method(name):
    changes = tuple(map(tuple, HELD_BACK[name]["change"]))
    diagnosis = judge(styles.run(inject(styles.right("lecture"), changes))).failed.diagnosis
    assert diagnosis.bug is None
    assert diagnosis.method == HELD_BACK[name]["method"]
    assert diagnosis.place.file == "mygrad.py"
