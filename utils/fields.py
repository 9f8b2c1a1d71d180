"""The `fields` language: what a caller wants of an object, held to what a route allows.

A FieldSet is written in words: `a` a property, `*a` all scalars of a relation, `a(b *c)` properties of a relation,
`@a(b)` the relation as such and properties of it.
Compiled, a request's `fields` become a Selection: a tree and a function that cuts a full wire object down to it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from utils.errors import AppError

Tree = dict[str, "Tree"]
Cut = Callable[[Any], Any]

WORD = re.compile(r"[()]|[^\s()]+")
HELD = 512  # selections kept by field set; real clients use a dozen
LONGEST = 4000


class FieldsTooDeep(AppError):
    code, kind = "fields_too_deep", "invalid"
    message = "The following fields expand more than the maximum of {limit} allowed relations: {paths}"


def paths(notation: str) -> list[str]:
    """The paths that a notation names, `a(b *c)` as `a.b`, `*a.c`."""
    found: list[str] = []
    above: list[str] = []
    for word in WORD.findall(notation):
        if word == "(":
            above.append(found[-1].lstrip("*@"))
            if found[-1][0] not in "*@":
                found.pop()
        elif word == ")":
            above.pop()
        else:
            prefix = above[-1] + "." if above else ""
            found.append(word[0] + prefix + word[1:] if word[0] in "*@" else prefix + word)
    return [path.removeprefix("@") for path in found]


def tree(notation: str) -> Tree:
    """The notation as nested dicts."""
    root: Tree = {}
    for path in paths(notation):
        node = root
        for part in path.removeprefix("*").split("."):
            node = node.setdefault(part, {})
    return root


class Selection:
    """One compiled choice of fields. Equal choices of one route are the same object."""

    __slots__ = ("_cut", "_owner", "_wanted", "paths")

    def __init__(self, owner: "FieldSet", chosen: Iterable[str]) -> None:
        self._owner = owner
        self.paths = frozenset(chosen)
        self._cut = compiled(self.paths, owner.relations)
        self._wanted: dict[str, bool] = {}  # views ask for the same few paths with every object that they show

    def __call__(self, value: Any) -> Any:
        """Cut a full wire object (or a list of them) down to the selection; absent keys stay absent."""
        return self._cut(value)

    def wants(self, path: str) -> bool:
        """Is any part of this relation or property shown? For what is dear to compute."""
        found = self._wanted.get(path)
        if found is None:
            plain = [p.removeprefix("*") for p in self.paths]
            found = self._wanted[path] = any(p == path or p.startswith(path + ".") for p in plain)
        return found

    @property
    def instead(self) -> "Selection":
        """The defaults of what the route shows when it cannot show its own object."""
        other = self._owner.other
        assert other is not None, "the route's field set names nothing to show instead"
        return other.select(None)

    def adding(self, *extra: str) -> "Selection":
        """This selection and more paths, whatever the allow list says (`region_id` brings prices, for one)."""
        return self._owner.held(self.paths.union(extra))


class FieldSet:
    """Defaults and allow list of a route.

    `relations` names what is not a plain property of an object: related objects, and properties given only when
    asked for; `always` is added to any choice; `depth` is the largest number of relations in one path; `instead` is the
    field set of another object that the route may have to show.
    """

    def __init__(
        self,
        *,
        relations: str,
        defaults: str,
        extra: str = "",
        always: str = "id",
        depth: int = 3,
        instead: "FieldSet | None" = None,
    ) -> None:
        self.other = instead
        self.relations = tree(relations)
        self.defaults = paths(defaults)
        self.allowed = frozenset(p.removeprefix("*") for p in (*self.defaults, *paths(extra), *paths(always)))
        self.always = paths(always)
        self.depth = depth
        self._by_text: dict[str | None, Selection] = {}
        self._by_paths: dict[frozenset[str], Selection] = {}

    def select(self, text: str | None) -> Selection:
        """The selection that a query's `fields` asks for; None or empty means the defaults."""
        found = self._by_text.get(text)
        if found is None:
            found = self.held(frozenset(self._chosen(text)))
            if len(self._by_text) >= HELD:
                self._by_text.clear()
            self._by_text[text] = found
        return found

    def held(self, chosen: frozenset[str]) -> Selection:
        found = self._by_paths.get(chosen)
        if found is None:
            if len(self._by_paths) >= HELD:
                self._by_paths.clear()
            found = self._by_paths[chosen] = Selection(self, chosen)
        return found

    def _chosen(self, text: str | None) -> list[str]:
        entries = list(filter(None, map(normal, (text or "")[:LONGEST].split(","))))
        replaces = any(e[0] not in "+-*" for e in entries)
        chosen = dict.fromkeys(() if replaces else self.defaults)
        refused: list[str] = []
        for entry in entries:
            path = entry.lstrip("+-*")
            if entry[0] == "-":
                chosen = dict.fromkeys(c for c in chosen if not within(c, path))
            elif path in self.allowed:
                chosen[entry if entry[0] == "*" else path] = None
                if self._relations_in(path) > self.depth:
                    refused.append(path)
        if refused:
            raise FieldsTooDeep(limit=self.depth, paths=", ".join(refused))
        return [*chosen, *self.always]

    def _relations_in(self, path: str) -> int:
        node, count = self.relations, 0
        for part in path.split("."):
            if part not in node:
                break
            node, count = node[part], count + 1
        return count


