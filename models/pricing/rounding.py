"""Exact amounts to whole units, so that every sum a reader can make still holds.

A charge (a line or a shipping method) is four exact amounts, which are never negative:

                  kept   discounted
    net            n         d          n + d      subtotal
    tax            t         x          t + x      original tax
                 total    discount      n+t+d+x    original total

All totals of a charge are sums of these four, and all totals of a group (items, shipping) and of the cart are sums over
charges. So once the four are whole numbers, each identity between totals holds by itself; what remains is to choose the
whole numbers well.

1. The sum of `n + t` over the cart, what the buyer pays, is rounded half up, once.
2. That amount is given to the groups, and within them to the charges, by largest remainder: each gets its own amount
   rounded down or up.
3. For each charge, every way to round the four that respects its total and leaves each of its sums less than one unit
   from the exact value is a candidate. There is one for each direction of the total: the exact amounts lie in the
   polytope that the bounds describe, a 2 x 2 table's constraints are totally unimodular, so its corners are whole, and
   if the total is not whole some corners have it rounded down and some up.
4. Candidates are combined so that each sum over a group and over the cart is less than one unit from its exact value
   too: charge by charge, what keeps the running errors small; when that does not end well, with a few detours; when
   that does not help, with the charges' totals of step 2 free to go down or up, and then with a unit moved between the
   groups' totals.

Step 4 cannot always succeed: for tables of three dimensions there are exact values that no whole numbers approach so
closely everywhere. Then, or when each search has taken MAX_VISITS steps, the first combination stands: identities, the
totals of cart and groups and every charge are as above; only other sums over charges are off by a unit or a little more
(in 78,948 random carts of 1 to 30 lines with up to three discounts each, this did not happen).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, islice, permutations, product
from math import lcm

Whole = tuple[int, int, int, int]
MAX_VISITS = 4_000


class Exact:
    """One charge: `n`, `t`, `d`, `x` as numerators over `den`; where `d` is 0 so is `x`."""

    __slots__ = ("d", "den", "n", "t", "x")

    def __init__(self, den: int, n: int, t: int, d: int = 0, x: int = 0) -> None:
        self.den = den
        self.n = n
        self.t = t
        self.d = d
        self.x = x


Candidate = tuple[int, int, int, int, Whole]


class Choice:
    """A charge with its candidates: the errors of n + t, t, d and x over the cart's denominator, and the four.

    `closes` is the error that its group's total must end with, at the last charge of the group.
    """

    __slots__ = ("candidates", "closes")

    def __init__(self, candidates: list[Candidate]) -> None:
        self.candidates = candidates
        self.closes: int | None = None


def round_half_up(numerator: int, den: int) -> int:
    return (2 * numerator + den) // (2 * den)


def largest_remainder(numerators: Sequence[int], den: int, whole: int) -> list[int]:
    """Split `whole` over exact parts that sum to less than one unit from it; each part is rounded down or up.

    The parts with the largest remainders go up; of equal ones the earlier.
    """
    parts = [n // den for n in numerators]
    missing = whole - sum(parts)
    if missing:
        order = sorted(range(len(parts)), key=lambda i: -(numerators[i] % den))
        for i in order[:missing]:
            parts[i] += 1
    return parts


def settle(groups: Sequence[Sequence[Exact]]) -> list[list[Whole]]:
    """The four whole numbers of each charge, by group, as the module says."""
    q = lcm(*{charge.den for group in groups for charge in group})
    amounts = [[(charge.n + charge.t) * (q // charge.den) for charge in group] for group in groups]
    sums = [sum(group) for group in amounts]
    wholes = largest_remainder(sums, q, round_half_up(sum(sums), q))
    choices: list[Choice] = []
    plain = True
    for i, group in enumerate(groups):
        if group:
            for charge, total in zip(group, largest_remainder(amounts[i], q, wholes[i]), strict=True):
                choice = Choice(candidates(charge, total, q // charge.den))
                ea, et, ed, ex, _ = choice.candidates[0]
                plain = plain and len(choice.candidates) == 1 and et == ea and not ed and not ex
                choices.append(choice)
            choice.closes = wholes[i] * q - sums[i]
    # Plain: every error is in the tax, and of all taxes together it is that of the total.
    found, sound = ([choice.candidates[0][4] for choice in choices], True) if plain else search(choices, q)
    four = iter(found if sound else second_thoughts(groups, sums, wholes, q) or found)
    return [[next(four) for _ in group] for group in groups]


def second_thoughts(
    groups: Sequence[Sequence[Exact]], sums: Sequence[int], wholes: Sequence[int], q: int
) -> list[Whole]:
    """The search with the totals of charges free, for these totals of groups and then for others; empty if in vain."""
    for split in (wholes, *moved(sums, wholes, q)):
        wide: list[Choice] = []
        for group, amount, whole in zip(groups, sums, split, strict=True):
            if group:
                wide.extend(Choice(freed(charge, q // charge.den)) for charge in group)
                wide[-1].closes = whole * q - amount
        found, sound = search(wide, q)
        if sound:
            return found
    return []


def freed(charge: Exact, scale: int) -> list[Candidate]:
    """A charge's candidates for both directions of its total."""
    total, rest = divmod(charge.n + charge.t, charge.den)
    return candidates(charge, total, scale) + (candidates(charge, total + 1, scale) if rest else [])


