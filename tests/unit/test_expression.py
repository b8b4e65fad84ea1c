import pytest
from doors.sidecarset import Amount, InvalidExpression, as_quantity, evaluated
from doors.upstream import parse


def value(expression: str, cpu: str = "1") -> str:
    return str(as_quantity(evaluated(expression, {"cpu": parse(cpu)})))


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("2+3*4", "14"),
        ("(2+3)*4", "20"),
        ("8/2/2", "2"),
        ("7-2-1", "4"),
        ("2--1", "3"),
        ("cpu*50%", "500m"),
        ("cpu*(50%+10%)", "600m"),
        ("CPU*0.5", "500m"),
        ("max(cpu, 2)", "2"),
        ("MIN(cpu,2)", "1"),
        (" cpu\t+ 1 ", "2"),
        ("100m", "100m"),
        ("cpu+10x", "1"),
        ("1\x00garbage", "1"),
    ],
)
def test_values(expression: str, shown: str) -> None:
    assert value(expression) == shown


@pytest.mark.parametrize("expression", ["10x", "0.5cpu", "1u", "5E", "5e", ".", "10Kib"])
def test_a_number_that_cannot_be_read_is_zero_without_a_word(expression: str) -> None:
    assert value(expression) == "0"


@pytest.mark.parametrize(
    ("expression", "cpu", "shown"),
    [
        ("cpu*0.29", "100m", "28m"),
        ("cpu*0.57", "100m", "56m"),
        ("cpu/3", "1", "333m"),
        ("cpu*0.3333", "1048576k", "349490380800m"),
    ],
)
def test_products_are_cut_after_floating_point_arithmetic(expression: str, cpu: str, shown: str) -> None:
    assert value(expression, cpu) == shown


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("cpu", "1.500"),
        ("(cpu)", "1.500"),
        ("max(cpu,0)", "1.500"),
        ("cpu+0", "1500m"),
        ("cpu*1", "1500m"),
        ("--cpu", "1500m"),
    ],
)
def test_what_is_only_passed_on_keeps_its_text(expression: str, shown: str) -> None:
    assert value(expression, "1.500") == shown


@pytest.mark.parametrize(
    ("expression", "amount", "shown"),
    [
        ("100M+cpu", "1Gi", "1173741824"),
        ("0+cpu", "1Gi", "1Gi"),
        ("cpu-1Gi", "1Gi", "0"),
        ("max(cpu*0.5,64Mi)", "100Mi", "64Mi"),
        ("cpu*0.1", "1Gi", "107374182400m"),
    ],
)
def test_formats(expression: str, amount: str, shown: str) -> None:
    assert value(expression, amount) == shown


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("cpu*cpu", "multiplication of two quantities"),
        ("1/cpu", "division by quantity"),
        ("cpu/0", "division by zero"),
        ("1/0", "division by zero"),
        ("cpu-2", "calculation result is negative: -1"),
        ("-0.5", "calculation result is negative: -0.5"),
        ("-1500000", "calculation result is negative: -1.5e+06"),
        ("max(cpu)", "max function requires exactly 2 arguments, got 1"),
        ("foo(1,2)", "unknown function: foo"),
        ("Memory", "undefined variable: memory"),
        ("cpu*", "parse error: syntax error at line 1, col 5"),
        ("", "parse error: syntax error at line 1, col 1"),
    ],
)
def test_reasons_are_the_calculator_s(expression: str, reason: str) -> None:
    with pytest.raises(InvalidExpression) as refused:
        value(expression)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    "expression",
    ["+1", "max(1,2,3)", "100%%", "1.2.3", "1 000", "5Ei", "1e3m", "cpu)", "#", "(" * 5000, "-" * 5000, "10P*0.5"],
)
def test_has_no_value(expression: str) -> None:
    with pytest.raises(InvalidExpression):
        value(expression)


@pytest.mark.parametrize("expression", ["cpu*1e30", "1e400", "1e400-1e400"])
def test_what_leaves_64_bits_is_refused_rather_than_wrapped(expression: str) -> None:
    with pytest.raises(InvalidExpression):
        value(expression)


def test_a_variable_may_be_a_plain_number() -> None:
    amount: Amount = 1.0
    assert evaluated("cpu*cpu+1/cpu", {"cpu": amount}) == 2.0


def test_a_very_long_expression_is_refused() -> None:
    with pytest.raises(InvalidExpression, match="parse error: longer than 100,000 characters"):
        evaluated("cpu+" * 30_000 + "cpu", {"cpu": parse("1")})
