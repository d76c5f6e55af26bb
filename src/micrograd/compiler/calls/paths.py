"""What messages call the things that a function reaches, by identity."""

from ...engine import Value


class Paths(dict[int, str]):
    """Names by identity; the Values of long lists get theirs once somebody asks for one."""

    def __init__(self, names: dict[int, str]) -> None:
        super().__init__(names)
        self._unnamed: list[tuple[str, list[Value]]] = []

    def name_items(self, path: str, values: list[Value]) -> None:
        """Call the Values of a list by their places in it, but for those that have names."""
        self._unnamed.append((path, values))

    def __missing__(self, key: int) -> str:
        if not self._unnamed:
            raise KeyError(key)
        path, values = self._unnamed.pop(0)
        for i, v in enumerate(values):
            self.setdefault(id(v), f"{path}[{i}]")
        return self[key]
