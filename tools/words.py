"""One word for who sells: `seller` in code and tables. Repeatable and idempotent; tolerates names that are gone.

    python /work/w/words_tool/words.py [ROOT] [--check]

Renames names (by token), whole words in strings, comments and docstrings where they mean the seller, and the files of
FILES; then runs ruff. Prints what it decided by default, what it left, and possible collisions. --check changes nothing.
"""

import ast
import io
import keyword
import re
import subprocess
import sys
import tokenize
from collections import Counter, defaultdict
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(next((a for a in sys.argv[1:] if not a.startswith("-")), ".")).resolve()
CHECK = "--check" in sys.argv
sys.path.insert(0, str(Path(__file__).parent))
from other_words import COLUMNS, IMPORTED, NAMES_ONLY, NOT_IN, RENAMES as OTHER  # noqa: E402  names of the rest of the table

# Never touched.
SKIP = ("migrations/*", "docs/adr/*", "CHANGELOG.md", "tests/data/*", "*/node_modules/*", "docs/glossary.md", "tests/test_words.py",
        "tests/models/test_demo_upgrade.py")
FILES = {
    "services/seed/load_stores.py": "services/seed/load_sellers.py",
}
# Names that hold the word and mean something else: the Store API, storefronts, stores of files, chats and cookies; the verb.
KEEP = set(
    "ChatStore CookieStore FileStore chat_store cookie_store file_store Restore restore Stored stored STORED stored_address "
    "stored_row storefront storefronts store_cors vendor_cors store_kind store_facts store_category store_seller "
    "enabled_in_store store_true store_false store_api test_store_contract test_storefront_sdk "
    "STORE_CART STORE_CUSTOMER STORE_ITEM STORE_LOCATION STORE_OPTION STORE_ZONE StoreRegion PostStoreCartsId "
    "store_closed store_state_conflict store_state_forbids PASAR_STORE_CORS PASAR_VENDOR_CORS store_address "
    "test_a_store_route_needs_a_valid_publishable_key test_a_store_that_is_away_is_said_within_seconds "
    "store_document StoreDocument MemoryStore SessionStore KeyValueStore ObjectStore BlobStore".split()
)
KEEP_PATTERNS = [
    re.compile(p)
    for p in (
        r".*[sS]torefront.*", r".*[rR]estore.*", r".*stored.*", r".*STORED.*", r"test_.*chat_store.*", r"test_.*_(form|put)_stores_.*",
        r"Vendor[A-Z]\w*", r"(Admin|Post|Get|Delete)Store\w*", r"(AdminStore|MemberStore|StoreStaff)", r"test_store_\w+",
        r".*_to_store\b.*",
    )
]
# Exact names, before the default (`store` -> `seller` in every part of a name).
MAP = {
    "StoreOrder": "SellerOrderPart",  # SellerOrder is the order as its seller sees it
    "Store": "Seller",
    "Stores": "Sellers",
    "OF_STORE_ROLE": "OF_SELLER_ROLE",
    "test_roles_in_a_store_may_do_this_and_nothing_else": "test_roles_with_a_seller_may_do_this_and_nothing_else",
    "test_a_name_is_unique_within_the_store": "test_a_name_is_unique_for_the_seller",
    "test_a_sku_is_unique_within_the_store_and_free_in_others": "test_a_sku_is_unique_for_the_seller_and_free_for_others",
    "test_a_sku_is_unique_in_its_store_alone": "test_a_sku_is_unique_for_its_seller_alone",
    "test_staff_see_what_was_done_in_their_store_and_nothing_else": "test_staff_see_what_was_done_for_their_seller_and_nothing_else",
    "vendor_order": "seller_order",
    "vendor_cursor": "seller_cursor",
}
# (files, name): kept there.
KEEP_IN = [
    ("tests/matrix/*", "STORE"),  # the Store API
    ("tests/admin/*", "STORE"),
    ("benchmarks/bare.py", "STORE"),  # the verb
    ("examples/*", "STORE"),
    ("models/customer/*", "STORE_ADDRESS"),
    ("services/customer/*", "STORE_ADDRESS"),
]
# Bare `store`, `stores` and `STORES` mean something else here: a verb, a slot of files or chats, the Store API, keys of seed files.
BARE_KEEP = (
    "middleware/*", "services/workflows/process_upload*", "services/infrastructure/*", "tests/uploads/*", "tests/slots/*",
    "tests/services/infrastructure/*", "services/seed/format*", "services/imports/spool.py", "tests/store/test_chat_store.py",
    "routes/*", "tests/services_up/*", "utils/*", "app.py", "services/file/*", "services/providers/*", "tests/providers/*",
    "services/slots.py", "services/deps.py",
)
SLOTS_OF_FILES = ("tests/uploads/*", "tests/slots/*", "tests/services/infrastructure/*", "services/infrastructure/*")
BARE_LOWER = {"store", "stores", "vendor"}
BARE = {"store", "stores", "STORES", "STORE", "vendor", "VENDOR", "Stores", "Store"}
# `store` is this where `seller` is taken by another thing in the file: (files, name, new name).
INSTEAD: list[tuple[str, str, str]] = [("tests/matrix/*", "VENDOR", "SELLER"), ("benchmarks/scenarios.py", "vendor", "sellers_orders")]
# Text as it stands, before tokens: (files, pattern, replacement).
TEXT = [
    # The stored document keeps its key (decision 84).
    ("models/cart/document.py", r"^(    )store_id: str$", r'\1seller_id: str = msgspec.field(name="store_id")'),
    ("models/schema/seller.py", r'^(store = Table\(\n    )"store"', r'\1"seller"'),
    ("models/schema/payment.py", r'name="store"\)', 'name="seller")'),
    ("*.py", r'\.label\("store"\)', '.label("seller")'),
    ("*.py", r'\.label\("stores"\)', '.label("sellers")'),
    ("models/seller/*.py", r'values\.pop\("stores"\)', 'values.pop("sellers")'),
    ("services/seller/*.py", r'values\.pop\("stores"\)', 'values.pop("sellers")'),
    # Snapshots of sellers and their change counter.
    ("*.py", r'^(.*(?:\bScope\(|\btouch\(|\binvalidate\(|cached=|\bdrop\(|SCOPES\b|PRICED_BY\b).*)"stores"', r'\1"sellers"'),
    # Whose a row is (a promise to plug-ins: `Owned(table, what, owner_id, "customer")` or "seller").
    ("models/shared/ownership.py", r'Literal\["store", "customer"\] = "store"', 'Literal["seller", "customer"] = "seller"'),
    ("*.py", r'\.owner == "store"', '.owner == "seller"'),
    # Parameters of statements.
    ("services/seed/load_stock.py", r'bindparam\("stores"', 'bindparam("sellers"'),
    ("models/*.py", r'bindparam\("stores"', 'bindparam("sellers"'),
    ("services/seed/load_stock.py", r'\{"stores": list\(by_id\)\}', '{"sellers": list(by_id)}'),
    ("services/imports/*.py", r'bindparam\("store"\)', 'bindparam("seller")'),
    ("models/*.py", r'bindparam\("store"\)', 'bindparam("seller")'),
    ("services/imports/*.py", r'\{"store": order\.store\}', '{"seller": order.store}'),
    ("tests/services/imports/test_files.py", r'\(\{"store": "no(body|where)"\}', r'({"seller": "no\1"}'),
    ("tests/pricing/test_payment_of_an_unsellable_cart.py", r'^(\s*\(?)"store",', r'\1"seller",'),
    # A view and the thing that it shows.
    ("controllers/views/product.py", r"\bseller\(store\)", "seller_view(store)"),
    ("controllers/views/product.py", r"^def seller\(store: Store\)", "def seller_view(store: Store)"),
    ("controllers/store/seller.py", r"(import .*)\bseller$", r"\1seller_view"),
    ("controllers/store/seller.py", r"\bseller\((stores\.|row\))", r"seller_view(\1"),
    ("models/cart/cart.py", r"by \(store, shipping profile\)", "by (seller, shipping profile)"),
    ("models/product/product.py", r"TAXONOMY and STORES", "TAXONOMY and SELLERS"),
    ("models/schema/product.py", r"by \(store, external_id\)", "by (seller, external_id)"),
    ("models/product/product.py", r"`utils\.clock\.wire`", "`utils.clock.to_iso`"),
    ("models/seller/lifecycle.py", r"`select\(store\)`", "`select(seller)`"),
    # Helpers of tests whose name is that of the table.
    ("tests/seller/test_invites.py", r"\bawait seller\(client", "await registered_seller(client"),
    ("tests/seller/test_invites.py", r"^async def seller\(client", "async def registered_seller(client"),
    ("tests/seller/test_sellers.py", r"^(.*)\bseller = made\[", r"\1applied = made["),
    ("tests/seller/test_sellers.py", r"(?<![\w.\"*/])seller\[\"", r'applied["'),
    # The row of an order's line or method and the part of the order it belongs to.
]
# After all: facts of errors are keys on the wire.
WIRE = [
    ("services/file/upload.py", r"UploadIsLogo\(seller_id=", "UploadIsLogo(store_id="),
    ("models/file/upload.py", r"The store \{seller_id\} shows", "The store {store_id} shows"),
]
# SQL in strings.
SQL = [
    (r"\b(FROM|JOIN|UPDATE|INTO|TABLE|, member WHERE)(\s+)store\b", r"\1\2seller"),
    (r"\bFROM store, member\b", "FROM seller, member"),
    (r"\bstore\.(id|handle|name|status|country_code|commission_rate)\b", r"seller.\1"),
    (r"^(\W*)store\.id(\W*)$", r"\1seller.id\2"),
]
# Names in prose and code quoted in strings (tests/mutants quotes lines of code).
QUOTING = ("tests/mutants/*",)
# What is said to people in docstrings and comments.
PROSE_KEEP = re.compile(
    r"Store API|/store|[fF]iles?'? stores?|[cC]hats?'? stores?|[cC]ookie store|session store|online store|no-store|`stores?`|`Stores?`|\"stores?\"|'stores?'"
    r"|(?:to|and|or|not|must|can|may|cannot|never|will|would|that|who|which) stores? (?:it|the|what|one|them|their|a|an|no|its|bytes)\b"
    r"|to store\b|^\W*Store (?:the|what|bytes|a|it)\b|work stores|--store|store/SKU|\bstores it\b|as its store|every store of it"
    r"|store:(?:read|write)|stores:(?:read|write)|store\.(?:suspend|moved|\w+)|\w*[\[(.]store\b|stores the reply|file store|unit of work stores"
)
PROSE = [
    (r"in the store that is named", "for the seller that is named"),
    (r"a member in the store `(store|seller)_id` may do", "a member for the seller `seller_id` may do"),
    (r"may do in a store of this state", "may do for a seller of this state"),
    (r"open behind: in the store that a member leaves", "open behind: with the seller that a member leaves"),
    (r"into a store whose staff may grow", "to a seller whose staff may grow"),
    (r"people who work in its stores", "people who work for its sellers"),
    (r"Sellers of both stores in every role", "Members of both sellers in every role"),
    (r"Stores as buyers see them: sellers\.", "Sellers as buyers see them."),
    (r"Stores: the sellers of the marketplace\.", "The sellers of the marketplace."),
    (r"Sellers: the stores of the marketplace\.", "The sellers of the marketplace."),
    (r"A member in a store\.", "A member of a seller's staff."),
    (r"their role in a store\b", "their role with a seller"),
    (r"can be changed in a store of each state", "can be changed of a seller in each state"),
    (r"What a seller names must be their store's", "What a caller names must be their seller's"),
    (r"Which store each row belongs to that a seller can name", "Which seller each row belongs to that a caller can name"),
    (r"the seller of the store order decides", "the seller decides"),
    (r"that of their store for sellers", "a seller's own for its staff"),
    (r"Applications for stores", "Applications of sellers"),
    (r"Applicants for stores", "People who apply to sell"),
    (r"Somebody applies for a store", "Somebody applies to sell"),
    (r"the stores stand in store_member", "the sellers stand in seller_member"),
    (r"the stores stand in seller_member", "whom they work for stands in seller_member"),
    (r"what was done in their store\b", "what was done there"),
    (r"\bstore orders\b", "seller orders"),
    (r"\bStore orders\b", "Seller orders"),
    (r"\bstore order\b", "seller order"),
    (r"\bStores: the shops of sellers\.", "Sellers: whose shops these are."),
    (r"\bOn the storefront wire a store is a `seller`\.", "The Store API calls them by the same word."),
    (r"\bthe stores of sellers\b", "the sellers"),
    (r"\bsellers' stores\b", "sellers"),
    (r"\bseller's store\b", "seller"),
    (r"\ban? (member of a )?store's\b", lambda m: m[0].replace("store", "seller")),
    (r"\bstores\b", "sellers"),
    (r"\bStores\b", "Sellers"),
    (r"\bstore\b", "seller"),
    (r"\bStore\b(?! API)", "Seller"),
]
PROSE_FILES_KEEP = ("services/infrastructure/*", "tests/uploads/*", "tests/services/infrastructure/*", "tests/slots/*", "tests/store/test_chat_store.py",
                    "services/imports/spool.py", "services/seed/format*", "tests/services_up/*", "services/workflows/process_upload*", "tests/clients/*", "routes/openapi.py")

