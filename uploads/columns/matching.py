"""What each column of a file stands for: by its headings, its values, and what was chosen."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from accounts.columns import USER_NAME

from ..headings import bare, column_of, is_weak
from .exports import recognized
from .parts import DOMAIN, LOCAL_PART, PASSWORD, part_of
from .secrets import is_secret


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a file's columns beside their headings.

    `remembered` is what was chosen for earlier files of the customer: column names by heading, ""
    for none. `samples` are its first rows, `domains` the customer's.
    """

    remembered: Mapping[str, str] | None = None
    samples: Sequence[Sequence[str]] = ()
    domains: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Matched:
    """`columns`: names by place. `unknown`: headings that stand for nothing, as written.

    `secret`: those of passwords. `decided`: the user name's heading, and the one that would have
    been taken for it but for the values. `proposed`: places that are known by their values alone.
    """

    headings: tuple[str, ...]
    columns: Mapping[int, str]
    unknown: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    export: str = ""
    decided: tuple[str, ...] = ()
    proposed: Collection[int] = ()

    @property
    def is_enough(self) -> bool:
        """Whether no user has to say what the columns mean; values decide on an only column."""
        return not is_missing(self.names()) and (not self.proposed or len(self.headings) == 1)

    def names(self) -> list[str]:
        """Return the column of each heading, "" for one that is ignored."""
        return [self.columns.get(at, "") for at in range(len(self.headings))]

    def chosen(self, names: Sequence[str]) -> Self:
        """Return what a user has said of each heading instead; one of passwords stays one."""
        columns = {
            at: PASSWORD if is_secret(heading) else name
            for at, (heading, name) in enumerate(zip(self.headings, names, strict=True))
            if name or is_secret(heading)
        }
        ignored = {heading for at, heading in enumerate(self.headings) if at not in columns}
        return replace(
            self,
            columns=columns,
            unknown=tuple(heading for heading in self.unknown if heading in ignored),
            secret=tuple(self.headings[at] for at, name in columns.items() if name == PASSWORD),
            decided=(),
            proposed=(),
        )


def match(headings: Sequence[str], known: Known | None = None) -> Matched:
    """Return what the headings stand for; several may stand for one column."""
    return _Match(headings, known or Known()).matched()


def is_missing(names: Collection[str]) -> bool:
    """Whether no column holds the user names."""
    return USER_NAME not in names and LOCAL_PART not in names


class _Match:
    def __init__(self, headings: Sequence[str], known: Known) -> None:
        self.headings = headings
        self.known = known
        remembered = known.remembered or {}
        self.chosen = {bare(heading): name for heading, name in remembered.items()}
        # Of headings like # and * nothing is left that could be told apart.
        self.chosen.pop("", None)
        self.export = recognized(headings)
        self.columns = {
            at: name for at, heading in enumerate(headings) if (name := self._name(heading))
        }

    def matched(self) -> Matched:
        decided = self._decide()
        proposed = self._propose() if is_missing(self.columns.values()) else {}
        self.columns |= proposed
        found = Matched(
            tuple(self.headings), self.columns, decided=decided, proposed=frozenset(proposed)
        )
        return replace(
            found,
            secret=tuple(
                self.headings[at] for at, name in self.columns.items() if name == PASSWORD
            ),
            export=self.export.name if self.export else "",
            unknown=tuple(
                heading
                for at, heading in enumerate(self.headings)
                if at not in self.columns
                and heading.strip()
                # It is known, and why another one is read is said.
                and heading not in decided
                and not (self.export and self.export.column_of(heading) == "")
            ),
        )

    def _name(self, heading: str) -> str:
        if is_secret(heading):
            return PASSWORD
        if (chosen := self.chosen.get(bare(heading))) is not None:
            return chosen
        if self.export and (usual := self.export.column_of(heading)) is not None:
            return usual
        return column_of(heading) or part_of(heading)

    def _decide(self) -> tuple[str, ...]:
        """Leave one column for the user name, or the two that it is joined of.

        Return its heading and the other one, if the values have decided.
        """
        candidates, parts = self._places(USER_NAME), self._places(LOCAL_PART)
        chosen = [at for at in (*candidates, *parts) if bare(self.headings[at]) in self.chosen]
        if chosen or not candidates:
            self._keep_only(chosen or parts)
            return ()
        # A weak heading is the user name's only where there is no other, unless the export says so.
        own = [at for at in candidates if self.export and self.export.column_of(self.headings[at])]
        firm = [at for at in candidates if not is_weak(self.headings[at])]
        usual = [*own, *firm, *candidates][0]
        best = max(candidates, key=self._addresses)
        if 2 * self._addresses(usual) >= self._addresses(best):
            best = usual
        values = self._values(best)
        if self._places(DOMAIN) and values and not any("@" in value for value in values):
            self.columns[best] = LOCAL_PART
        self._keep_only([best])
        return () if best == usual else (self.headings[best], self.headings[usual])

    def _propose(self) -> dict[int, str]:
        """Return the columns of the user name and of its parts, as far as values tell them."""
        places = [
            at
            for at, heading in enumerate(self.headings)
            if at not in self.columns and bare(heading) not in self.chosen
        ]
        counts = {at: (self._addresses(at), len(self._values(at))) for at in places}
        user_names = [at for at, (own, all_) in counts.items() if own and 2 * own > all_]
        if not user_names:
            return {}
        at = user_names[0]
        proposed = {at: USER_NAME}
        for place in places:
            name = self._part_of_name(place, beside=at)
            if name and name not in (*self.columns.values(), *proposed.values()):
                proposed[place] = name
        return proposed

    def _part_of_name(self, at: int, *, beside: int) -> str:
        """Return which name the values of a column are, told by the user names of their rows."""
        counts = Counter[str]()
        rows = 0
        for row in self.known.samples:
            if max(at, beside) >= len(row) or not row[at].strip():
                continue
            rows += 1
            parts = [bare(part) for part in re.split(r"[._-]+", row[beside].partition("@")[0])]
            words = {
                "first_name": parts[:1],
                "last_name": parts[1:],
                "display_name": parts if len(parts) > 1 else [],
            }
            written = bare(row[at])
            counts.update(name for name, some in words.items() if some and "".join(some) == written)
        found = counts.most_common(1)
        return found[0][0] if found and 2 * found[0][1] > rows else ""

    def _keep_only(self, kept: Sequence[int]) -> None:
        """Ignore other columns of the user name; a domain is of use beside the part before it."""
        is_joined = any(self.columns[at] == LOCAL_PART for at in kept)
        for at in self._places(USER_NAME, LOCAL_PART, *([] if is_joined else [DOMAIN])):
            if at not in kept:
                del self.columns[at]

    def _places(self, *names: str) -> list[int]:
        return [at for at, column in self.columns.items() if column in names]

    def _values(self, at: int) -> list[str]:
        return [row[at].strip() for row in self.known.samples if at < len(row) and row[at].strip()]

    def _addresses(self, at: int) -> int:
        """Return how many of the values are addresses of the customer's domains."""
        domains = self.known.domains
        return sum(
            local != "" and domain.lower() in domains
            for local, _at, domain in (value.rpartition("@") for value in self._values(at))
        )
