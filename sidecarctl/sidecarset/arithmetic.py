"""What a resource expression calculates with: plain numbers, and quantities.

Upstream: CALC
"""

from collections.abc import Callable
from typing import Final

from sidecarctl.upstream.quantity import INT64_MAX, INT64_MIN, Quantity, from_milli

Amount = float | Quantity


class InvalidExpression(ValueError):
    """The expression has no value; the message is the calculator's reason."""


def as_quantity(amount: Amount) -> Quantity:
    """A plain number cut to thousandths; a quantity as it is, its text included.

    InvalidExpression where it leaves 64 bits: upstream's overflow there is nobody's intention.
    """
    return amount if isinstance(amount, Quantity) else from_milli(_whole(amount * 1000))


def total(left: Amount, right: Amount) -> Amount:
    """Left plus right; a zero takes the other's format."""
    if isinstance(left, Quantity) or isinstance(right, Quantity):
        return as_quantity(left).plus(as_quantity(right))
    return left + right


def difference(left: Amount, right: Amount) -> Amount:
    """Left minus right."""
    if isinstance(left, Quantity) or isinstance(right, Quantity):
        return as_quantity(left).minus(as_quantity(right))
    return left - right


def negated(amount: Amount) -> Amount:
    """As much below zero as it was above."""
    return amount.negated() if isinstance(amount, Quantity) else -amount


def product(left: Amount, right: Amount) -> Amount:
    """Left times right, of which one at most may be a quantity."""
    if isinstance(left, Quantity):
        if isinstance(right, Quantity):
            raise InvalidExpression("multiplication of two quantities")
        return from_milli(_whole(float(left.milli()) * right), left.format)
    if isinstance(right, Quantity):
        return from_milli(_whole(float(right.milli()) * left), right.format)
    return left * right


def quotient(left: Amount, right: Amount) -> Amount:
    """Left divided by right, which must be a plain number."""
    if isinstance(right, Quantity):
        raise InvalidExpression("division by quantity")
    if right == 0:
        raise InvalidExpression("division by zero")
    if isinstance(left, Quantity):
        return from_milli(_whole(float(left.milli()) / right), left.format)
    return left / right


def larger(left: Amount, right: Amount) -> Amount:
    """The larger one, unchanged; the left one of equals."""
    return right if _sign_of_difference(left, right) < 0 else left


def smaller(left: Amount, right: Amount) -> Amount:
    """The smaller one, unchanged; the left one of equals."""
    return right if _sign_of_difference(left, right) > 0 else left


def is_negative(amount: Amount) -> bool:
    """Whether it is below zero."""
    return (amount.nano if isinstance(amount, Quantity) else amount) < 0


FUNCTIONS: Final[dict[str, Callable[[Amount, Amount], Amount]]] = {"max": larger, "min": smaller}


def _sign_of_difference(left: Amount, right: Amount) -> float:
    if isinstance(left, Quantity) or isinstance(right, Quantity):
        return as_quantity(left).nano - as_quantity(right).nano
    return (left > right) - (left < right)


def _whole(number: float) -> int:
    """The number without its fraction."""
    if not INT64_MIN <= number <= INT64_MAX:  # not a number at all, too
        raise InvalidExpression("the result does not fit into 64 bits of thousandths")
    return int(number)
