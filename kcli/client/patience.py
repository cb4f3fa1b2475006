"""What a consumer does about trouble that may pass: says so once, and looks at the cluster again, ever later.

Every step of a consumer's loop runs under `attempt`. What waiting cannot heal comes out of it as an exception.
"""

from __future__ import annotations

from collections.abc import Callable

from kcli.client.cluster import Cluster
from kcli.client.consumer_fetch import UNREACHABLE
from kcli.client.errors import ClusterUnreachable, RequestTimedOut, TurnedAway
from kcli.client.mention import Mention
from kcli.wire.errors import KafkaError

TRANSIENT = (*UNREACHABLE, ClusterUnreachable, RequestTimedOut)


class Patience:
    """One consumer's. `backoff` and `backoff_max` are seconds; `patient` waits for a cluster that nobody has answered
    for yet, as long as its hosts exist; `warn` gets one line for each kind of trouble."""

    def __init__(
        self,
        cluster: Cluster,
        warn: Callable[[str], None],
        *,
        backoff: float,
        backoff_max: float,
        patient: bool = False,
    ) -> None:
        self.look_at = 0.0  # when to ask for metadata
        self.mention = Mention(warn)  # the same trouble may come from two sides
        self._cluster = cluster
        self._backoff = backoff
        self._backoff_max = backoff_max
        self._patient = patient
        self._pause = backoff

    def attempt(self, step: Callable[[float], None], now: float) -> None:
        """Do one step; trouble that may pass is waited out."""
        try:
            step(now)
        except TRANSIENT as error:
            hopeless = isinstance(error, ClusterUnreachable) and (error.unknown_hosts or not self._patient)
            if (hopeless or isinstance(error, TurnedAway)) and not self._cluster.nodes:
                raise  # nobody ever answered: most likely a wrong address, or settings for another listener
            self.trouble(str(error), now)
        except KafkaError as error:
            if not error.retriable:
                raise
            self.trouble(error.message, now)

    def trouble(self, text: str, now: float) -> None:
        """Something is wrong for now."""
        self.mention(text)
        self.look_again(now)

    def look_again(self, now: float) -> None:
        """Ask for metadata after a pause that doubles while nothing gets better."""
        if self.look_at >= now + self._pause:
            self.look_at = now + self._pause
            self._pause = min(self._pause * 2, self._backoff_max)

    def looking(self, now: float) -> None:
        """Metadata is being asked for; if that fails, the next time comes soon."""
        self.look_at = now + self._pause

    def well(self, look_at: float, *, healed: bool) -> None:
        """The cluster is as it should be: ask for metadata no sooner than at this time. `healed`: so are the rest."""
        self.look_at = look_at
        self._pause = self._backoff
        if healed:
            self.mention.over()
