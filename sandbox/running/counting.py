"""How much of an exclusion in force is found in its source: a number, counted behind the door of that source.

A list that is written in another way than the source writes it leaves nobody out, and a run can't tell that from a list
of people who were never there. What is compared is what a run compares: the identifiers come as the broker brings them
to a run, and the comparison is the one of the query check, made in its jail. Only what is signed and in force can be
counted, and two numbers are all that is told.
"""

from __future__ import annotations

from importlib import import_module

import msgspec

from sandbox.checks.exclusions import domain_of
from sandbox.checks.facts import CheckedQuery, Exclusion, Grant, RowScope, Schema
from sandbox.checks.worker import Checks
from sandbox.dictionary import schema_of
from sandbox.errors import Fault, ProcessDied, RecordRefused
from sandbox.jail import Limits, Role, door_is_a_child, spawn
from sandbox.keystore import open_keystore
from sandbox.matching.key_lists import LISTS_KEY, as_keys, open_list
from sandbox.messages.desk import Counted, CountListed
from sandbox.messages.frames import BadFrame, ChannelClosed, ChannelTimeout
from sandbox.records import AuditLog, Trust, load_dictionary
from sandbox.review.excluding import read_in_force
from sandbox.review.setting_up import machine_key
from sandbox.sources import Source, connect, quoted
from sandbox.workspace import Workspace

from .broker import confine_to, login_of
from .desk_line import DeskLine
from .errand import CountOf, Stored
from .limits import CHECK_SECONDS, LIBRARIES_MB, WARM_SECONDS
from .made_up import check_made_up

EVENT = "exclusions.compared"


def count_listed(workspace: Workspace, desk: DeskLine, order: CountListed) -> None:
    """Compare one exclusion with its source.

    1. It is in force: signed, and named by the newest entry of a log that agrees with its pinned head.
    2. Its query is checked and written in a jail, while nothing worth having is here.
    3. Only then are the login of its source and its list fetched, and no others.
    4. This process confines itself as for a look; where none can, one that was started confined does what follows.
    """
    import_module("sandbox.running.queries")  # before the door is confined
    keystore = open_keystore(workspace)
    in_force = read_in_force(workspace, keystore)  # (1)
    one = in_force.at(order.place)
    schema = schema_of(load_dictionary(workspace, Trust.open(workspace, keystore), [one.source]))
    errand = _errand(workspace, one, schema)  # (2)
    if door_is_a_child():
        from .outside import hand_over

        return hand_over(workspace, desk, errand, keystore)
    login = login_of(keystore, errand.source)
    listed: tuple[str, ...] = ()
    if errand.keys is not None:
        listed = open_list(workspace, machine_key(keystore, LISTS_KEY), errand.keys)  # (3)
    del keystore
    confine_to(workspace, (errand.source,), (), desk.descriptors)  # (4)
    return count_behind(workspace, desk, errand, login, listed)


def count_behind(
    workspace: Workspace, desk: DeskLine, errand: CountOf, login: str | None, listed: tuple[str, ...]
) -> None:
    """The same behind the door."""
    name = errand.source.name
    with connect(errand.source, login) as source:
        check_made_up(workspace, name, source)
        found = _count(source, errand, listed)
    AuditLog(workspace.audit_log).append(EVENT, source=name)
    desk.tell(Counted(identifiers=len(listed), found=found))


def _count(source: Source, errand: CountOf, listed: tuple[str, ...]) -> int:
    import pyarrow as pa

    from .queries import stored_type

    if errand.keys is None:
        (row,) = source.read(errand.query.narrowed).read_all().to_pylist()
        return int(row["n"])
    ((relation, _),) = errand.query.keys.items()
    keys = pa.table({"k": as_keys(listed, stored_type(source, errand.stored.table, errand.stored.column))})
    # Each identifier is counted, not each row: two that are one number in the source, "7" and "007", are both there.
    sql = f'SELECT count(*) AS n FROM {quoted(relation)} AS listed WHERE listed."k" IN ({errand.query.narrowed})'
    (row,) = source.read(sql, relations={relation: keys}).read_all().to_pylist()
    return int(row["n"])


def _errand(workspace: Workspace, one: Exclusion, schema: Schema) -> CountOf:
    facts = schema.table(one.table)
    if facts is None or domain_of(one, schema) is None:
        raise RecordRefused(
            f"The exclusion {one.words!r} rests on the patient key of {one.table}, which is signed no more.",
            "Sign the table again, or remove the exclusion.",
        )
    name = one.identifier or one.key
    column = facts.every_column.get(name)
    if column is None:
        raise RecordRefused(f"{one.table} has no signed column {name} any more.", "Sign the table again.")
    return CountOf(
        source=workspace.source(one.source),
        query=_query(one, schema),
        stored=Stored(table=facts.physical, column=column.physical or name),
        keys=one.keys,
    )


def _query(one: Exclusion, schema: Schema) -> CheckedQuery:
    """The rows whose patients it leaves out, as a row scope: the same comparison, cast for cast, as in a narrowing."""
    name = one.identifier or one.key
    key, wanted = quoted(one.key), quoted(name)
    place = quoted(*one.table.split(".", 1))
    scope = RowScope(words=one.words, condition=one.condition, columns=one.columns)
    sql = f"SELECT count(DISTINCT {key}) AS n FROM {place}"
    if one.keys is not None:
        scope = RowScope(words=one.words, key=name, keys=one.keys, columns=one.columns)
        sql = f"SELECT {wanted} FROM {place} WHERE {key} IS NOT NULL"
    grant = Grant(tables={one.table: tuple(dict.fromkeys((one.key, name)))}, rows={one.table: (scope,)})
    with spawn(Role.CHECKS, limits=Limits(memory_mb=LIBRARIES_MB, cpu_seconds=int(WARM_SECONDS))) as child:
        worker = Checks(child.channel, seconds=CHECK_SECONDS)
        try:
            worker.prepare(_readable(schema, one, name), grant, seconds=WARM_SECONDS)
            return worker.query(sql)
        except (ChannelClosed, ChannelTimeout, BadFrame) as problem:
            raise ProcessDied(f"The check of the exclusion {child.how_it_ended()}.") from problem


def _readable(schema: Schema, one: Exclusion, name: str) -> Schema:
    """The table with what is counted in it: no program may have these columns, and none is asking."""
    facts = schema.table(one.table)
    if facts is None:
        raise Fault("An exclusion has lost its table.")
    every = facts.every_column
    plain = {name: msgspec.structs.replace(every[name], given="full", key="none", derivation="none")}
    key = {one.key: msgspec.structs.replace(every[one.key], given="token", derivation="none")}
    columns = {**plain, **key}
    unseen = {other: column for other, column in every.items() if other not in columns}
    table = msgspec.structs.replace(facts, columns=columns, unseen=unseen)
    return Schema(tables={one.table: table}, dialects=schema.dialects)
