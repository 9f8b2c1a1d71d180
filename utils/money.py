"""Money: integer minor units inside, a JSON number in major units on the wire.

Exponents are those of ISO 4217. `CHARGE_STEPS` lists the currencies whose smallest charged amount is larger
than their minor unit: gateways take IDR in whole rupiah although its exponent is 2.
"""

from decimal import Decimal, InvalidOperation

from utils.errors import AppError

EXPONENTS: dict[str, int] = {
    **dict.fromkeys("bif clp djf gnf isk jpy kmf krw pyg rwf ugx uyi vnd vuv xaf xof xpf".split(), 0),
    **dict.fromkeys("bhd iqd jod kwd lyd omr tnd".split(), 3),
}
CHARGE_STEPS: dict[str, int] = {"idr": 100}
SCALES = (1, 10, 100, 1000)
LARGEST_MINOR = 10**15  # far above any price, and still exact as a JSON number in major units


class InvalidAmount(AppError):
    code, kind = "invalid_amount", "invalid"
    message = "{amount} is not an amount in {currency_code}: it may have {digits} decimal digits at the most."


def exponent(currency: str) -> int:
    """How many decimal digits the currency's minor unit has (ISO 4217; 2 unless listed)."""
    return EXPONENTS.get(currency, 2)


def charge_step(currency: str) -> int:
    """The smallest amount that is charged, in minor units."""
    return CHARGE_STEPS.get(currency, 1)


def to_major(minor: int, currency: str) -> int | float:
    """Minor units as a JSON number in major units; whole amounts stay integers."""
    return in_wholes(minor, scale(currency))


def in_wholes(count: int, parts: int) -> int | float:
    """So many parts, of which `parts` make a whole, as a JSON number; whole ones stay integers."""
    return count / parts if count % parts else count // parts


def scale(currency: str) -> int:
    """How many minor units make a major one."""
    return SCALES[EXPONENTS.get(currency, 2)]


def to_minor(amount: int | float | str, currency: str) -> int:
    """A number in major units as minor units; InvalidAmount when it has more digits than the currency."""
    digits = exponent(currency)
    try:
        scaled = Decimal(str(amount)).scaleb(digits)
        if scaled != scaled.to_integral_value() or abs(scaled) > LARGEST_MINOR:
            raise InvalidAmount(amount=str(amount), currency_code=currency, digits=digits)
    except InvalidOperation:
        raise InvalidAmount(amount=str(amount), currency_code=currency, digits=digits) from None
    return int(scaled)