MARKDOWN = {
    "docs/plugins.md": [(r'a `"store"`\'s', 'a `"seller"`\'s'), (r"\bOrders? of a store\b", "Order of a seller")],
    "docs/life-of-a-request.md": [
        (r"\bstore orders\b", "seller orders"),
        (r"\bstore order\b", "seller order"),
        (r"packs for a store\b", "packs for a seller"),
        (r"the stores they work for", "the sellers they work for"),
        (r"each store's state", "each seller's state"),
        (r"state of the store\b", "state of the seller"),
        (r"under the store's id", "under the seller's id"),
    ],
}

WORD = re.compile(r"store|vendor", re.I)
by_default: Counter[str] = Counter()
left: dict[str, set[str]] = defaultdict(set)
collisions: list[str] = []
prose_log: list[str] = []


def matches(name: str, patterns: tuple[str, ...] | list[str]) -> bool:
    return any(fnmatch(name, p) for p in patterns)


def kept(name: str) -> bool:
    return name in KEEP or any(p.fullmatch(name) for p in KEEP_PATTERNS)


def default(name: str) -> str:
    """`store` as a part of a name becomes `seller`."""
    new = re.sub(r"(?<![A-Za-z])stores(?![a-z])", "sellers", name)
    new = re.sub(r"(?<![A-Za-z])store(?![a-z])", "seller", new)
    new = re.sub(r"(?<![A-Z])STORES(?![A-Z])", "SELLERS", new)
    new = re.sub(r"(?<![A-Z])STORE(?![A-Z])", "SELLER", new)
    new = re.sub(r"Stores(?![a-z])", "Sellers", new)
    return re.sub(r"Store(?![a-z])", "Seller", new)


