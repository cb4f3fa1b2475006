"""kafka-acls: its command line, the rules that it makes, and a broker that has none."""

from __future__ import annotations

import pytest

from kcli.cli.errors import CommandError
from kcli.cli.joptsimple import parse
from kcli.cli.main import guard
from kcli.cli.refusal import Refusal
from kcli.client.acl_rules import ANY_ENTRY, ANY_PATTERN, Entry, Pattern, Rule, matches, pattern_matches
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


ZOOKEEPER = "--authorizer-properties zookeeper.connect=localhost:1 "
ACL_AUTHORIZER = "kafka.security.authorizer.AclAuthorizer"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (f"--authorizer {ACL_AUTHORIZER} --list", 'Missing required argument "[authorizer-properties]"'),
        ("--zk-tls-config-file f --list", 'Missing required argument "[authorizer-properties]"'),
        (
            f"{ZOOKEEPER} --list --command-config f",
            "The --command-config option can only be used with --bootstrap-server",
        ),
        (f"{ZOOKEEPER} --add --list", "Command must include exactly one action: --list, --add, --remove."),
        (f"{SERVER} --authorizer x --list", "Only one of --bootstrap-server or --authorizer must be specified"),
        (
            f"{SERVER} {ZOOKEEPER} --list",
            "The --authorizer-properties option can only be used with --authorizer option",
        ),
        (
            f"--bootstrap-controller c:1 --authorizer {ACL_AUTHORIZER} {ZOOKEEPER} --list",
            "Only one of --bootstrap-controller or --authorizer must be specified",
        ),
    ],
)
def test_options_for_zookeeper_that_make_no_sense(line: str, says: str) -> None:
    with pytest.raises(Refusal) as error:
        check(parse(TABLE, line.split()))
    assert error.value.message.startswith(says)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("--authorizer-properties zookeeper.connect --list", "Missing value for key zookeeper.connect"),
        (
            "--authorizer-properties a=b --list",
            "Missing required configuration `zookeeper.connect` which has no default value.",
        ),
        (
            f"--authorizer com.example.Other {ZOOKEEPER} --list",
            f"--authorizer com.example.Other: this tool reads and writes the rules of {ACL_AUTHORIZER} only; for those"
            " of others use --bootstrap-server",
        ),
        (f"{ZOOKEEPER} --zk-tls-config-file /nonesuch --list", "java.nio.file.NoSuchFileException: /nonesuch"),
        (f"{ZOOKEEPER} --list", "Cannot connect to localhost:1: Connection refused"),
        (f"{ZOOKEEPER} --list --principal u", "expected a string in format principalType:principalName but got u"),
    ],
)
def test_what_is_wrong_with_zookeeper_is_said_in_one_line(line: str, says: str) -> None:
    environment = Recorded(program="kafka-acls")
    assert guard(run, line.split(), environment) == 1
    assert environment.out == f"Error while executing ACL command: {says}\n\n"
    (warning,) = environment.err.splitlines()
    assert warning.startswith("Warning: support for ACL configuration directly through the authorizer is deprecated")


def test_rules_that_brokers_on_zookeeper_do_not_know() -> None:
    line = "--allow-principal User:u --operation TwoPhaseCommit --transactional-id x"
    assert rules_to_add(parse(TABLE, line.split()))
    with pytest.raises(
        Refusal, match=r"ResourceType TRANSACTIONAL_ID only supports operations \[DESCRIBE, WRITE, ALL\]"
    ):
        rules_to_add(parse(TABLE, f"{ZOOKEEPER} {line}".split()))


def test_tls_settings_for_zookeeper_do_not_matter_to_brokers() -> None:
    """As in 3.9.1, whose tool says nothing of it."""
    environment = Recorded(program="kafka-acls")
    words = ["--bootstrap-server", "localhost:1", "--zk-tls-config-file", "/nonesuch", "--list"]
    assert guard(run, words, environment) == 1
    assert environment.err == "--zk-tls-config-file is ignored: it goes with --authorizer-properties\n"
    assert "Cannot connect to localhost:1" in environment.out


def test_zookeeper_goes_before_brokers_in_the_environment() -> None:
    environment = Recorded(program="kafka-acls", variables={"KAFKA_BOOTSTRAP_SERVERS": "localhost:2"})
    assert guard(run, f"{ZOOKEEPER} --list".split(), environment) == 1
    assert "Cannot connect to localhost:1: " in environment.out


def pattern(text: str) -> Pattern:
    return Pattern(*text.split())


@pytest.mark.parametrize(
    ("which", "found"),
    [
        ("ANY * ANY", ["TOPIC * LITERAL", "GROUP * LITERAL"]),
        ("TOPIC ab LITERAL", ["TOPIC ab LITERAL"]),
        ("TOPIC ab PREFIXED", ["TOPIC ab PREFIXED"]),
        ("TOPIC ab ANY", ["TOPIC ab LITERAL", "TOPIC ab PREFIXED"]),
        ("TOPIC ab MATCH", ["TOPIC ab LITERAL", "TOPIC ab PREFIXED", "TOPIC a PREFIXED", "TOPIC * LITERAL"]),
        ("GROUP ab MATCH", ["GROUP * LITERAL"]),
        ("USER ab MATCH", []),
    ],
)
def test_filters_of_patterns(which: str, found: list[str]) -> None:
    known = ["TOPIC ab LITERAL", "TOPIC ab PREFIXED", "TOPIC a PREFIXED", "TOPIC abc PREFIXED", "TOPIC * LITERAL",
             "GROUP * LITERAL"]  # fmt: skip
    assert [text for text in known if pattern_matches(pattern(which), pattern(text))] == found


def test_filters_of_rules() -> None:
    rule = Rule(TOPIC, allow("READ", "h"))
    for entry in (ANY_ENTRY, rule.entry, ANY_ENTRY._replace(host="h"), ANY_ENTRY._replace(permission="ALLOW")):
        assert matches(Rule(ANY_PATTERN, entry), rule)
    for entry in (ANY_ENTRY._replace(principal="User:v"), ANY_ENTRY._replace(operation="WRITE"), allow("READ")):
        assert not matches(Rule(ANY_PATTERN, entry), rule)


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
