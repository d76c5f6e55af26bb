"""Files written whole or not at all: an interrupted save never harms the file that was there."""

import os
from pathlib import Path

from .unfinished import take_name, unfinished_file


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write a file by way of a temporary one beside it, which then takes its name.

    Raises:
        OSError: the folder is missing or cannot be written to; the message names the path.
    """
    target = Path(os.path.realpath(path))  # a link stays one: what it points to is replaced
    data = content.encode() if isinstance(content, str) else content
    if not target.parent.is_dir():
        raise FileNotFoundError(f"cannot write {target}: there is no folder {target.parent}")
    try:
        with unfinished_file(target.parent) as (file, temporary):  # Ctrl-C too leaves nothing
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # else a power cut could leave the new name without content
            os.chmod(temporary, 0o644)
            take_name(file, temporary, target)
    except OSError as error:
        raise type(error)(f"cannot write {target}: {error.strerror}") from None
    return target