def renamed(name: str, file: str, bare_is_kept: bool = False) -> str:
    if name in OTHER:
        return name if matches(file, NOT_IN.get(name, ())) else OTHER[name]
    if not WORD.search(name) or kept(name):
        return name
    for pattern, kept_there in KEEP_IN:
        if kept_there == name and fnmatch(file, pattern):
            return name
    for pattern, old, new in INSTEAD:
        if old == name and fnmatch(file, pattern):
            return new
    if bare_is_kept and (name in BARE_LOWER or (name in BARE and matches(file, SLOTS_OF_FILES))):
        return name
    if name in MAP:
        return MAP[name]
    new = default(name)
    if new != name:
        by_default[f"{name} -> {new}"] += 1
    return new


def surface_modules(tree: ast.AST) -> set[str]:
    """Names under which this file knows a module of the Store API: `store` is then no seller."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("routes", "controllers"):
            found |= {(a.asname or a.name) for a in node.names if (a.asname or a.name) in ("store",)}
    return found


def imported_names(tree: ast.AST, file: str) -> dict[str, str]:
    """Names that this file imports, or defines, under which IMPORTED has another."""
    found = {}
    for (module, name), new in IMPORTED.items():
        if file == module.replace(".", "/") + ".py":
            found[name] = new
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == module and any(a.name == name for a in node.names):
                found[name] = new
            if isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.value, ast.Name) and node.value.id == module.rpartition(".")[2]:
                if any(isinstance(n, ast.ImportFrom) and n.module == module.rpartition(".")[0] and any(a.name == module.rpartition(".")[2] for a in n.names) for n in ast.walk(tree)):
                    found["." + name] = new
    return found


def in_import(tokens: list[tokenize.TokenInfo], index: int) -> bool:
    start = index
    while start > 0 and tokens[start - 1].type not in (tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING):
        start -= 1
    if tokens[start].string in ("from", "import"):
        return True
    # a name on a line of its own inside the brackets of an import
    depth = index
    while depth > 0 and tokens[depth].type != tokenize.NEWLINE:
        if tokens[depth].string == "import":
            return True
        depth -= 1
    return False


def is_path_part(tokens: list[tokenize.TokenInfo], index: int) -> bool:
    """`store` in `from controllers.store import ...`: a folder of the Store API."""
    before, after = tokens[index - 1].string, tokens[index + 1].string
    if not in_import(tokens, index):
        return False
    if before == "." or after == ".":
        return True
    return False


def docstring_lines(tree: ast.AST) -> set[tuple[int, int]]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found.add((node.value.lineno, node.value.col_offset))
    return found


def prose(text: str, where: str) -> str:
    kept_parts: list[str] = []

    def hide(match: re.Match[str]) -> str:
        kept_parts.append(match[0])
        return f"\x00{len(kept_parts) - 1}\x00"

    new = PROSE_KEEP.sub(hide, text)
    for pattern, replacement in PROSE:
        new = re.sub(pattern, replacement, new)
    for number, part in enumerate(kept_parts):
        new = new.replace(f"\x00{number}\x00", part)
    if new != text:
        for before, after in zip(text.splitlines(), new.splitlines()):
            if before != after:
                prose_log.append(f"{where}: {after.strip()}")
    return new


IDENT = re.compile(r"(?<![\w$/-])[A-Za-z_]\w*(?![\w-])")


def in_string(text: str, file: str) -> str:
    """Names with an underscore in strings: columns, parameters, constraints, test names; never a bare word."""
    new = text
    for pattern, replacement in SQL:
        new = re.sub(pattern, replacement, new)

    def one(match: re.Match[str]) -> str:
        name = match[0]
        if "_" not in name.strip("_") and name not in OTHER:
            return name
        if re.match(r"(ix|uq|fk|ck|pk)_", name):
            for old, fresh in OTHER.items():
                if old in COLUMNS:
                    name = re.sub(rf"(?<=_){old}(?=_)", fresh, name)
        if name in OTHER and name not in NAMES_ONLY and not name.isupper() and not matches(file, NOT_IN.get(name, ())):
            if not name.islower() or "wire" in name:
                return OTHER[name]
        if name in OTHER and re.search(r"(SELECT|DELETE|UPDATE|INSERT|FROM|LOCK)\b|^f?.{1,3}%s.{1,3}$" % name, text):
            return OTHER[name]
        if not WORD.search(name):
            return name
        # fixtures by name, codes and file names stay
        if re.search(r"\.(yaml|json|md|csv)\b", name):
            return name
        return renamed(name, file)

    new = IDENT.sub(one, new)
    if re.match(r"[rR]?[fF]", text):
        new = re.sub(r"(?<!\{)\{([^{}]+)\}", lambda m: "{" + expression(m[1], file) + "}", new)
    return new


def expression(code: str, file: str) -> str:
    """What stands in the braces of an f-string, up to its format."""
    bare_kept = matches(file, BARE_KEEP)
    return re.sub(r"(?<![\w$'\"./-])[A-Za-z_]\w*(?![\w'\"-])|(?<=\w\.)stores?\b", lambda m: m[0] if re.search(r"(options|args)\.$", code[: m.start()]) else renamed(m[0], file, bare_kept), code)


def quoting(text: str, file: str) -> str:
    """Code in a string."""
    def one(match: re.Match[str]) -> str:
        name, start = match[0], match.start()
        before = text[max(0, start - 1): start]
        after = text[match.end(): match.end() + 1]
        if name in ("store", "stores") and (before in "\"'/" or after in "\"'/" or text[start - 6: start] == "tests/"):
            return name if not (after and after in ".[ ,)" or before == " ") else renamed(name, file)
        return renamed(name, file)

    if text.strip("rbfRBF").strip("\"'").startswith("tests/"):
        return in_string(text, file)
    return re.sub(r"(?<![\w$-])[A-Za-z_]\w*(?![\w-])", one, text)


def rewrite(path: Path) -> str | None:
    file = str(path.relative_to(ROOT))
    source = path.read_text()
    original = source
    for pattern, old, new in TEXT:
        if fnmatch(file, pattern):
            previous = None
            while previous != source:
                previous = source
                source = re.sub(old, new, source, flags=re.M)
                if re.search(r"Scope|SCOPES", old) is None:
                    break
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        print(f"{file}: cannot be read: {error}")
        return None
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    surface = surface_modules(tree)
    imported = imported_names(tree, file)
    docs = docstring_lines(tree)
    bare_kept = matches(file, BARE_KEEP)
    prose_kept = matches(file, PROSE_FILES_KEEP)
    quotes = matches(file, QUOTING)
    bound = {
        t.string
        for i, t in enumerate(tokens)
        if t.type == tokenize.NAME and not (i and tokens[i - 1].string == ".") and not in_import_path(tokens, i) and not is_keyword_argument(tokens, i)
    }
    edits: list[tuple[tuple[int, int], tuple[int, int], str]] = []
    clashes = set()
    for i, token in enumerate(tokens):
        text = token.string
        new = text
        if token.type == tokenize.NAME and not keyword.iskeyword(text):
            after_dot = bool(i) and tokens[i - 1].string == "."
            if text in imported and not is_keyword_argument(tokens, i) and not after_dot:
                edits.append((token.start, token.end, imported[text]))
                continue
            if "." + text in imported and after_dot and tokens[i - 2].string == "clock" and tokens[i - 3].string != ".":
                edits.append((token.start, token.end, imported["." + text]))
                continue
            if text not in OTHER and not WORD.search(text):
                continue
            if text in ("store", "stores", "vendor") and is_path_part(tokens, i):
                continue
            if text in surface and not (i and tokens[i - 1].string == "."):
                continue
            if text == "store" and i > 1 and tokens[i - 1].string == "." and tokens[i - 2].string in ("options", "arguments", "args"):
                continue
            new = renamed(text, file, bare_kept and not (file.startswith("middleware/") and tokens[i - 1].string == "."))
            attribute = bool(i) and tokens[i - 1].string == "."
            if new != text and not attribute and new in bound and not is_keyword_argument(tokens, i):
                clashes.add(f"{text} -> {new}")
            if new == text and WORD.search(text) and not kept(text):
                left[text].add(file)
        elif token.type == tokenize.STRING:
            is_doc = (token.start[0], token.start[1]) in docs
            if fnmatch(file, "models/cart/document.py") and text == '"store_id"':
                continue
            new = quoting(text, file) if quotes else in_string(text, file)
            if imported and re.match(r"[rR]?[fF]", text):
                new = re.sub(
                    r"(?<!\{)\{([^{}]+)\}",
                    lambda m: re.sub(r"(?<![\w.'\"])(\w+)(?=\()", lambda w: imported.get(w[1], w[1]), m[0]),
                    new,
                )
            if is_doc and not prose_kept:
                new = prose(new, f"{file}:{token.start[0]}")
        elif token.type == tokenize.COMMENT and not prose_kept:
            new = prose(in_string(text, file), f"{file}:{token.start[0]}")
        elif token.type == tokenize.COMMENT:
            new = in_string(text, file)
        if new != text:
            edits.append((token.start, token.end, new))
    for clash in sorted(clashes):
        collisions.append(f"{file}: {clash}")
    lines = source.splitlines(keepends=True)
    for (row, column), (end_row, end_column), new in reversed(edits):
        head, tail = lines[row - 1][:column], lines[end_row - 1][end_column:]
        lines[row - 1: end_row] = [head + new + tail]
        # keep line numbering of earlier edits: the rest of a token of several lines went into this one line
    result = "".join(lines)
    for pattern, old, new in WIRE:
        if fnmatch(file, pattern):
            result = re.sub(old, new, result)
    return result if result != original else None


def in_import_path(tokens: list[tokenize.TokenInfo], i: int) -> bool:
    return i + 1 < len(tokens) and tokens[i + 1].string == "." and in_import(tokens, i)


def is_keyword_argument(tokens: list[tokenize.TokenInfo], i: int) -> bool:
    return (
        i + 1 < len(tokens)
        and tokens[i + 1].string == "="
        and tokens[i - 1].string in ("(", ",")
        or (i + 1 < len(tokens) and tokens[i + 1].string == "=" and tokens[i - 1].type == tokenize.NL)
    )


def git_files(*patterns: str) -> list[Path]:
    names = subprocess.check_output(["git", "-C", str(ROOT), "ls-files", *patterns], text=True).split("\n")
    return [ROOT / name for name in names if name and not matches(name, SKIP) and (ROOT / name).is_file() and not (ROOT / name).is_symlink()]


def main() -> None:
    for old, new in FILES.items():
        if (ROOT / old).exists() and not CHECK:
            subprocess.check_call(["git", "-C", str(ROOT), "mv", old, new])
    changed = []
    for path in git_files("*.py"):
        new = rewrite(path)
        if new is not None:
            changed.append(path)
            if not CHECK:
                ast.parse(new)
                path.write_text(new)
    markdown()
    print(f"{len(changed)} files changed")
    print("\nDecided by default (look through them):")
    for name, count in sorted(by_default.items()):
        print(f"  {count:4} {name}")
    print("\nLeft as they are (bare words where they mean something else):")
    for name, files in sorted(left.items()):
        print(f"  {name}: {', '.join(sorted(files))}")
    print("\nPossible collisions:")
    for each in collisions:
        print(f"  {each}")
    (Path(__file__).parent / "prose.log").write_text("\n".join(prose_log) + "\n")
    print(f"\n{len(prose_log)} lines of prose, in {Path(__file__).parent / 'prose.log'}")
    if not CHECK and changed:
        ruff = str(ROOT / ".venv" / "bin" / "ruff")
        names = [str(p) for p in changed]
        subprocess.call([ruff, "check", "-q", "--fix", "--select", "I,F401", *names], cwd=ROOT)
        wrap(changed)
        subprocess.call([ruff, "format", "-q", *names], cwd=ROOT)
        subprocess.call([ruff, "check", "-q", *names], cwd=ROOT)


def wrap(files: list[Path]) -> None:
    """Break comments and docstrings that became too long."""
    for path in files:
        lines = path.read_text().split("\n")
        number = 0
        while number < len(lines):
            line = lines[number]
            if len(line) <= 120:
                number += 1
                continue
            indent = line[: len(line) - len(line.lstrip())]
            body = line.strip()
            if body.startswith("#"):
                cut = line.rfind(" ", 0, 120)
                rest = line[cut:].strip()
                lines[number] = line[:cut].rstrip()
                following = lines[number + 1] if number + 1 < len(lines) else ""
                if following.startswith(f"{indent}# "):
                    lines[number + 1] = f"{indent}# {rest} {following.strip()[2:]}"
                else:
                    lines.insert(number + 1, f"{indent}# {rest}")
            elif body.startswith(chr(34) * 3) and body.endswith(chr(34) * 3):
                cut = line.rfind(" ", 0, 118)
                rest = line[cut:].strip()[:-3]
                lines[number: number + 1] = [line[:cut].rstrip(), f"{indent}{rest}", f"{indent}{chr(34) * 3}"]
            elif "=" not in line.split(" ")[0] and not re.search(r"[\[(]$", body) and prose_like(lines, number):
                cut = line.rfind(" ", 0, 120)
                rest = line[cut:].strip()
                lines[number] = line[:cut].rstrip()
                following = lines[number + 1] if number + 1 < len(lines) else ""
                if following.strip() and not following.strip().startswith((chr(34) * 3, "-")):
                    lines[number + 1] = f"{indent}{rest} {following.strip()}"
                else:
                    lines.insert(number + 1, f"{indent}{rest}")
            number += 1
        path.write_text("\n".join(lines))


def prose_like(lines: list[str], number: int) -> bool:
    """Whether the line stands in a docstring."""
    return sum(line.count(chr(34) * 3) for line in lines[: number + 1]) % 2 == 1


def markdown() -> None:
    """Names in the pages; what they say to people is not touched but for identifiers."""
    for path in git_files("*.md", "pyproject.toml", "*.mjs", "*.yaml"):
        file = str(path.relative_to(ROOT))
        if file.endswith((".yaml",)):
            continue
        text = path.read_text()
        new = text
        for old, fresh in FILES.items():
            new = new.replace(old, fresh)
        if file in MARKDOWN:
            for pattern, fresh in MARKDOWN[file]:
                new = re.sub(pattern, fresh, new)
        for old in ("store_order_ids", "store_order_id", "store_orders", "store_order", "store_member", "load_stores"):
            new = re.sub(rf"(?<![\w/])`?{old}(?!\w)", lambda m: m[0].replace("store", "seller"), new)
        if new != text and not CHECK:
            path.write_text(new)


main()