def moved(sums: Sequence[int], wholes: Sequence[int], q: int) -> Iterator[list[int]]:
    """The same with a unit moved from one group to another, where both stay less than a unit from their amounts."""
    for source, target in permutations(range(len(sums)), 2):
        split = list(wholes)
        split[source] -= 1
        split[target] += 1
        if all(abs(whole * q - amount) < q for whole, amount in zip(split, sums, strict=True)):
            yield split


def candidates(charge: Exact, total: int, scale: int) -> list[Candidate]:
    """Ways to round a charge whose `n + t` becomes `total`; `scale` leads from its denominator to the cart's."""
    den = charge.den
    n, fn = divmod(charge.n, den)
    t, ft = divmod(charge.t, den)
    ea = (total * den - charge.n - charge.t) * scale
    ways: list[Candidate] = []
    for up in (0, 1) if ft else (0,):
        net = total - t - up
        if net != n and (net != n + 1 or not fn):
            continue
        et = up * den - ft
        if not charge.d:
            ways.append((ea, et * scale, 0, 0, (net, t + up, 0, 0)))
            continue
        en = (net - n) * den - fn
        d, fd = divmod(charge.d, den)
        x, fx = divmod(charge.x, den)
        for d_up in (0, 1) if fd else (0,):
            ed = d_up * den - fd
            if not -den < en + ed < den:
                continue
            for x_up in (0, 1) if fx else (0,):
                ex = x_up * den - fx
                if -den < ed + ex < den and -den < et + ex < den and -den < en + et + ed + ex < den:
                    ways.append((ea, et * scale, ed * scale, ex * scale, (net, t + up, d + d_up, x + x_up)))
    return ways


def worst(a: int, t: int, d: int, x: int) -> int:
    """The largest error of the sums of a group: total, tax, subtotal, discount, original total, original tax."""
    dx = d + x
    return max(abs(t), abs(a - t + d), abs(dx), abs(a + dx), abs(t + x))


def search(choices: Sequence[Choice], q: int) -> tuple[list[Whole], bool]:
    """One candidate for each charge, and whether no sum over a group or the cart is a whole unit off.

    First the best candidate of each charge in turn; then the same with a detour at one charge, at two, and so on. When
    none is found in MAX_VISITS steps, the first stands.
    """
    first, sound = dive(choices, q, {})
    if not sound:
        for detour in islice(detours(choices), MAX_VISITS // len(choices)):
            found, sound = dive(choices, q, detour)
            if sound:
                return found, True
    return first, sound


def detours(choices: Sequence[Choice]) -> Iterator[dict[int, int]]:
    """Which candidate to take at which charges, whatever looks best there; the last charges first."""
    free = [i for i in reversed(range(len(choices))) if len(choices[i].candidates) > 1]
    for size in range(1, len(free) + 1):
        for places in combinations(free, size):
            for picks in product(*(range(len(choices[i].candidates)) for i in places)):
                yield dict(zip(places, picks, strict=True))


def dive(choices: Sequence[Choice], q: int, forced: Mapping[int, int]) -> tuple[list[Whole], bool]:
    """The best candidate of each charge in turn, or the forced one; and whether all sums came out well."""
    taken: list[Whole] = []
    a = t = d = x = 0
    ga = gt = gd = gx = 0
    sound = True
    for i, choice in enumerate(choices):
        best = -1
        for candidate in choice.candidates if i not in forced else (choice.candidates[forced[i]],):
            ea, et, ed, ex, _ = candidate
            error = worst(a + ea, t + et, d + ed, x + ex)
            if choice.closes is not None and ga + ea != choice.closes:
                error += 4 * q
            if best < 0 or error < best:
                best, chosen = error, candidate
        ea, et, ed, ex, whole = chosen
        a, t, d, x = a + ea, t + et, d + ed, x + ex
        ga, gt, gd, gx = ga + ea, gt + et, gd + ed, gx + ex
        taken.append(whole)
        if choice.closes is not None:
            sound = sound and ga == choice.closes and worst(ga, gt, gd, gx) < q
            ga = gt = gd = gx = 0
    return taken, sound and worst(a, t, d, x) < q and -q < d < q and -q < x < q


def share_out(pairs: Iterable[tuple[int, int]], den: int, first: int, second: int) -> list[tuple[int, int]]:
    """Split two whole numbers over exact pairs, so that each member and each pair's sum is rounded down or up.

    `first` and `second` are less than one unit from the sums of the pairs' members. When rounding the pairs' sums by
    largest remainder leaves no way to do so, the members are rounded each for themselves.
    """
    exact = list(pairs)
    if len(exact) == 1:
        return [(first, second)]
    sums = largest_remainder([a + b for a, b in exact], den, first + second)
    low, high = [], []
    for (a, b), whole in zip(exact, sums, strict=True):
        # Both members rounded down or up: the first lies between these bounds, which differ by one at the most.
        low.append(max(a // den, whole - -(-b // den)))
        high.append(min(-(-a // den), whole - b // den))
    if sum(low) <= first <= sum(high):
        missing = first - sum(low)
        order = sorted(range(len(exact)), key=lambda i: low[i] * den - exact[i][0])
        for i in order:
            if missing and high[i] > low[i]:
                low[i] += 1
                missing -= 1
        return [(part, whole - part) for part, whole in zip(low, sums, strict=True)]
    firsts = largest_remainder([a for a, _ in exact], den, first)
    return list(zip(firsts, largest_remainder([b for _, b in exact], den, second), strict=True))
