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
   too: depth first, in the order of the charges, trying first what keeps the running errors small.

Step 4 cannot always succeed: for tables of three dimensions there are exact values that no whole numbers approach so
closely everywhere. Then, or when the search has taken MAX_VISITS steps, the first combination stands: identities, the
grand total and every charge are as above, only sums over charges may be off by a unit or a little more.
"""

from collections.abc import Iterable, Sequence
from math import lcm
from operator import attrgetter

Whole = tuple[int, int, int, int]
MAX_VISITS = 2_000


class Exact:
    """One charge: `n`, `t`, `d`, `x` as numerators over `den`."""

    __slots__ = ("d", "den", "n", "t", "x")

    def __init__(self, den: int, n: int, t: int, d: int = 0, x: int = 0) -> None:
        self.den = den
        self.n = n
        self.t = t
        self.d = d
        self.x = x


class Choice:
    """A charge with its candidates; errors are numerators over the cart's common denominator."""

    __slots__ = ("candidates", "ends_group", "error")

    def __init__(self, error: int, candidates: list[tuple[int, int, int, Whole]]) -> None:
        self.error = error
        self.candidates = candidates
        self.ends_group = False


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
    dens = {charge.den for group in groups for charge in group}
    q = lcm(*dens)
    scaled = [[(charge.n + charge.t) * (q // charge.den) for charge in group] for group in groups]
    sums = [sum(group) for group in scaled]
    wholes = largest_remainder(sums, q, round_half_up(sum(sums), q))
    choices: list[Choice] = []
    searching = False
    for group, amounts, whole in zip(groups, scaled, wholes, strict=True):
        if not group:
            continue
        for charge, amount, total in zip(group, amounts, largest_remainder(amounts, q, whole), strict=True):
            choice = Choice(total * q - amount, candidates(charge, total, q // charge.den))
            searching = searching or len(choice.candidates) > 1
            choices.append(choice)
        choice.ends_group = True
    found = iter(search(choices, q) if searching else [c.candidates[0][3] for c in choices])
    return [[next(found) for _ in group] for group in groups]


def candidates(charge: Exact, total: int, scale: int) -> list[tuple[int, int, int, Whole]]:
    """Ways to round a charge whose `n + t` becomes `total`: errors of t, d and x (times `scale`), and the four."""
    den = charge.den
    n, fn = divmod(charge.n, den)
    t, ft = divmod(charge.t, den)
    ways = []
    if not charge.d:
        for up in (0, 1) if ft else (0,):
            net = total - t - up
            if net == n or (net == n + 1 and fn):
                ways.append(((up * den - ft) * scale, 0, 0, (net, t + up, 0, 0)))
        return ways
    d, fd = divmod(charge.d, den)
    x, fx = divmod(charge.x, den)
    for up in (0, 1) if ft else (0,):
        net = total - t - up
        if net != n and (net != n + 1 or not fn):
            continue
        et = up * den - ft
        en = (net - n) * den - fn
        for d_up in (0, 1) if fd else (0,):
            ed = d_up * den - fd
            if not -den < en + ed < den:
                continue
            for x_up in (0, 1) if fx else (0,):
                ex = x_up * den - fx
                if -den < ed + ex < den and -den < et + ex < den and -den < en + et + ed + ex < den:
                    ways.append((et * scale, ed * scale, ex * scale, (net, t + up, d + d_up, x + x_up)))
    return ways


def worst(a: int, t: int, d: int, x: int) -> int:
    """The largest error of the sums of a group: total, tax, subtotal, discount, original total, original tax."""
    dx = d + x
    return max(abs(t), abs(a - t + d), abs(dx), abs(a + dx), abs(t + x))


def search(choices: Sequence[Choice], q: int) -> list[Whole]:
    """One candidate for each charge, such that no sum over a group or the cart is a whole unit off.

    When there is none to be found: the best candidate of each charge in turn.
    """
    found, sound = dive(choices, q)
    if sound:
        return found
    for order in (choices, turned(choices)):
        taken = backtrack(order, q)
        if taken:
            return taken if order is choices else turned_back(taken, choices)
    return found


def dive(choices: Sequence[Choice], q: int) -> tuple[list[Whole], bool]:
    """The best candidate of each charge in turn, and whether all sums came out well."""
    taken: list[Whole] = []
    a = t = d = x = 0
    ga = gt = gd = gx = 0
    sound = True
    for choice in choices:
        a += choice.error
        ga += choice.error
        best = -1
        for candidate in choice.candidates:
            et, ed, ex, whole = candidate
            error = worst(a, t + et, d + ed, x + ex)
            if best < 0 or error < best:
                best, chosen = error, candidate
        et, ed, ex, whole = chosen
        t, d, x = t + et, d + ed, x + ex
        gt, gd, gx = gt + et, gd + ed, gx + ex
        taken.append(whole)
        if choice.ends_group:
            sound = sound and worst(ga, gt, gd, gx) < q
            ga = gt = gd = gx = 0
    return taken, sound and worst(a, t, d, x) < q and -q < d < q and -q < x < q


def backtrack(choices: Sequence[Choice], q: int) -> list[Whole]:
    """Depth first, best first; empty when nothing was found in MAX_VISITS steps."""
    taken: list[Whole] = []
    visits = 0
    last = len(choices) - 1

    def visit(i: int, cart: Sums, group: Sums) -> bool:
        nonlocal visits
        choice = choices[i]
        for way in sorted((Way(choice, c, cart, group) for c in choice.candidates), key=attrgetter("error")):
            visits += 1
            if visits > MAX_VISITS or (choice.ends_group and way.own >= q) or (i == last and way.error >= q):
                continue
            taken.append(way.whole)
            if i == last or visit(i + 1, way.cart, NOTHING if choice.ends_group else way.group):
                return True
            taken.pop()
        return False

    return taken if visit(0, NOTHING, NOTHING) else []


Sums = tuple[int, int, int, int]
NOTHING: Sums = (0, 0, 0, 0)


class Way:
    """A candidate seen from where the search stands: the sums with it, and their largest error."""

    __slots__ = ("cart", "error", "group", "own", "whole")

    def __init__(self, choice: Choice, candidate: tuple[int, int, int, Whole], cart: Sums, group: Sums) -> None:
        t, d, x, self.whole = candidate
        self.cart = (cart[0] + choice.error, cart[1] + t, cart[2] + d, cart[3] + x)
        self.group = (group[0] + choice.error, group[1] + t, group[2] + d, group[3] + x)
        self.own = worst(*self.group)
        self.error = max(self.own, worst(*self.cart), abs(self.cart[2]), abs(self.cart[3]))


def turned(choices: Sequence[Choice]) -> list[Choice]:
    """The same groups in the same order, the charges in each from last to first."""
    groups: list[list[Choice]] = [[]]
    for choice in choices:
        groups[-1].append(Choice(choice.error, choice.candidates))
        if choice.ends_group:
            groups.append([])
    order = []
    for group in groups[:-1]:
        group.reverse()
        group[-1].ends_group = True
        order.extend(group)
    return order


def turned_back(taken: Sequence[Whole], choices: Sequence[Choice]) -> list[Whole]:
    order: list[Whole] = []
    start = 0
    for end, choice in enumerate(choices):
        if choice.ends_group:
            order.extend(reversed(taken[start : end + 1]))
            start = end + 1
    return order


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
