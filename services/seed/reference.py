"""The format as tables for people: `python -m services.seed.reference` writes them into docs/seed.md."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.seed.format import SCHEMA

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "seed.md"
BEGIN, END = "<!-- reference: generated, see services/seed/reference.py -->", "<!-- /reference -->"
Schema = dict[str, Any]


def reference() -> str:
    """Every key of the format: the sections, then every object in the order in which it is first met."""
    seen: list[str] = []
    lines = [*table("Sections", SCHEMA, seen)]
    for name in seen:  # grows while it is walked
        for record in records(SCHEMA["$defs"][name]):
            lines += table(name.replace("_", " ").capitalize(), record, seen)
    return "\n".join(lines).strip() + "\n"


def records(schema: Schema) -> Iterator[Schema]:
    """The object forms of a part; parts without keys of their own are told where they are used."""
    if "properties" in schema:
        yield schema
    for form in schema.get("oneOf", ()):
        if "properties" in form:
            yield form


def table(title: str, schema: Schema, seen: list[str]) -> Iterator[str]:
    required = schema.get("required", ())
    yield from (f"### {title}", "", schema["description"], "", "| Key | Form | Meaning |", "|---|---|---|")
    for key, part in schema["properties"].items():
        name = f"**`{key}`**" if key in required else f"`{key}`"
        yield f"| {name} | {form(part, seen)} | {meaning(part)} |"
    yield ""


def target(schema: Schema) -> str | None:
    return str(schema["$ref"]).rpartition("/")[2] if "$ref" in schema else None


def meaning(schema: Schema) -> str:
    """A key's own words, or those of the part it refers to."""
    name = target(schema)
    part = SCHEMA["$defs"][name] if name else {}
    told = "" if any(records(part)) else str(part.get("description", ""))
    own = schema.get("description") or part.get("description", "")
    return (own if told in ("", own) else f"{own} {told}").replace("|", "\\|")


def form(schema: Schema, seen: list[str]) -> str:
    name = target(schema)
    if name is not None:
        return named(name, seen)
    if "oneOf" in schema and "type" not in schema:
        return " or ".join(dict.fromkeys(form(one, seen) for one in schema["oneOf"]))
    if "enum" in schema:
        return ", ".join("null" if word is None else f"`{word}`" for word in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {form(schema['items'], seen)}"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"object of {form(schema['additionalProperties'], seen)}"
    kind = schema.get("type", "any")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def named(name: str, seen: list[str]) -> str:
    """A part with keys is a link to its table; any other is told in place."""
    part = SCHEMA["$defs"][name]
    if not any(records(part)):
        return form(part, seen)
    if name not in seen:
        seen.append(name)
    title = name.replace("_", " ")
    link = f"[{title}](#{name.replace('_', '-')})"
    others = [form(one, seen) for one in part.get("oneOf", ()) if "properties" not in one and "required" not in one]
    return " or ".join([*others, link])


def main() -> None:
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{reference()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
