"""The bare facts of a published Store API: which keys each operation takes, and which its answers always hold.

    python -m tests.routes.store_facts store.openapi.json > tests/data/store_api.json

makes the file anew from an OpenAPI document of the original; names and kinds are taken over, no text.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[1] / "data" / "store_api.json"
Json = dict[str, Any]


class Facts:
    """Reads one document."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.objects: dict[str, Json] = {}

    def resolved(self, schema: Json) -> tuple[Json, str | None]:
        """The schema behind references, and the last name that it had on the way."""
        name = None
        while "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            node: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                node = node[part]
            schema = node
        return schema, name

    def properties(self, schema: Json) -> tuple[Json, set[str]]:
        """Properties and required names, those of every `allOf` and alternative included."""
        schema, _ = self.resolved(schema)
        found: Json = {}
        required = set(schema.get("required", ()))
        for part in schema.get("allOf", ()):
            inner, needed = self.properties(part)
            found |= inner
            required |= needed
        for part in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
            found |= self.properties(part)[0]
        return found | schema.get("properties", {}), required

    def keys(self, schema: Json, prefix: str = "", depth: int = 3) -> Iterator[str]:
        """The keys of an input as paths: `items.variant_id`, `created_at.$gt`."""
        schema, _ = self.resolved(schema)
        if "items" in schema and not schema.get("properties"):
            yield from self.keys(schema["items"], prefix, depth)
            return
        for name, inner in self.properties(schema)[0].items():
            yield prefix + name
            if depth > 1:
                yield from self.keys(inner, f"{prefix}{name}.", depth - 1)

    def kind(self, schema: Json, place: str) -> str:
        """`string`, `number` ..., `Name` of an object, `[kind]` of a list, `any` of what is not told."""
        schema, name = self.resolved(schema)
        if schema.get("type") == "array" or "items" in schema:
            return f"[{self.kind(schema.get('items', {}), place)}]"
        if self.properties(schema)[0] and "oneOf" not in schema:
            return self.name_object(schema, name or place)
        kind = schema.get("type")
        return kind if isinstance(kind, str) else "any"

    def name_object(self, schema: Json, name: str) -> str:
        """Note what an object of this name always holds."""
        if name not in self.objects:
            noted: Json = {"required": {}, "optional": {}}
            self.objects[name] = noted
            properties, required = self.properties(schema)
            for key, inner in properties.items():
                noted["required" if key in required else "optional"][key] = self.kind(inner, f"{name}.{key}")
        return name

    def replies(self, operation: Json, name: str) -> list[str]:
        """The objects that the operation's success may be; more than one of a union."""
        success: Json = next((operation["responses"][s] for s in ("200", "201") if s in operation["responses"]), {})
        content = success.get("content", {}).get("application/json")
        if content is None:
            return []
        schema, _ = self.resolved(content["schema"])
        options = schema.get("oneOf") or [content["schema"]]
        return [self.kind(option, f"{name} {n}") for n, option in enumerate(options)]

    def operation(self, operation: Json, name: str) -> Json:
        query = [p for p in operation.get("parameters", ()) if p["in"] == "query"]
        content: Mapping[str, Any] = operation.get("requestBody", {}).get("content", {})
        body = next(iter(content.values()))["schema"] if content else {}
        asked = {p["name"]: p.get("schema", {}) for p in query}
        return {
            "query": sorted(set(self.keys({"properties": asked}, depth=2))),
            "body": sorted(set(self.keys(body, depth=2))),
            "replies": self.replies(operation, name),
        }


def facts(document: Json) -> Json:
    reader = Facts(document)
    operations = {
        f"{method.upper()} {path}": reader.operation(operation, f"{method.upper()} {path}")
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    return {"operations": operations, "objects": dict(sorted(reader.objects.items()))}


if __name__ == "__main__":
    found = facts(json.loads(Path(sys.argv[1]).read_text()))
    json.dump(found, sys.stdout, separators=(",", ":"), sort_keys=True)
    print()
