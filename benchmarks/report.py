"""Results as Markdown, written between two markers of the README beside this file."""

import os
import platform
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.contrast import Contrast
from benchmarks.load import Result
from benchmarks.scenarios import SCENARIOS
from benchmarks.storm import Storm

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- results -->", "<!-- end of results -->"
COLUMNS = (
    "clients",
    "per second",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "errors",
    "server CPU",
    "database CPU",
    "bare, per second",
    "of bare",
)
HEADER = f"| what | {' | '.join(COLUMNS)} | aim |\n|---|{'--:|' * len(COLUMNS)}---|\n"


@dataclass(slots=True)
class Pair:
    """A measurement and its bare limit in the same run; `note` tells settings that differ from the default."""

    real: Result
    bare: Result | None = None
    note: str = ""


@dataclass(slots=True)
class Report:
    """Everything one run found out. Times in seconds."""

    pairs: list[Pair] = field(default_factory=list)
    contrasts: list[Contrast] = field(default_factory=list)
    storms: list[Storm] = field(default_factory=list)
    ready_seconds: list[float] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)


def machine() -> dict[str, str]:
    """What the figures were taken on."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {
        "Processor": f"{model}, {os.cpu_count()} cores",
        "Memory": f"{psutil.virtual_memory().total / 2**30:.0f} GB",
        "System": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
    }


def number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def row(pair: Pair) -> str:
    real, bare = pair.real, pair.bare
    scenario = SCENARIOS[real.scenario]
    share = f"{real.units_per_second / bare.units_per_second:.0%}" if bare and bare.units_per_second else ""
    cells = [
        scenario.title + (f" ({pair.note})" if pair.note else ""),
        str(real.clients),
        number(real.units_per_second),
        *(number(value) for value in (real.p50_ms, real.p95_ms, real.p99_ms)),
        str(real.errors),
        number(real.server_cpu),
        number(real.database_cpu),
        number(bare.units_per_second) if bare else "",
        share,
        scenario.uncached_aim if pair.note else scenario.aim,
    ]
    return f"| {' | '.join(cells)} |\n"


def memory_rows(pairs: list[Pair]) -> str:
    """The largest figures over the whole run."""
    rows = ""
    for title, kept in (
        ("server", [pair.real.server_memory for pair in pairs if pair.real.server_memory]),
        ("database", [pair.real.database_memory for pair in pairs if pair.real.database_memory]),
    ):
        if kept:
            most = max(kept, key=lambda memory: memory.pss_mb)
            largest = max(memory.largest_rss_mb for memory in kept)
            rows += f"| {title} | {most.processes} | {most.pss_mb:.0f} | {most.rss_mb:.0f} | {largest:.0f} |\n"
    return f"| memory, MB | processes | PSS of all | RSS of all | largest RSS of one |\n|---|--:|--:|--:|--:|\n{rows}"


CONTRAST_HEADER = (
    "| authenticated beside anonymous | clients | requests | server CPU, anonymous | authenticated | ratio | aim |\n"
    "|---|--:|--:|--:|--:|--:|---|\n"
)
STORM_HEADER = (
    "| storm | clients | attempts | per second | p50 ms | p99 ms | server CPU | answers | loop late, p99 ms | worst ms "
    "| /health p99 ms | bare, per second | of bare | with the pool's threads | tries of one account | aim |\n"
    f"|---|{'--:|' * 6}---|{'--:|' * 7}---|\n"
)


def contrast_row(found: Contrast) -> str:
    costs = f"{found.plain_cpu:.3f} | {found.other_cpu:.3f} | {found.ratio:.3f}"
    return f"| {found.title} | {found.clients} | {found.requests:,} | {costs} | 1.10 |\n"


def storm_row(storm: Storm) -> str:
    hashed = storm.hashed / storm.seconds if storm.seconds else 0.0
    cells = [
        storm.title,
        str(storm.clients),
        f"{storm.attempts:,}",
        *map(number, (storm.per_second, storm.p50_ms, storm.p99_ms, storm.server_cpu)),
        ", ".join(f"{count:,} x {status}" for status, count in storm.statuses.items()),
        *map(number, (storm.lag_p99_ms, storm.lag_max_ms, storm.health_p99_ms, storm.bare)),
        f"{hashed / storm.bare:.0%}" if storm.bare else "",
        number(storm.bare_pool),
        f"{storm.most_tries} of {storm.tries_allowed}" if storm.tries_allowed else "",
        "late p99 < 100 ms",
    ]
    return f"| {' | '.join(cells)} |\n"


def tables(report: Report) -> str:
    """Those of logins, where they were measured."""
    text = ""
    if report.contrasts:
        text += f"\n{CONTRAST_HEADER}{''.join(map(contrast_row, report.contrasts))}"
    if report.storms:
        text += f"\n{STORM_HEADER}{''.join(map(storm_row, report.storms))}"
    return text


def markdown(report: Report) -> str:
    facts = "".join(f"- {name}: {value}\n" for name, value in (machine() | report.facts).items())
    ready = ", ".join(f"{seconds:.2f}" for seconds in report.ready_seconds)
    return (
        f"{facts}- Ready after start, installed and migrated: {ready} s\n\n"
        f"{HEADER}{''.join(row(pair) for pair in report.pairs)}{tables(report)}\n{memory_rows(report.pairs)}"
    )


def write(report: Report, path: Path = README) -> None:
    """Put the results between the markers; whatever stands around them stays."""
    text = path.read_text()
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    path.write_text(f"{before}{BEGIN}\n{markdown(report)}{END}{after}")
