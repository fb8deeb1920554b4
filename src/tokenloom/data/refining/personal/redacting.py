"""The step that marks personal data and secrets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tokenloom.data.refining.building import Tools, builder
from tokenloom.data.refining.item import Fate, Item
from tokenloom.data.refining.personal import patterns, secrets
from tokenloom.data.refining.personal.found import Finder, Found
from tokenloom.data.refining.step import PlainStep, Step
from tokenloom.spec.steps import RedactStep

_FINDERS: dict[str, Finder] = {
    "key": secrets.keys,
    "credentials": secrets.credentials,
    "email": patterns.emails,
    "iban": patterns.ibans,
    "card": patterns.cards,
    "national_id": patterns.national_ids,
    "phone": patterns.phones,
    "secret": secrets.secrets,
}  # of two stretches that overlap, the one of the earlier finder counts


@builder.register
def _make(spec: RedactStep, tools: Tools) -> Step:
    return Redact(tools, spec)


class Redact(PlainStep):
    """What it marks stands in no report and no quarantine of the new version; the parent version still has it."""

    is_private = True

    def __init__(self, tools: Tools, spec: RedactStep) -> None:
        self.texts = tools.texts(spec)
        known = {**_FINDERS, "ip": patterns.ip_finder(spec.keep_private_ips)}
        self._finders = [finder for kind, finder in known.items() if kind in spec.what]
        self._drops = spec.action == "drop"
        self._found: Counter[str] = Counter()

    def apply(self, items: Sequence[Item]) -> list[Fate]:
        return [self._fate(item) for item in items]

    def conceal(self, text: str) -> str:
        return self._marked(text, Counter())

    def facts(self) -> dict[str, Any]:
        return {"found": dict(self._found.most_common())}

    def _fate(self, item: Item) -> Fate:
        before = self.texts.of(item.row)
        kinds: Counter[str] = Counter()
        after = [self._marked(text, kinds) for text in before]
        if not kinds:
            return Fate(item)
        self._found.update(kinds)
        if not self._drops:
            return Fate(item.with_row(self.texts.put(item.row, after)))
        told = ", ".join(sorted(kind.replace("_", " ") for kind in kinds))
        return Fate(None, f"personal data or a secret ({told})")

    def _marked(self, text: str, kinds: Counter[str]) -> str:
        found = find_personal(text, self._finders)
        for each in reversed(found):
            text = text[: each.start] + each.mark + text[each.end :]
        kinds.update(each.kind for each in found)
        return text


def find_personal(text: str, finders: Sequence[Finder] = tuple(_FINDERS.values())) -> list[Found]:
    """Stretches that do not overlap, from left to right."""
    taken: list[Found] = []
    for finder in finders:
        for found in finder(text):
            if all(found.end <= other.start or other.end <= found.start for other in taken):
                taken.append(found)
    return sorted(taken)
