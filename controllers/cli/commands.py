"""What the commands of app.py do with the business: loading data, the demo of a first start, administrators."""

import argparse
import getpass
import json
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from tqdm import tqdm

from services import imports
from services import seed as seeds
from services.deps import Deps
from services.infrastructure.database import sandbox_clock
from services.infrastructure.http.fetch import Fetcher
from services.seed import demo, pictures
from services.shared.sync import Tally
from services.workflows import create_admin as admins
from utils.clock import SYSTEM, to_iso
from utils.errors import AppError


class NoPassword(AppError):
    code, kind = "no_password", "invalid"
    message = "There is nobody to ask for a password: send it to standard input, with --password-stdin."


class PasswordsDiffer(AppError):
    code, kind, message = "passwords_differ", "invalid", "The two passwords differ. Nothing was changed."


class NoFolder(AppError):
    code, kind, message = "no_folder", "invalid", "The folder of {path} does not exist. Make it, or name another file."


def print_seed_schema(sections: seeds.Sections) -> int:
    print(json.dumps(seeds.schema_of(sections), indent=2, ensure_ascii=False))
    return 0


async def load(deps: Deps, file: Path) -> dict[str, Any]:
    """Load a seed file; ids of what it names, by kind and natural key."""
    return (await report_of(deps, seeds.read(file))).ids


async def report_of(deps: Deps, document: Mapping[str, Any]) -> seeds.Report:
    """Load a document in one transaction, with a bar where somebody watches."""
    with tqdm(total=seeds.size(document), unit=" entries", disable=None, leave=False) as bar:
        async with deps.database.unit_of_work() as work:
            report = await seeds.load(work, document, bar.update)
    await pictures.draw_missing(deps.files, document)
    await deps.database.refresh_statistics()
    return report


def read_seed(options: argparse.Namespace) -> Mapping[str, Any] | None:
    """The document of the file, read before there is a database; None when it cannot be, the reasons being told."""
    try:
        if options.ids is not None and not options.ids.resolve().parent.is_dir():
            raise NoFolder(path=str(options.ids))
        return seeds.read(options.file)
    except seeds.SeedErrors as refused:
        tell_problems(options.file, refused)
        return None


def tell_problems(file: Path, refused: seeds.SeedErrors) -> None:
    for problem in refused.problems:
        print(problem, file=sys.stderr)
    print(f"{file}: {len(refused.problems)} to correct; nothing was written", file=sys.stderr)


async def seed(deps: Deps, options: argparse.Namespace, document: Mapping[str, Any]) -> int:
    """Exit code 1, with every fault on a line of its own, when the document cannot be loaded."""
    try:
        report = await report_of(deps, document)
    except seeds.SeedErrors as refused:
        tell_problems(options.file, refused)
        return 1
    text = json.dumps(report.ids, indent=2, ensure_ascii=False)
    if options.ids is None:
        print(text)
    else:
        options.ids.write_text(text + "\n", encoding="utf-8")
    print(f"{options.file}: {summary(report.tally)}", file=sys.stderr)
    return 0


def summary(tally: Tally) -> str:
    counts = ((tally.created, "created"), (tally.updated, "updated"), (tally.removed, "removed"))
    return ", ".join(f"{counter.total()} rows {what}" for counter, what in counts) + (
        f", {tally.unchanged.total()} as stated already"
    )


async def offer_demo(deps: Deps) -> int:
    """Fill an empty database with the demo, and say how to look around in it."""
    async with deps.database.reading() as work:
        wanted = await demo.is_wanted(work)
    if wanted:
        await load(deps, demo.FILE)
    async with deps.database.reading() as work:
        tour = await demo.tour(work)
    if tour is not None:
        for line in tour_lines(tour, deps.settings.base_url):
            print(line, flush=True)
    return 0


def tour_lines(tour: demo.Tour, address: str) -> list[str]:
    ask = f"curl -H 'x-publishable-api-key: {tour.token}'"
    return [
        f"A demo marketplace is open: {tour.sellers} stores, {tour.products} products, publishable key {tour.token}",
        f"  regions     {ask} {address}/store/regions",
        f"  products    {ask} '{address}/store/products?limit=3&region_id={tour.region_id}'",
        f"  stores      {ask} {address}/store/sellers",
        f"  reference   {address}/docs  (a storefront needs the address {address}, the key, and the region above)",
    ]


