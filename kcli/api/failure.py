"""Turns an error into the response of any request, in one place.

Where the response has an error code of its own, that is set. Where it has one per topic, partition, group or resource
only, each item that the request named is answered with it: request and response name their items alike, so a response
array is filled from the request's array that shares a field with it (or that lists plain names or numbers). A module
whose response needs more than that has an `error_response` of its own.
"""

from __future__ import annotations

from typing import Any

from kcli.wire import errors
from kcli.wire.apis import response_class
from kcli.wire.errors import KafkaError
from kcli.wire.schema import Field, Struct

_ERROR_FIELDS = ("error_code", "error_message")


def error_response(body: Any, version: int, error: KafkaError) -> Any:
    """The response to `body` that says `error`."""
    response_type = response_class(body.API_KEY)
    response = response_type()
    _fill(response, response_type, response_type.SCHEMA.root, body, body.SCHEMA.root, version, error)
    return response


def has_error_field(structure: Struct, version: int) -> bool:
    return any(field.name == "error_code" and field.present(version) for field in structure.fields)


def _fill(
    target: Any, classes: Any, structure: Struct, source: Any, source_structure: Struct, version: int, error: KafkaError
) -> None:
    if has_error_field(structure, version):
        _put_error(target, structure, version, error)
        if structure is classes.SCHEMA.root:
            return
    for field in structure.fields:
        if field.struct is None or not field.array or not field.present(version):
            continue
        origin = _origin(field.struct, source_structure, version) if _carries_error(field.struct, version) else None
        if origin is not None:
            items = getattr(source, origin.name) or ()
            made = [_item(field.struct, classes, item, origin, version, error) for item in items]
            setattr(target, field.name, made)


def _item(structure: Struct, classes: Any, source: Any, origin: Field, version: int, error: KafkaError) -> Any:
    item = getattr(classes, structure.name)()
    if origin.struct is None:
        plain = (field for field in structure.fields if _names_item(field, version) and field.kind == origin.kind)
        setattr(item, next(plain).name, source)
        _put_error(item, structure, version, error)
        return item
    for name in _shared(structure, origin.struct, version):
        setattr(item, name, getattr(source, name))
    _fill(item, classes, structure, source, origin.struct, version, error)
    return item


def _put_error(target: Any, structure: Struct, version: int, error: KafkaError) -> None:
    target.error_code = error.code
    for field in structure.fields:
        if field.name == "error_message" and field.present(version) and error.code != errors.UNKNOWN_SERVER_ERROR:
            target.error_message = error.message


def _carries_error(structure: Struct, version: int) -> bool:
    return has_error_field(structure, version) or any(
        field.struct is not None and field.present(version) and _carries_error(field.struct, version)
        for field in structure.fields
    )


def _origin(structure: Struct, source: Struct, version: int) -> Field | None:
    """The request's array whose items the response array answers."""
    arrays = [field for field in source.fields if field.array and field.present(version)]
    for field in arrays:
        if field.struct is not None and _shared(structure, field.struct, version):
            return field
    kinds = {field.kind for field in structure.fields if _names_item(field, version)}
    return next((field for field in arrays if field.struct is None and field.kind in kinds), None)


def _shared(structure: Struct, other: Struct, version: int) -> list[str]:
    names = {field.name for field in other.fields if _names_item(field, version)}
    return [field.name for field in structure.fields if _names_item(field, version) and field.name in names]


def _names_item(field: Field, version: int) -> bool:
    return not field.array and field.struct is None and field.present(version) and field.name not in _ERROR_FIELDS
