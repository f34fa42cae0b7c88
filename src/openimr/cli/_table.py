"""A worksheet as a table on the terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from openimr.review import ComponentSheet, CriterionSheet, Evidence, Inventory, RequestSheet, RuleSheet, Worksheet, alternatives
from openimr.review import one_line as one_line_of

_STATES = {
    "Met": ("✓ met", "green"),
    "NotMet": ("✗ not met", "red"),
    "NotDocumented": ("? not documented", "yellow"),
    "Conflicting": ("≠ conflicting", "magenta"),
    "NotApplicable": ("- does not apply", "dim"),
}
_QUOTES = 2


def show(sheet: Worksheet, name: str, out: Console) -> None:
    """Print the worksheet: per request its components, their governing rule and each criterion with its passages."""
    out.rule(Text(f"{name}  {sheet.case}"), align="left")
    out.print(
        Text(f"judged under the law of {sheet.on.isoformat()} ({sheet.on_because}); {sheet.mode} mode; library {sheet.library_version}")
    )
    for line in lacking(Inventory(sheet.records, sheet.missing, sheet.gaps)):
        out.print(Text(line, style="yellow"))
    for request in sheet.requests:
        _request(request, out)


def lacking(held: Inventory) -> list[str]:
    """Return a line for each record that must be there and is not, and for each that is only spoken of."""
    lines = [f"missing: {one.what} ({one.citation})" for one in held.missing]
    for gap in held.gaps:
        span = gap.named_in[0].span
        more = f" and {len(gap.named_in) - 1} more" if len(gap.named_in) > 1 else ""
        perhaps = " (perhaps among what could not be read or has no date)" if gap.perhaps_unread else ""
        who = f", {gap.who}" if gap.who and gap.who not in gap.what else ""
        lines.append(f"not in the file: {gap.what}{who}, {gap.date or 'undated'}: named in {span.document} p. {span.page}{more}{perhaps}")
    return lines


def _request(request: RequestSheet, out: Console) -> None:
    out.print()
    out.print(Text(f"{request.number}. {request.text}", style="bold"))
    for component in request.components:
        _component(component, out)
    for note in request.notes:
        out.print(Text(f"   note: {note}"))
    proposed = str(request.proposed) if request.proposed else "nothing"
    out.print(Text(f"   conclusion {request.conclusion}; proposes {proposed} (a reviewer decides)", style="bold"))
    if request.would_change:
        out.print(Text(f"   would change it, if documented: {alternatives(request.would_change)}"))


def _component(component: ComponentSheet, out: Console) -> None:
    rule = component.governing
    if rule is None:
        out.print(Text(f"   {component.name}: {component.conclusion}"))
        return
    table = Table(
        box=box.SIMPLE_HEAD,
        title=Text(f"{component.name}: {component.conclusion} under {rule.citation} ({rule.id}, {rule.stance})"),
        title_justify="left",
        title_style="",
        expand=True,
        pad_edge=False,
    )
    table.add_column("State", no_wrap=True, width=18)
    table.add_column("Criterion", ratio=2)
    table.add_column("What the record says, and where", ratio=3)
    for criterion in rule.criteria:
        word, style = _STATES[criterion.state]
        differ = [f"{n}: {_STATES[state][0]}" for n, state, default in criterion.readings if not default and state != criterion.state]
        label = criterion.label + (f"\n[{'; '.join(differ)} in another reading]" if differ else "")
        table.add_row(Text(word, style=style), Text(label), Text(_behind(criterion)))
    out.print(table)
    for other in component.rules:
        if other is not rule:
            out.print(Text(f"   {_role(other)}: {other.citation} ({other.id}) would give {other.conclusion}", style="dim"))


def _role(rule: RuleSheet) -> str:
    return {"shadow": "beside it", "cited_by_ur": "cited by utilization review"}.get(rule.role, rule.role)


def _behind(criterion: CriterionSheet) -> str:
    counted = list(dict.fromkeys(_quote(each) for each in criterion.evidence if each.use == "counted"))
    lines = counted[:_QUOTES]
    if len(counted) > _QUOTES:
        lines.append(f"and {len(counted) - _QUOTES} more")
    if criterion.assumed:
        lines.append(f"assumed: {criterion.assumed}")
    return "\n".join(lines) if lines else criterion.why


def _quote(each: Evidence) -> str:
    if each.span is None:
        return f"{each.origin}: {each.quote}"
    where = f"{each.span.document} p. {each.span.page}"
    return f"“{one_line_of(each.quote)}” ({each.date.isoformat() if each.date else 'undated'}, {where})"
