"""The value of a resource expression such as `max(cpu*50%, 100m)`."""

from collections.abc import Mapping

from sidecarctl.sidecarset.arithmetic import (
    FUNCTIONS,
    Amount,
    InvalidExpression,
    difference,
    is_negative,
    negated,
    product,
    quotient,
    total,
)
from sidecarctl.sidecarset.expressiontokens import Token, TokenKind, latin_text, token_after
from sidecarctl.upstream.go.numbers import general_text
from sidecarctl.upstream.quantity import InvalidQuantity, Quantity, parse


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
