"""A saved model comes back whole; a wrong file, or a killed program, harms nothing."""

import contextlib
import os
import signal
import stat
import subprocess
import sys
import time

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from micrograd import nn
from micrograd.estimators import MLPRegressor
from micrograd.nn import MLP
from micrograd.optim import SGD, Adam
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
        with pytest.raises(TypeError, match=rf"{name}\(model.*path\).*model\.safetensors"):
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


def test_a_saved_file_keeps_the_mode_of_the_one_that_was_there(tmp_path):
    path, model = tmp_path / "m", MLP(1, [1])
    for mode in (0o600, 0o640, 0o664, 0o755):
        path.touch()
        path.chmod(mode)
        save(model, path)
        assert stat.S_IMODE(path.stat().st_mode) == mode
    load(model, path)


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_follows_the_umask(tmp_path, umask, mode):
    former = os.umask(umask)
    try:
        save(MLP(1, [1]), tmp_path / "m")
    finally:
        os.umask(former)
    assert stat.S_IMODE((tmp_path / "m").stat().st_mode) == mode


def test_a_saved_file_keeps_its_owner_or_is_left_alone(tmp_path, monkeypatch):
    path = tmp_path / "m"
    path.write_bytes(b"before")
    if os.getuid() == 0:
        os.chown(path, 12345, 23456)
        save(MLP(1, [1]), path)
        assert (path.stat().st_uid, path.stat().st_gid) == (12345, 23456)
        path.write_bytes(b"before")
    else:
        others = [group for group in os.getgroups() if group != path.stat().st_gid]
        if others:
            os.chown(path, -1, others[0])
            save(MLP(1, [1]), path)
            assert path.stat().st_gid == others[0]
            path.write_bytes(b"before")

    def refused(*_):
        raise PermissionError(1, "Operation not permitted")

    real = os.stat
    monkeypatch.setattr(os, "chown", refused)
    monkeypatch.setattr(
        os, "stat", lambda name, **how: _of_another(real(name, **how), name == path)
    )
    with pytest.raises(PermissionError, match=r"it belongs to user .*choose another name"):
        save(MLP(1, [1]), path)
    monkeypatch.undo()
    assert path.read_bytes() == b"before"
    assert [p.name for p in tmp_path.iterdir()] == ["m"]


def _of_another(status, is_it):
    return os.stat_result([*status[:4], 54321, *status[5:]]) if is_it else status


def test_what_is_no_regular_file_is_written_to_as_it_is(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE)
    save(MLP(1, [1]), pipe)
    assert b"layers.0.weight" in reader.communicate()[0]
    assert pipe.is_fifo()


def test_a_flipped_bit_is_noticed_or_means_nothing(tmp_path):
    path, model = tmp_path / "m", MLP(1, [1], seed=1)
    save(model, path)
    whole = path.read_bytes()
    other = MLP(1, [1], seed=2)
    before = datas(other)
    for place in range(len(whole)):
        flipped = whole[place] ^ (1 << place % 8)
        path.write_bytes(whole[:place] + bytes([flipped]) + whole[place + 1 :])
        with contextlib.suppress(ValueError):
            load(other, path)
            assert datas(other) == datas(model), place
            other.load_state_dict(MLP(1, [1], seed=2).state_dict())
        assert datas(other) == before


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


# Architectures


def test_a_file_alone_makes_the_model_again(tmp_path):
    model = nn.Sequential(nn.Linear(2, 3), nn.LayerNorm(3), nn.GELU(), nn.Linear(3, 1, False))
    save(model, tmp_path / "m")
    other = load(tmp_path / "m")
    assert (repr(other), datas(other)) == (repr(model), datas(model))


def test_a_model_of_another_activation_is_refused_and_left_as_it_was(tmp_path):
    save(MLP(2, [3, 1], activation="tanh"), tmp_path / "m")
    model = MLP(2, [3, 1])
    before = datas(model)
    with pytest.raises(ValueError, match=r"is of MLP\(2, \[3, 1\], 'tanh', 'linear'\), this model"):
        load(model, tmp_path / "m")
    assert datas(model) == before


def test_a_model_of_ones_own_class_is_loaded_into_one_of_it(tmp_path):
    class Own(nn.Module):
        def __init__(self):
            self.inner = nn.Linear(2, 1)

    model = Own()
    save(model, tmp_path / "m")
    assert datas(load(Own(), tmp_path / "m")) == datas(model)
    with pytest.raises(ValueError, match="does not say how its model is made"):
        load(tmp_path / "m")


@pytest.mark.parametrize(
    "make",
    [lambda p: Adam(p, lr=0.1), lambda p: SGD(p, lr=0.1), lambda p: SGD(p, 0.1, momentum=0.9)],
)
def test_a_loop_goes_on_from_the_files_of_its_model_and_its_optimiser(tmp_path, make):
    def steps(model, optimizer, count):
        for _ in range(count):
            optimizer.zero_grad()
            ((model([1.0, 2.0]) - 1) ** 2).backward()
            optimizer.step()
        return [p.data for p in model.parameters()]

    model = MLP(2, [2, 1], seed=1)
    optimizer = make(model.parameters())
    steps(model, optimizer, 3)
    save(model, tmp_path / "model"), save(optimizer, tmp_path / "optimizer")
    again = load(tmp_path / "model")
    other = load(make(again.parameters()), tmp_path / "optimizer")
    assert steps(again, other, 3) == steps(model, optimizer, 3)


def test_a_file_of_something_else_is_no_state_of_this_optimiser(tmp_path):
    model = MLP(2, [1], seed=1)
    adam, path = Adam(model.parameters(), lr=0.5), tmp_path / "file"
    save(model, path)
    with pytest.raises(ValueError, match="file has no optimiser's state: save"):
        load(adam, path)
    save(SGD(model.parameters(), lr=0.1), path)
    with pytest.raises(ValueError, match="file: this is the state of 'SGD'"):
        load(adam, path)
    with pytest.raises(ValueError, match="file: this state is of another model"):
        load(model, path)
    with pytest.raises(TypeError, match="path is text that names a file, got None"):
        load(adam)
    assert adam.lr == 0.5


def test_an_estimator_is_told_what_keeps_it(tmp_path):
    for call in (save, load):
        with pytest.raises(
            TypeError, match=r"MLPRegressor is an estimator .*joblib.dump\(estimator"
        ):
            call(MLPRegressor(), tmp_path / "e.safetensors")
