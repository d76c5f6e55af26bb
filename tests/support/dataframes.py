"""Tables that act as pandas' do where data goes in: by name in x[...], by row in x.iloc[...]."""

import numpy as np


class Column:
    ndim = 1

    def __init__(self, name, items):
        self.name, self.items = name, items
        self.shape = (len(items),)

    def __len__(self):
        return len(self.items)

    def __iter__(self):
        return iter(self.items.tolist())

    def __getitem__(self, label):
        raise KeyError(label)

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.items, dtype)

    def to_numpy(self):
        return self.items

    @property
    def iloc(self):
        return _Rows(lambda rows: Column(self.name, self.items[rows]))


class Row(Column):
    """A row of a table, as ``iloc[0]`` of pandas gives it."""

    def __init__(self, index, items):
        super().__init__(0, np.asarray(items, dtype=object))
        self.index = index


class Table:
    """A table of columns, each an array: of several kinds it makes an array of objects."""

    ndim = 2

    def __init__(self, **columns):
        self.parts = {name: np.asarray(items) for name, items in columns.items()}
        self.columns = list(columns)
        self.shape = (len(self), len(columns))

    def __len__(self):
        return len(next(iter(self.parts.values())))

    def __iter__(self):
        return iter(self.columns)

    def __getitem__(self, name):
        return Column(name, self.parts[name])

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.to_numpy(), dtype)

    def to_numpy(self):
        kinds = {part.dtype.kind for part in self.parts.values()}
        mixed = len(kinds) > 1 and not kinds <= set("if")
        parts = [part.astype(object) if mixed else part for part in self.parts.values()]
        return np.stack(parts, axis=1)

    @property
    def iloc(self):
        return _Rows(lambda rows: Table(**{name: x[rows] for name, x in self.parts.items()}))


class _Rows:
    def __init__(self, taken):
        self.taken = taken

    def __getitem__(self, rows):
        return self.taken(rows)
