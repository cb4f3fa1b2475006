"""Broker loggers (resource type 8): the loggers of this process and their levels, by Log4j's names for levels.

They are Python's, so their names are ours; `root` is the one that all others take their level from.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from kcli.metadata.controller_configs import APPEND, DELETE, OPERATIONS, SET
from kcli.metadata.effective import Entry
from kcli.wire import errors
from kcli.wire.errors import KafkaError

ROOT = "root"
LOGGER_SOURCE = 6
_UNKNOWN_TYPE = 0
_TRACE = 5
_LEVELS = {
    "TRACE": _TRACE,
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "ERROR": logging.ERROR,
    "FATAL": logging.CRITICAL,
}


def entries() -> Iterable[Entry]:
    """Every logger and the level that counts for it."""
    for name, logger in sorted(_loggers().items()):
        level = _level_name(logger.getEffectiveLevel())
        yield Entry(name, level, LOGGER_SOURCE, _UNKNOWN_TYPE, False, False, (), None)


def alter(configs: Iterable[Any], validate_only: bool) -> None:
    """Set levels, or give loggers back to their parents; raises KafkaError, and then changes none."""
    configs = list(configs)
    for config in configs:
        _check(config)
    if validate_only:
        return
    for config in configs:
        level = _LEVELS[config.value] if config.config_operation == SET else logging.NOTSET
        _loggers()[config.name].setLevel(level)


def _check(config: Any) -> None:
    name, operation = config.name, config.config_operation
    if operation >= APPEND:
        text = f"{OPERATIONS[operation]} operation is not allowed for the BROKER_LOGGER resource"
        raise KafkaError(errors.INVALID_REQUEST, text)
    if name not in _loggers():
        raise KafkaError(errors.INVALID_CONFIG, f"Logger {name} does not exist!")
    if operation == DELETE and name == ROOT:
        raise KafkaError(errors.INVALID_REQUEST, "Removing the log level of the root logger is not allowed")
    if operation == SET and config.value not in _LEVELS:
        text = (
            f"Cannot set the log level of {name} to {config.value} as it is not a supported log level. "
            f"Valid log levels are {', '.join(sorted(_LEVELS))}"
        )
        raise KafkaError(errors.INVALID_CONFIG, text)


def _loggers() -> dict[str, logging.Logger]:
    made = list(logging.Logger.manager.loggerDict.items())
    return {ROOT: logging.getLogger()} | {name: found for name, found in made if isinstance(found, logging.Logger)}


def _level_name(level: int) -> str:
    """The name of the level, or of the next one below it."""
    return next((name for name, floor in reversed(_LEVELS.items()) if level >= floor), "TRACE")
