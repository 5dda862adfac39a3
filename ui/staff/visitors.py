"""The doors at the counter: tick what was brought, print what is missing, fill in a life event."""

import json
from typing import Any

from starlette.responses import Response
from typing_extensions import TypeIs

from assistant.casework.counter import PAPERS, Brought, Checklist, Paper, answers_of, checklist, notice
from assistant.casework.visiting import questionnaire
from assistant.errors import BadInput
from assistant.onething.answers import fault_of
from ui.staff.doors import Call, Door
from ui.staff.pages import page
from ui.staff.workplace import Workplace


class Visitors:
    """The doors over one workplace; nothing that is ticked or answered is kept."""

    def __init__(self, at: Workplace) -> None:
        self._at = at

    @property
    def doors(self) -> tuple[Door, ...]:
        """What is offered where."""
        return (
            Door("/guides/{adcode}/{item}/counter", "counter", self.counter),
            Door("/themes", "view_themes", self.themes),
            Door("/themes/{theme}", "view_theme", self.theme),
            Door("/themes/{theme}", "plan", self.plan, "POST"),
        )

    def counter(self, call: Call) -> Response:
        """The list to tick, and under it the notice. Ticks name papers, nobody: they may stand in the address."""
        listed, paper = self._listed(call), call.query.get("paper", "")
        draft = notice(paper, listed, self._at.casework.catalog, call.today) if _is_paper(paper) else None
        return page("counter.html", listed=listed, draft=draft, papers=PAPERS, **self._at.about(call))

    def themes(self, call: Call) -> Response:
        """All life events."""
        themes = sorted(self._at.casework.catalog.themes.values(), key=lambda theme: theme.name)
        return page("themes.html", themes=themes, **self._at.about(call))

    def theme(self, call: Call) -> Response:
        """The questions of a life event, none answered."""
        return self._asked(call, {}, None)

    def plan(self, call: Call) -> Response:
        """The plan for what the visitor told; her answers travel in the request's body only."""
        where, theme = self._at.where(call), self._at.casework.theme(call.path["theme"])
        answers = answers_of({name: call.said(name) for name in call.form})
        facts = self._at.casework.catalog.facts
        if bad := [name for name, value in answers.items() if name not in facts or fault_of(facts[name], value)]:
            labels = "、".join(facts[name].label if name in facts else name for name in bad)
            raise BadInput(f"这几个回答的写法不对：{labels}。日期写成 2026-03-01，数字只写数。")
        plan = self._at.casework.assistant.plan(theme.theme_id, answers, where.adcode, where.day)
        situation = {"answers": answers, "jurisdiction": where.adcode, "as_of": where.day.isoformat()}
        made = {"plan": plan, "situation": json.dumps(situation, ensure_ascii=False)}
        response = self._asked(call, answers, made)
        response.headers["Cache-Control"] = "private, no-cache"  # kept for the back button: nobody is named in it
        return response

    def _asked(self, call: Call, answers: dict[str, str], made: dict[str, Any] | None) -> Response:
        where, casework = self._at.where(call), self._at.casework
        theme = casework.theme(call.path["theme"])
        asked = questionnaire(theme, casework.catalog, where.adcode, where.day, answers)
        return page("theme.html", asked=asked, made=made, **self._at.about(call))

    def _listed(self, call: Call) -> Checklist:
        where, casework, adcode = self._at.where(call), self._at.casework, call.path["adcode"]
        guide = casework.resolved(call.path["item"], adcode, where.day).guide
        brought = Brought(
            has=frozenset(call.lists("has")), skips=frozenset(call.lists("skip")), answers=answers_of(call.query)
        )
        return checklist(guide, casework.catalog, casework.place(adcode).adcode, brought)


def _is_paper(word: str) -> TypeIs[Paper]:
    return word in PAPERS
