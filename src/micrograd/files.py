"""Files written whole or not at all: an interrupted save never harms the file that was there."""

import os
import secrets
import stat
from pathlib import Path

from .unfinished import take_name, unfinished_file


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write a file by way of a temporary one beside it, which then takes its name.

    A file that was there keeps its mode, owner and group; a new one has what the umask leaves. What
    is no regular file, as /dev/stdout, is written to as it is.

    Raises:
        OSError: the folder is missing or cannot be written to, or the file there is read-only or
            cannot be replaced by one of its owner's; the message names the path.
    """
    target = Path(os.path.realpath(path))  # a link stays one: what it points to is replaced
    data = content.encode() if isinstance(content, str) else content
    try:
        former = os.stat(path) if os.path.exists(path) else None
        if former and not stat.S_ISREG(former.st_mode) and not target.is_dir():
            with open(path, "wb") as stream:
                stream.write(data)
            return Path(path)
        if not target.parent.is_dir():
            raise FileNotFoundError(0, f"there is no folder {target.parent}")
        if former and not os.access(target, os.W_OK):
            raise PermissionError(0, "it is read-only: choose another name, or chmod u+w it")
        with unfinished_file(target.parent) as (file, temporary):  # Ctrl-C too leaves nothing
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # else a power cut could leave the new name without content
            if former:
                _take_over(temporary, former)
            else:
                os.chmod(temporary, _new_mode(target.parent))
            take_name(file, temporary, target)
    except OSError as error:
        raise type(error)(f"cannot write {target}: {error.strerror}") from None
    return target


def _new_mode(folder: Path) -> int:
    """The mode that a new file has here: asking for the umask would change it for all threads."""
    probe = folder / f".micrograd-{secrets.token_hex(8)}"
    handle = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        return stat.S_IMODE(os.fstat(handle).st_mode)
    finally:
        os.close(handle)
        os.unlink(probe)


def _take_over(temporary: Path, former: os.stat_result) -> None:
    """Give a new file the owner, group and mode of the one that it is to replace."""
    new = os.stat(temporary)
    if (new.st_uid, new.st_gid) != (former.st_uid, former.st_gid):
        try:
            os.chown(temporary, former.st_uid, former.st_gid)
        except OSError:
            who = f"user {former.st_uid}, group {former.st_gid}"
            raise PermissionError(
                0, f"it belongs to {who}, and would not any more: choose another name"
            ) from None
    os.chmod(temporary, stat.S_IMODE(former.st_mode))
