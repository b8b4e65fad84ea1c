"""Resource expressions such as `max(cpu*50%, 100m)`: tokens, parser, arithmetic.

Upstream: LEX; CALC
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.upstream.go.numbers import INT64_MAX, INT64_MIN, general_text
from sidecarctl.upstream.quantity import InvalidQuantity, Quantity, from_milli, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def evaluated(expression: str, variables: Mapping[str, Amount]) -> Amount:
    """The value of an expression, variables being looked up in lower case; InvalidExpression where it has none.

    Upstream: CALC Parse, GRAM
    """
    if len(expression) > _LONGEST:
        raise InvalidExpression(f"parse error: longer than {_LONGEST:,} characters")
    reader = _Reader(latin_text(expression), variables)
    try:
        amount = reader.sum()
        reader.expect(TokenKind.END, "")
    except InvalidQuantity as refused:
        raise InvalidExpression(str(refused)) from refused
    if is_negative(amount):
        shown = str(amount) if isinstance(amount, Quantity) else general_text(amount)
        raise InvalidExpression(f"calculation result is negative: {shown}")
    return amount


_LONGEST = 100_000  # characters; a limit of our own, as the next one is


_DEEPEST = 100  # brackets and minus signs within each other


class _Reader:
    """Reads from left to right with one token of foresight, and calculates as it goes: the first error wins."""

    def __init__(self, text: str, variables: Mapping[str, Amount]) -> None:
        self._text = text
        self._variables = variables
        self._next: Token | None = None
        self._position = 0
        self._depth = 0

    def sum(self) -> Amount:
        amount = self._product()
        while symbol := self._taken("+", "-"):
            amount = (total if symbol == "+" else difference)(amount, self._product())
        return amount

    def expect(self, kind: TokenKind, text: str) -> None:
        token = self._take()
        if (token.kind, token.text) != (kind, text):
            raise _syntax_error(token)

    def _product(self) -> Amount:
        amount = self._factor()
        while symbol := self._taken("*", "/"):
            amount = (product if symbol == "*" else quotient)(amount, self._factor())
        return amount

    def _factor(self) -> Amount:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise InvalidExpression("parse error: nested too deeply")
        amount = self._amount_of(self._take())
        self._depth -= 1
        return amount

    def _amount_of(self, token: Token) -> Amount:
        match token:
            case Token(TokenKind.NUMBER, text):
                return _number(text)
            case Token(TokenKind.QUANTITY, text):
                return parse(text)
            case Token(TokenKind.NAME, text):
                return self._call(text.lower()) if self._taken("(") else self._variable(text.lower())
            case Token(TokenKind.SYMBOL, "("):
                amount = self.sum()
                self.expect(TokenKind.SYMBOL, ")")
                return amount
            case Token(TokenKind.SYMBOL, "-"):
                return negated(self._factor())
            case _:
                raise _syntax_error(token)

    def _variable(self, name: str) -> Amount:
        if name not in self._variables:
            raise InvalidExpression(f"undefined variable: {name}")
        return self._variables[name]

    def _call(self, name: str) -> Amount:
        first = self.sum()
        second = self.sum() if self._taken(",") else None
        self.expect(TokenKind.SYMBOL, ")")
        if name not in FUNCTIONS:
            raise InvalidExpression(f"unknown function: {name}")
        if second is None:
            raise InvalidExpression(f"{name} function requires exactly 2 arguments, got 1")
        return FUNCTIONS[name](first, second)

    def _taken(self, *symbols: str) -> str:
        """The next token's text where it is one of these symbols, which is then used up; else nothing."""
        token = self._peek()
        if token.kind is not TokenKind.SYMBOL or token.text not in symbols:
            return ""
        self._next = None
        return token.text

    def _take(self) -> Token:
        token = self._peek()
        self._next = None
        return token

    def _peek(self) -> Token:
        if self._next is None:
            self._next = token_after(self._text, self._position)
            self._position = self._next.end
        return self._next


def _syntax_error(token: Token) -> InvalidExpression:
    return InvalidExpression(f"parse error: syntax error at line 1, col {token.end + 1}")


def _number(text: str) -> float:
    """What cannot be read is 0, without a word.

    Upstream: GRAM, the action of NUMBER
    """
    digits = text.removesuffix("%")
    try:
        number = float(digits)
    except ValueError:
        return 0.0
    if digits == text:
        return number
    return 0.0 if number == float("inf") else number / 100


class TokenKind(StrEnum):
    """What a token is; an operator, bracket or comma is its own text."""

    NUMBER = "number"
    QUANTITY = "quantity"
    NAME = "name"
    SYMBOL = "symbol"
    END = "end"


class Token(Record):
    """A token, and how many characters had been read when it ended."""

    kind: TokenKind
    text: str
    end: int


def token_after(text: str, start: int) -> Token:
    """The token that follows a position; a text is given as `latin_text` makes it."""
    while start < len(text) and text[start] in _BLANKS:
        start += 1
    if start == len(text) or text[start] == "\0":
        return Token(TokenKind.END, "", start)
    if text[start] in _DIGITS or text[start] == ".":
        return _number_token(text, start)
    if text[start].isalpha():
        end = _end_of_name(text, start)
        return Token(TokenKind.NAME, text[start:end], end)
    return Token(TokenKind.SYMBOL, text[start], start + 1)


def latin_text(expression: str) -> str:
    """The expression with each of its bytes as one character."""
    return expression.encode(errors="replace").decode("latin-1")


_DIGITS: Final = "0123456789"


_BLANKS: Final = "\t\n\v\f\r \x85\xa0"


_SUFFIXES: Final = frozenset({"m", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi"})


def _end_of_name(text: str, end: int) -> int:
    while end < len(text) and (text[end].isalpha() or text[end] in _DIGITS or text[end] == "_"):
        end += 1
    return end


def _number_token(text: str, start: int) -> Token:
    end = _end_of_number(text, start)
    number = text[start:end]
    suffix = number.lstrip("0123456789.eE+-")
    kind = TokenKind.QUANTITY if suffix in _SUFFIXES and suffix != number else TokenKind.NUMBER
    return Token(kind, number, end)


def _end_of_number(text: str, start: int) -> int:
    """Where a number stops: it may have one point, one exponent and one percent sign, and ends with any letters."""
    seen: set[str] = set()
    end = start
    while end < len(text):
        part = _part_of_number(text[end])
        if part == "letter" or (part == "exponent" and not seen.isdisjoint({"exponent", "percent"})):
            return end if text[end - 1] in "eE" else _end_of_letters(text, end)
        if not _may_follow(part, seen):
            return end
        seen.add(part)
        end += 1
        if part == "exponent" and text[end : end + 1] in {"+", "-"}:
            end += 1
    return end


def _part_of_number(character: str) -> str:
    if character in _DIGITS:
        return "digit"
    if character in "eE":
        return "exponent"
    return {".": "point", "%": "percent"}.get(character, "letter" if character.isalpha() else "")


def _may_follow(part: str, seen: set[str]) -> bool:
    if part == "point":
        return seen.isdisjoint({"point", "exponent", "percent"})
    return part == "digit" or (bool(part) and part not in seen)


def _end_of_letters(text: str, end: int) -> int:
    while end < len(text) and text[end].isalpha():
        end += 1
    return end


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
