"""Read a seed file: JSON, or YAML with the plain rules people expect (`no` is a word, a date stays text)."""

import re
from pathlib import Path
from typing import Any, ClassVar

import orjson
import yaml

from services.seed.problems import Problem, SeedErrors

LARGEST_FILE_BYTES = 512 * 1024 * 1024
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader(_Base):  # type: ignore[misc]
    """The safe loader with the scalars of YAML 1.2: country `no` is not false, and 2026-06-01 is not a date."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value!r} stands here twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def resolver(tag: str, pattern: str, first: str) -> None:
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


resolver("bool", r"^(?:true|True|false|False)$", "tTfF")
resolver("null", r"^(?:~|null|Null|)$", "~nN")
Loader.yaml_implicit_resolvers.setdefault("", []).append(("tag:yaml.org,2002:null", re.compile(r"^$")))
resolver("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789")
resolver("float", r"^[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789")
resolver("merge", r"^(?:<<)$", "<")


def read(path: Path) -> dict[str, Any]:
    """The document of a .json, .yaml or .yml file; SeedErrors when it is not readable as such."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise refusal(path, "is larger than 512 MB", "Split it; a file may name what another one made.")
        raw = path.read_bytes()
    except OSError as error:
        raise refusal(path, f"cannot be read: {error.strerror}", "Correct the path or the rights.") from error
    document = parse(path, raw)
    if not isinstance(document, dict):
        raise refusal(path, "is not an object of sections", "Begin with a section, for example `stores:`.")
    return document


def parse(path: Path, raw: bytes) -> Any:
    if path.suffix not in (".json", ".yaml", ".yml"):
        raise refusal(path, "is neither .json nor .yaml", "Name it by what is in it.")
    try:
        text = raw.decode("utf-8-sig")
        return orjson.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=Loader)
    except UnicodeDecodeError as error:
        raise refusal(path, f"is not UTF-8 (byte {error.start})", "Save it as UTF-8.") from error
    except orjson.JSONDecodeError as error:
        raise refusal(path, f"is not JSON: {error}", "Correct the place named.") from error
    except yaml.YAMLError as error:
        raise refusal(path, f"is not YAML: {' '.join(str(error).split())}", "Correct the place named.") from error


def refusal(path: Path, message: str, hint: str) -> SeedErrors:
    return SeedErrors([Problem("", f"{path.name} {message}", hint)])
