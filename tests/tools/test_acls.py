"""kafka-acls: its command line, the rules that it makes, and a broker that has none."""

from __future__ import annotations

import pytest

from kcli.cli.errors import CommandError
from kcli.cli.joptsimple import parse
from kcli.cli.main import guard
from kcli.cli.refusal import Refusal
from kcli.client.acl_rules import Entry, Pattern
from kcli.testing.broker import InProcessBroker
from kcli.tools.acls import _Acls, run
from kcli.tools.acls_options import TABLE, check, rules_to_add, rules_to_remove
from tests.cli.support import Recorded

SERVER = "--bootstrap-server localhost:1 "
TOPIC, GROUP = Pattern("TOPIC", "t", "LITERAL"), Pattern("GROUP", "g", "LITERAL")


def allow(operation: str, host: str = "*") -> Entry:
    return Entry("User:u", host, operation, "ALLOW")


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("--allow-principal User:u --topic t", {TOPIC: [allow("ALL")]}),
        (
            "--allow-principal User:u --operation read --operation DescribeConfigs --topic t --group g",
            {TOPIC: [allow("READ"), allow("DESCRIBE_CONFIGS")], GROUP: [allow("READ"), allow("DESCRIBE_CONFIGS")]},
        ),
        (
            "--allow-principal User:u --allow-host h --deny-principal User:v --operation Read --topic t",
            {TOPIC: [allow("READ", "h"), Entry("User:v", "*", "READ", "DENY")]},
        ),
        (
            "--allow-principal User:u --producer --topic t --idempotent",
            {
                TOPIC: [allow("WRITE"), allow("DESCRIBE"), allow("CREATE")],
                Pattern("CLUSTER", "kafka-cluster", "LITERAL"): [allow("IDEMPOTENT_WRITE")],
            },
        ),
        (
            "--allow-principal User:u --producer --consumer --topic t --group g --transactional-id x",
            {
                TOPIC: [allow("WRITE"), allow("DESCRIBE"), allow("CREATE"), allow("READ")],
                Pattern("TRANSACTIONAL_ID", "x", "LITERAL"): [allow("WRITE"), allow("DESCRIBE")],
                GROUP: [allow("READ")],
            },
        ),
        (
            "--allow-principal User:u --operation Write --topic t --resource-pattern-type Prefixed",
            {Pattern("TOPIC", "t", "PREFIXED"): [allow("WRITE")]},
        ),
    ],
)
def test_rules_to_add(line: str, rules: dict[Pattern, list[Entry]]) -> None:
    assert rules_to_add(parse(TABLE, line.split())) == rules


def test_removing_all_rules_of_a_resource() -> None:
    assert rules_to_remove(parse(TABLE, ["--topic", "t"])) == {TOPIC: []}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "--topic t --allow-principal User:u --operation IdempotentWrite",
            "ResourceType TOPIC only supports operations [",
        ),
        ("--topic t --allow-principal User:u --operation Nonesuch", "ResourceType TOPIC only supports operations ["),
        ("--group g --allow-principal User:u --operation Write", "ResourceType GROUP only supports operations ["),
        ("--topic t", "You must specify one of: --allow-principal, --deny-principal when trying to add ACLs."),
        ("--allow-principal User:u", "You must provide at least one resource: --topic <topic> or --cluster or "),
        (
            "--topic t --resource-pattern-type match",
            "A '--resource-pattern-type' value of 'MATCH' is not valid when add",
        ),
    ],
)
def test_rules_that_make_no_sense(line: str, says: str) -> None:
    with pytest.raises(Refusal) as error:
        rules_to_add(parse(TABLE, line.split()))
    assert error.value.message.startswith(says)


def test_a_principal_has_a_type() -> None:
    with pytest.raises(CommandError, match=r"^expected a string in format principalType:principalName but got u$"):
        rules_to_add(parse(TABLE, ["--topic", "t", "--allow-principal", "u"]))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("--list", "One of --bootstrap-server or --bootstrap-controller must be specified"),
        (
            f"{SERVER} --list --bootstrap-controller c:1",
            "Only one of --bootstrap-server or --bootstrap-controller must be",
        ),
        (SERVER, "Command must include exactly one action: --list, --add, --remove."),
        (f"{SERVER} --add --list", "Command must include exactly one action: --list, --add, --remove."),
        (f"{SERVER} --list --producer", 'Option "[list]" can\'t be used with option "[producer]"'),
        (f"{SERVER} --add --consumer --operation Read", 'Option "[consumer]" can\'t be used with option "[operation]"'),
        (f"{SERVER} --add --principal User:u", "The --principal option is only available if --list is set"),
        (f"{SERVER} --add --producer --group g", "With --producer you must specify a --topic"),
        (f"{SERVER} --add --idempotent --topic t", "The --idempotent option is only available if --producer is set"),
        (
            f"{SERVER} --add --consumer --topic t",
            "With --consumer you must specify a --topic and a --group and no --cluster",
        ),
        (f"{SERVER} --add --consumer --topic t --group g --cluster", "With --consumer you must specify a --topic and"),
    ],
)
def test_options_that_make_no_sense(line: str, says: str) -> None:
    with pytest.raises(Refusal) as error:
        check(parse(TABLE, line.split()))
    assert error.value.message.startswith(says)


@pytest.mark.parametrize(
    "words",
    [
        ["--authorizer", "kafka.security.authorizer.AclAuthorizer", "--authorizer-properties", "zookeeper.connect=z:1"],
        ["--authorizer-properties", "zookeeper.connect=z:1"],
        ["--zk-tls-config-file", "zookeeper.properties", "--bootstrap-server", "localhost:1"],
    ],
)
def test_what_is_gone_is_refused_in_one_line(words: list[str]) -> None:
    environment = Recorded(program="kafka-acls")
    assert guard(run, ["--list", *words], environment) == 1
    assert environment.err.startswith(f"{words[0]} is gone: ")
    assert environment.err.count("\n") == 1


class NoDeletions:
    """Whoever asks it to delete has not been told to."""

    def delete_acls(self, filters: object) -> None:
        raise AssertionError(filters)


def test_no_is_an_answer() -> None:
    parsed = parse(TABLE, ["--remove", "--topic", "t", "--allow-principal", "User:u", "--operation", "Read"])
    environment = Recorded(stdin=b"n\n")
    _Acls(NoDeletions(), parsed, environment).do("remove")  # type: ignore[arg-type]
    assert environment.out == (
        "Are you sure you want to remove ACLs: \n"
        " \t(principal=User:u, host=*, operation=READ, permissionType=ALLOW)\n"
        " from resource filter `ResourcePattern(resourceType=TOPIC, name=t, patternType=LITERAL)`? (y/n)\n"
    )


def test_nobody_to_answer() -> None:
    environment = Recorded()
    with pytest.raises(CommandError, match="Nobody answered"):
        _Acls(NoDeletions(), parse(TABLE, ["--remove", "--topic", "t"]), environment).do("remove")  # type: ignore[arg-type]


def test_a_broker_that_has_no_rules_says_so_in_one_line() -> None:
    with InProcessBroker() as broker:
        environment = Recorded(program="kafka-acls")
        code = guard(run, ["--bootstrap-server", broker.bootstrap_servers, "--list"], environment)
    assert (code, environment.err) == (1, "")
    (line,) = environment.out.split("\n")[:-2]
    assert line.startswith("Error while executing ACL command: org.apache.kafka.common.errors.")
