"""A saved model comes back whole; a wrong file, or a killed program, harms nothing."""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from micrograd.nn import MLP
from micrograd.saving import load, save

SAVES_FOR_EVER = """
import sys
from micrograd.nn import MLP
from micrograd.saving import save
models = [MLP(4, [40, 40, 1], init=lambda rng, nin, nout, c=c: c) for c in (1.0, 2.0)]
while True:
    for model in models:
        save(model, sys.argv[1])
"""


def datas(model):
    return [p.data for p in model.parameters()]


def test_a_saved_model_comes_back(tmp_path):
    model, other = MLP(2, [3, 1]), MLP(2, [3, 1])
    save(model, tmp_path / "m.safetensors")
    assert load(other, tmp_path / "m.safetensors") is other
    assert datas(other) == datas(model)


def test_the_file_has_pytorchs_names_and_shapes(tmp_path):
    save(MLP(2, [3, 1]), tmp_path / "m")
    shapes = {name: array.shape for name, array in load_file(tmp_path / "m").items()}
    assert shapes["layers.0.weight"] == (3, 2)
    assert shapes["layers.1.bias"] == (1,)


def test_swapped_arguments_are_named(tmp_path):
    model, path = MLP(2, [1]), tmp_path / "model.safetensors"
    for call, name in ((save, "save"), (load, "load")):
        with pytest.raises(TypeError, match=rf"{name}\(model, path\).*model\.safetensors"):
            call(path, model)
    assert not path.exists()


def test_a_file_of_others_with_the_same_names_is_read(tmp_path):
    state = {k: v.astype(np.float32) for k, v in MLP(2, [1]).state_dict().items()}
    save_file(state, tmp_path / "m")
    model = load(MLP(2, [1]), tmp_path / "m")
    assert model.state_dict()["layers.0.weight"].tolist() == state["layers.0.weight"].tolist()


def test_a_file_of_another_architecture_is_named_and_changes_nothing(tmp_path):
    save(MLP(2, [4, 1]), tmp_path / "m")
    model = MLP(2, [3, 1])
    before = datas(model)
    with pytest.raises(ValueError, match=r"m: .*layers.0.weight has shape \(4, 2\), not \(3, 2\)"):
        load(model, tmp_path / "m")
    assert datas(model) == before


@pytest.mark.parametrize("length", [0, 5, 100, -1, None])
def test_a_wrong_or_truncated_file_is_named_and_changes_nothing(tmp_path, length):
    path = tmp_path / "m"
    save(MLP(2, [3, 1]), path)
    path.write_bytes(b"not a model at all" if length is None else path.read_bytes()[:length])
    model = MLP(2, [3, 1])
    before = datas(model)
    with pytest.raises(ValueError, match="is no safetensors file, or not a whole one"):
        load(model, path)
    assert datas(model) == before


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load(MLP(1, [1]), tmp_path / "nowhere")


def test_a_path_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(OSError, match="no-folder"):
        save(MLP(1, [1]), tmp_path / "no-folder" / "m")
    (tmp_path / "a-folder").mkdir()
    with pytest.raises(OSError, match="a-folder"):
        save(MLP(1, [1]), tmp_path / "a-folder")
    assert [path.name for path in tmp_path.iterdir()] == ["a-folder"]


def test_saving_to_a_link_keeps_the_link(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    save(MLP(1, [1]), tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").stat().st_size > 0


def test_saving_leaves_nothing_else_behind(tmp_path):
    save(MLP(1, [1]), tmp_path / "m")
    save(MLP(1, [1]), tmp_path / "m")
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_a_kill_in_the_middle_of_saving_leaves_a_whole_file(tmp_path):
    path = tmp_path / "m"
    for delay in (0.0, 0.013, 0.029):
        process = subprocess.Popen([sys.executable, "-c", SAVES_FOR_EVER, path])
        try:
            while not path.exists() and process.poll() is None:
                time.sleep(0.005)
            time.sleep(delay)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        model = load(MLP(4, [40, 40, 1]), path)
        weights = {p.data for p in model.parameters() if p.label[-1] != "b"}
        assert weights in ({1.0}, {2.0})
        path.unlink()
