"""Files of the data folder: readable and writable by the user who serves and by nobody else (0600 in 0700).

Everything that is written below the data folder is written through here. The modes are stated, so that they hold
whatever the umask is; the umask of the commands (app.py) covers what libraries and subprocesses write.
"""

import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

UMASK = 0o077
FILE_MODE, FOLDER_MODE = 0o600, 0o700
PASSED_MODE = 0o710  # a data folder under root: the database server, another user, must pass to its own folder
HALF_WRITTEN = ".new-"
DATABASE_FOLDER = "postgres"  # the database server's own, which keeps it closed itself
# What lies in a data folder of ours. It may be a folder that holds other things, too: those are nobody's business.
WRITTEN = ("files", "outbox", "auth_secret", "files.key", "postgres.start", "postgres.users", "postgres.server")
LOGS = ("postgres.log", "postgres.log.1")
SECRET_BYTES = 32


def make_folder(path: Path) -> None:
    """Make a folder and those above it that are missing, each for its owner only."""
    missing = []
    while not path.exists():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        with suppress(FileExistsError):  # another process was quicker
            folder.mkdir(mode=FOLDER_MODE)


def open_half_written(folder: Path) -> tuple[int, str]:
    """A new file beside the place that it will be renamed to: its descriptor and its name. Others cannot read it."""
    make_folder(folder)
    return tempfile.mkstemp(dir=folder, prefix=HALF_WRITTEN)


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the place and rename, so that a reader never meets half a file."""
    handle, name = open_half_written(path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def shared_secret(path: Path, fresh: bytes | None = None) -> bytes:
    """The bytes in a file; of several processes that find none, one makes it (of `fresh`, else random) for all."""
    if not path.exists():
        handle, name = open_half_written(path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES) if fresh is None else fresh)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(name)
    return path.read_bytes()


def open_log(path: Path) -> int:
    """A descriptor that appends to a log file."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, FILE_MODE)


def let_pass(folder: Path, group: int) -> None:
    """Let one group pass through a folder (not list it), and nobody else; one that all users share stays as it is."""
    info = folder.stat()
    if info.st_mode & stat.S_ISVTX:
        return
    if info.st_gid != group:
        os.chown(folder, -1, group)
    if stat.S_IMODE(info.st_mode) != PASSED_MODE:
        os.chmod(folder, PASSED_MODE)


def tighten(folder: Path) -> int:
    """Close a data folder that an older version or a restored backup left open; how many entries were changed.

    Entries of other users are left alone.
    """
    if not folder.is_dir():
        return 0
    changed = close_top(folder)
    for entry in entries_of(folder):
        if entry.name in (*WRITTEN, *LOGS):
            changed += close(entry) + sum(map(close, entries_below(entry)))
    return changed


def close_top(folder: Path) -> int:
    """Close the data folder itself: nothing below it can be reached by others then. 1 if it was open, else 0."""
    if folder.stat().st_mode & stat.S_ISVTX:
        return 0  # a folder that all users share, such as /tmp
    owner = database_owner(folder)
    if owner is not None:
        before = stat.S_IMODE(folder.stat().st_mode)
        let_pass(folder, owner.st_gid)
        return int(before != PASSED_MODE)
    info = folder.stat()
    if info.st_uid != os.geteuid() or stat.S_IMODE(info.st_mode) == FOLDER_MODE:
        return 0
    os.chmod(folder, FOLDER_MODE)
    return 1


def database_owner(folder: Path) -> os.stat_result | None:
    """The user and group of the database server's folder, where that is another user than ours."""
    with suppress(FileNotFoundError):
        found = (folder / DATABASE_FOLDER).stat()
        return found if found.st_uid != os.geteuid() else None
    return None


def entries_of(folder: Path | os.DirEntry[str]) -> list[os.DirEntry[str]]:
    """What lies in a folder; nothing when it was just removed, or is not ours to read."""
    with suppress(FileNotFoundError, PermissionError), os.scandir(folder) as entries:
        return list(entries)
    return []


def entries_below(entry: os.DirEntry[str]) -> Iterator[os.DirEntry[str]]:
    """Every entry below one that is a folder; links are not followed."""
    if entry.is_dir(follow_symlinks=False):
        for inner in entries_of(entry):
            yield inner
            yield from entries_below(inner)


def close(entry: os.DirEntry[str]) -> int:
    """1 if the entry was open to others and is closed now, else 0."""
    wanted = FOLDER_MODE if entry.is_dir(follow_symlinks=False) else FILE_MODE
    with suppress(FileNotFoundError):
        info = entry.stat(follow_symlinks=False)
        kind = stat.S_ISREG(info.st_mode) or stat.S_ISDIR(info.st_mode)
        if kind and info.st_uid == os.geteuid() and stat.S_IMODE(info.st_mode) & 0o077:
            os.chmod(entry.path, wanted)
            return 1
    return 0
