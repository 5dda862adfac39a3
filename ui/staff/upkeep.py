"""The doors for looking after the guides: queue, assignment, proposed cases, internal notes, findings, usage."""

from collections import Counter
from typing import get_args

from starlette.responses import RedirectResponse, Response

from assistant.casework.findings import in_words
from assistant.casework.matters import KINDS, REASONS, STANDINGS, Matter, chosen, matters, moved_on
from assistant.casework.notes import plain, written
from assistant.casework.proposing import RIGHT, Expected, Right, expected_of, proposed_case
from assistant.errors import BadInput, NotFound
from assistant.feedback import Verdict
from assistant.worklist import Assignment, State
from ui.render import REASONS as REFUSALS
from ui.staff.access import named, utc_now
from ui.staff.doors import Call, Door
from ui.staff.pages import HEADERS, address, page
from ui.staff.workplace import Workplace

MOST = 30  # rows of one screen


class Upkeep:
    """The doors over one workplace."""

    def __init__(self, at: Workplace) -> None:
        self._at = at

    @property
    def doors(self) -> tuple[Door, ...]:
        """What is offered where."""
        return (
            Door("/queue", "view_queue", self.queue, recorded=("kind", "standing", "mine")),
            Door("/queue/assign", "assign", self.assign, "POST", ("state", "assignee")),
            Door("/queue/{kind}/{key:path}", "view_matter", self.matter, recorded=("right", "item")),
            Door("/notes", "add_note", self.add_note, "POST", ("item",)),
            Door("/notes/remove", "remove_note", self.remove_note, "POST", ("item", "note")),
            Door("/findings", "view_findings", self.findings),
            Door("/usage", "view_usage", self.usage),
        )

    def queue(self, call: Call) -> Response:
        """What there is to look after."""
        kind, standing, mine = (call.query.get(name, "") for name in ("kind", "standing", "mine"))
        everything, skip = self._matters(call), call.number("skip")
        found = chosen(everything, kind, standing, call.actor if mine else "")
        counts = Counter((matter.kind.value, matter.standing) for matter in everything)
        return page(
            "queue.html", found=found[skip : skip + MOST], skip=skip, following=skip + MOST if len(found) > skip + MOST else None, kinds=KINDS, standings=STANDINGS, counts=counts,
            kind=kind, standing=standing, mine=mine, moved_on=moved_on, countable=self._at.casework.countable,
            **self._at.about(call),
        )  # fmt: skip

    def assign(self, call: Call) -> Response:
        """Put a matter in somebody's hands, or call it done."""
        matter = self._matter(call, call.said("kind"), call.said("key"))
        assignee = named(call.said("assignee") or call.actor)
        if assignee is None or call.said("state") not in set(State):
            raise BadInput("请写由谁办（60 个字以内），并选办到哪一步。")
        self._at.records.stores.worklist.put(
            Assignment(
                kind=matter.kind, key=matter.key, assignee=assignee, state=State(call.said("state")), note=plain(call.said("note")),
                at=utc_now(),
            )
        )  # fmt: skip
        return RedirectResponse(address(f"/queue/{matter.kind}/{matter.key}"), 303, HEADERS)

    def matter(self, call: Call) -> Response:
        """One matter: what was said, who has it, and the case that it could become."""
        matter, casework = self._matter(call, call.path["kind"], call.path["key"]), self._at.casework
        right = call.query.get("right", "")
        given = Expected(kind=right, items=self._items(call)) if right in get_args(Right) else None
        expected = expected_of(matter, given)
        case = (
            proposed_case(matter, expected, casework.catalog, casework.assistant.generation_number, call.today)
            if matter.place
            else None
        )
        guides = casework.names(dict.fromkeys(matter.guides, 1))
        return page(
            "matter.html", matter=matter, expected=expected, case=case, guides=guides, rights=RIGHT, kinds=KINDS,
            standings=STANDINGS, states=State, names=casework.item_names, moved_on=moved_on(matter),
            named={item.item_id: item.names[0] for item in casework.catalog.items.values()}, **self._at.about(call),
        )  # fmt: skip

    def add_note(self, call: Call) -> Response:
        """Leave a note on an item for colleagues."""
        guide = self._at.casework.guide(call.said("guide"))
        self._at.records.notes.add(written(guide.item_id, call.said("text"), call.actor, utc_now()))
        return RedirectResponse(address(f"/guides/{guide.guide_id}") + "#notes", 303, HEADERS)

    def remove_note(self, call: Call) -> Response:
        """Take a note away."""
        guide = self._at.casework.guide(call.said("guide"))
        self._at.records.notes.remove(call.said("note"))
        return RedirectResponse(address(f"/guides/{guide.guide_id}") + "#notes", 303, HEADERS)

    def findings(self, call: Call) -> Response:
        """What 体检 finds, by authority."""
        casework = self._at.casework
        return page(
            "findings.html",
            in_words=in_words,
            offices=casework.offices(call.today),
            countable=casework.countable,
            **self._at.about(call),
        )

    def usage(self, call: Call) -> Response:
        """What was asked, refused and left open, by item and reason; nobody's words but the masked gaps."""
        gaps, said = self._at.records.stores.gaps.all(), self._at.records.stores.feedback.all()
        helped = Counter(feedback.verdict for feedback in said)
        complaints = Counter(complaint for feedback in said for complaint in feedback.complaints)
        unhelpful = Counter(
            guide for feedback in said if feedback.verdict is Verdict.DID_NOT for guide in feedback.guides
        )
        counted = self._at.metrics.counted()
        names = self._at.casework.names
        reasons: Counter[str] = Counter()
        for gap in gaps:
            reasons[REASONS[gap.reason]] += gap.times
        return page(
            "usage.html", counted=counted, asked=names(counted.guides)[:MOST], refusals=REFUSALS, gaps=gaps[:30],
            gap_reasons=reasons, helped=helped[Verdict.HELPED], not_helped=helped[Verdict.DID_NOT],
            complaints=complaints.most_common(), unhelpful=names(unhelpful)[:30], **self._at.about(call),
        )  # fmt: skip

    def _matters(self, call: Call) -> tuple[Matter, ...]:
        stores, stale = self._at.records.stores, self._at.casework.stale(call.today)
        return matters(stores.gaps.all(), stores.feedback.all(), stale, stores.worklist.all())

    def _matter(self, call: Call, kind: str, key: str) -> Matter:
        found = next((matter for matter in self._matters(call) if (matter.kind, matter.key) == (kind, key)), None)
        if found is None:
            raise NotFound("这一件已经不在待办里了，可能已经改好，或者超过保留时间删掉了。")
        return found

    def _items(self, call: Call) -> tuple[str, ...]:
        words = call.query.get("item", "").strip()
        return (self._at.casework.item_named(words),) if words else ()
