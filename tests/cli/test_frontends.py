"""Both front ends understand a command line alike: the short road (hotargs) and typer's.

The short road may give up on what it does not know; what it does read must be what typer reads.
"""

import shlex

import pytest
from doors.shell import COMMANDS, Command, Exit, Option, quick_parse, typer_parse

READ_BY_BOTH = """
inject
inject a.yaml
inject -
inject a.yaml b.yaml - c.yaml
inject -f a.yaml --filename b.yaml --filename=c.yaml d.yaml
inject --sidecarset set.yaml --cluster=dir --sidecarset=other.yaml
inject -q -i -R a
inject --quiet --in-place --recursive a
inject -q -q
inject -o json a.yaml
inject --output json-patch --output yaml
inject --output=name a.yaml -l app=web
inject -l 'app in (a,b)' --selector=tier!=db
inject -n shop --only-namespace a --only-namespace b
inject --jobs 4 --jobs 007 --shard 1/2
inject --jobs=0
inject --jobs 1024
plan --rounds 999999999 --step 7
inject --from old.yaml --as-pods
inject --feature-gates A=true,B=false --kruise-version 1.9
inject --template-path Rocket.example.com=spec.template
inject --report json --report json=report.json --color never
inject --timestamp now --verify off --running-pods inject --system-namespaces include
inject --max-document 5Mi --keep-going --allow-empty --no-validate --defaults
inject --choose-revision a=latest --config ci.yaml --output-dir out
inject --only-changed --drop-sidecarsets --kind Pod --kind Job
inject --sidecarset '' a.yaml
inject --output-dir= a.yaml
inject --filename=a=b.yaml
inject 名前.yaml 'with space.yaml'
inject --sidecarset --quiet
inject -f -q
inject -f -
diff a.yaml --verify fast
diff --sidecarset set.yaml -R . --jobs 2
uninject --from old.yaml --partial a.yaml -o merge-patch
uninject -i -R .
admit -o hash --to v1beta1 set.yaml
admit
version
"""

LEFT_TO_TYPER = """
injekt
--help
-h
inject --help
inject -h
inject a.yaml --nope
inject -iq a.yaml
inject -fa.yaml
inject -ojson
inject -f=a.yaml
inject -- -a.yaml
inject --output xml
inject --jobs many
inject --jobs -1
inject --jobs 1.5
inject --jobs ٣
inject --jobs ''
inject --jobs 1025
inject --jobs 99999999999999999999
plan --rounds 1000000000
inject --sidecarset
inject -f
inject --quiet=true
inject --in-pl
inject --color=
version now
version --quiet
diff -i a.yaml
diff -o json
admit --jobs 2
"""


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize("line", lines(READ_BY_BOTH))
def test_reads_what_typer_reads(line: str) -> None:
    assert quick_parse(shlex.split(line)) == typer_parse(shlex.split(line))


@pytest.mark.parametrize("line", ["", *lines(LEFT_TO_TYPER)])
def test_leaves_the_rest_to_typer(line: str) -> None:
    assert quick_parse(shlex.split(line)) is None
    typer_parse(shlex.split(line))


@pytest.mark.parametrize("digits", ["9" * 4_000, "9" * 5_000, "0" * 5_000])
def test_a_number_of_thousands_of_digits_is_a_mistake(digits: str) -> None:
    assert quick_parse(["inject", "--jobs", digits]) is None
    assert typer_parse(["inject", "--jobs", digits]) == Exit.USAGE


EVERY_OPTION = [(command, option) for command in COMMANDS.values() for option in command.options]


@pytest.mark.parametrize(("command", "option"), EVERY_OPTION, ids=lambda each: each.name)
def test_reads_every_option(command: Command, option: Option) -> None:
    names = [f"--{option.name}", *([f"-{option.short}"] if option.short else [])]
    values = {"flag": [], "count": ["3"], "text": ["v"], "texts": ["v"]}[option.kind]
    given = list(option.choices[:1]) or values
    for name in names:
        arguments = [command.name, name, *given]
        assert quick_parse(arguments) == typer_parse(arguments)