WARNED = 4  # exit code of an import without faults that somebody should look at


async def import_catalogue(deps: Deps, options: argparse.Namespace) -> int:
    """Exit code 1 when a row was at fault, 4 with warnings only; what was not at fault is imported all the same."""
    order = imports.Order(
        file=options.file,
        seller=options.store,
        currency=options.currency,
        sales_channels=tuple(options.sales_channel) if options.sales_channel else None,
        location=options.location,
        dry_run=options.dry_run,
        format=options.format,
    )
    fetcher = Fetcher(limit_bytes=imports.LIMIT_BYTES) if options.with_images else None
    with tqdm(total=options.file.stat().st_size, unit="B", unit_scale=True, disable=None, leave=False) as bar:
        importer = imports.Importer(
            deps.database,
            order,
            say=lambda fault: bar.write(str(fault), file=sys.stderr),
            warn=lambda warning: bar.write(f"warning: {warning}", file=sys.stderr),
            progress=lambda position: bar.update(position - bar.n),
            files=deps.files,
            fetcher=fetcher,
        )
        result = await importer.run()
    if result.created:
        await deps.database.refresh_statistics()
    for line in notes(result):
        print(line, file=sys.stderr, flush=True)
    for line in outcome(options, result):
        print(line)
    if result.faults:
        return 1
    return WARNED if result.warnings else 0


def notes(result: imports.Result) -> list[str]:
    """What of the file was not loaded, and what is metadata only: columns with how many cells they fill."""
    columns = [("not loaded", result.not_loaded), ("kept as metadata only", result.kept)]
    return [
        f"{what} (filled cells): {', '.join(f'{name} ({cells})' for name, cells in counts.items())}"
        for what, counts in columns
        if counts
    ]


def outcome(options: argparse.Namespace, result: imports.Result) -> list[str]:
    """The summary, one figure a line."""
    figures = [
        ("created", result.created),
        ("updated", result.updated),
        ("unchanged", result.unchanged),
        ("failed", result.failed),
        ("faults", result.faults),
        ("warnings", result.warnings),
        ("variants", result.variants),
        *([("images fetched", result.images)] if options.with_images else []),
    ]
    title = f"{options.file.name} into {options.store}" + (" (dry run: nothing was written)" if options.dry_run else "")
    return [title, *(f"  {name:<15}{count:>8}" for name, count in figures)]


async def clock(deps: Deps, options: argparse.Namespace) -> int:
    """Show the sandbox's clock, or move it for every process on this database."""
    async with deps.database.unit_of_work() as work:
        ahead = await sandbox_clock.ahead_of(work)
        if options.reset or options.forward is not None:
            ahead = timedelta() if options.reset else ahead + options.forward
            await sandbox_clock.move(work, ahead)
    print(f"It is {to_iso(SYSTEM.now() + ahead)} here, {f'{ahead} ahead of' if ahead else 'as on'} this machine.")
    return 0


async def create_admin(deps: Deps, options: argparse.Namespace) -> int:
    """Make an administrator; one who is there stays as they are."""
    email = options.email.strip().lower()
    if await admins.is_administrator(deps, email=email) and not options.reset_password:
        print(f"{email} is an administrator already; nothing was changed")
        return 0
    order = admins.Order(
        email=email,
        password=password_of(options),
        role=options.role,
        first_name=options.first_name,
        last_name=options.last_name,
        reset_password=options.reset_password,
    )
    made = await admins.create_admin(deps, order)
    how = "with the password that the address had already" if made.had_login else "with that password"
    if made.was_reset:
        how = "with that password; the earlier one is void, and all logins of the address have ended"
    print(f"{email} is an administrator ({made.user_id}) and logs in at /auth/user/emailpass {how}")
    return 0


def password_of(options: argparse.Namespace) -> str:
    """Asked for twice where somebody sits, else a line of standard input; never an argument, which others see."""
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise NoPassword()
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise PasswordsDiffer()
    return password