def normal(entry: str) -> str:
    """One entry with at most one sign before its path: `rel.*` becomes `*rel`, a space counts as +, `+*` as *."""
    added = entry.startswith(" ")
    entry = entry.strip()
    star = entry.endswith(".*")
    if star:
        entry = entry[:-2]
    path = entry.lstrip("+-* ")
    if not path:
        return ""
    signs = entry[: len(entry) - len(path)]
    if "-" in signs:
        return "-" + path
    return "*" + path if star or "*" in signs else "+" + path if added or "+" in signs else path


def within(chosen: str, path: str) -> bool:
    bare = chosen.removeprefix("*")
    return bare == path or bare.startswith(path + ".")


def compiled(chosen: Iterable[str], relations: Tree) -> Cut:
    """A function that keeps of an object what the paths name."""
    plain: set[str] = set()
    below: dict[str, list[str]] = {}
    for path in chosen:
        star, bare = path.startswith("*"), path.removeprefix("*")
        head, _, rest = bare.partition(".")
        if head not in relations:
            plain.add(head)  # a scalar, or free JSON: whatever is asked below it, it is given whole
        elif rest:
            below.setdefault(head, []).append("*" + rest if star else rest)
        else:
            below.setdefault(head, []).append("*")
    cuts = {name: below_cut(wanted, relations[name]) for name, wanted in below.items()}
    return cutter(tuple(sorted(plain)), tuple(sorted(cuts.items())))


def below_cut(wanted: list[str], relations: Tree) -> Cut:
    """The cut of a relation: everything scalar when starred, else its named paths."""
    named = [w for w in wanted if w != "*"]
    if "*" not in wanted:
        return over_lists(compiled([*named, "id"], relations))
    if not relations:
        return whole
    inner: dict[str, list[str]] = {}
    for path in named:
        star, bare = path.startswith("*"), path.removeprefix("*")
        head, _, rest = bare.partition(".")
        if head in relations:
            inner.setdefault(head, []).append(("*" + rest if star else rest) if rest else "*")
    cuts = tuple((name, below_cut(paths, relations[name])) for name, paths in inner.items())
    return over_lists(all_but(frozenset(relations), cuts))


def whole(value: Any) -> Any:
    return value


def over_lists(cut: Cut) -> Cut:
    def over(value: Any) -> Any:
        if type(value) is list:
            return [cut(v) for v in value]
        return cut(value) if type(value) is dict else value

    return over


def cutter(plain: tuple[str, ...], cuts: tuple[tuple[str, Cut], ...]) -> Cut:
    def present(value: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value[name] for name in plain if name in value}

    take = itemgetter(*plain) if len(plain) > 1 else None  # of one name it gives no tuple

    def cut(value: Mapping[str, Any]) -> dict[str, Any]:
        try:  # most objects have all that is asked of them, and are copied without a look at each name
            kept = dict(zip(plain, take(value), strict=True)) if take is not None else present(value)
        except KeyError:
            kept = present(value)
        for name, inner in cuts:
            if name in value:
                kept[name] = inner(value[name])
        return kept

    return cut


def all_but(relations: frozenset[str], cuts: tuple[tuple[str, Cut], ...]) -> Cut:
    def cut(value: Mapping[str, Any]) -> dict[str, Any]:
        kept = {name: v for name, v in value.items() if name not in relations}
        for name, inner in cuts:
            if name in value:
                kept[name] = inner(value[name])
        return kept

    return cut
