"""The `imr` command."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from openimr import __version__

from ._console import OUT

# Each command imports what it needs when it is called: `imr --help` answers at once.

app = typer.Typer(
    name="imr",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Independent Medical Review, from the case file to the Final Determination.",
)

On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Judge under the law of this day (YYYY-MM-DD).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of a table.")]

Mode = Annotated[str, typer.Option("--mode", help="advisory shows all that is known; binding lets nothing known from memory alone decide.")]

# what may not be read is one line of ours, and the others are still read
Letters = Annotated[
    list[Path], typer.Argument(help="Letters, or folders of letters; - for standard input.", metavar="FILE|DIR ...", readable=False)
]
Source = Annotated[Path, typer.Argument(help="A determination.json; - for standard input.", metavar="DETERMINATION.json", readable=False)]


def _version(wanted: bool) -> None:
    if wanted:
        OUT.print(f"imr {__version__}")
        raise typer.Exit


@app.callback()
def _all(
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version, help="Print the version.")] = False,
) -> None:
    del version


@app.command()
def read(
    letters: Letters,
    json: AsJson = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV, a row a treatment request.")] = False,
    parquet: Annotated[Path | None, typer.Option("--parquet", help="Write the same rows to this Parquet file.", metavar="OUT")] = None,
    spans: Annotated[bool, typer.Option("--spans", help="With --json: add the place of every field in the text.")] = False,
    text: Annotated[bool, typer.Option("--text", help="Print the text the places count in.")] = False,
) -> None:
    """Read Final Determinations into data.

    Takes PDF, scans, text, Markdown, HTML and Word. What is no letter is named on standard error, and the others are still read.

    Exit status: 0 all were read, 1 some were not, 2 none.
    """
    from . import _read

    raise typer.Exit(_read.run(letters, as_json=json, as_csv=csv, parquet=parquet, spans=spans, text=text))


@app.command()
def lint(
    letters: Letters,
    case: Annotated[Path | None, typer.Option("--case", help="Hold the letter (one) against this case folder.", metavar="CASE_DIR")] = None,
    published: Annotated[
        bool, typer.Option("--published", help="The letters were issued and de-identified: what such never carry is no defect.")
    ] = False,
    json: AsJson = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Write the letter with its defects marked; several letters into this folder.", metavar="OUT"),
    ] = None,
    severity: Annotated[str, typer.Option("--severity", help="The least weight to show: error, warning or information.")] = "information",
) -> None:
    """Name what is wrong with letters, each defect with its place and the rule or ground of appeal it touches.

    Takes what `imr read` takes, and a determination.json as the letter it makes. Several letters are held against one another for pasted
    text, each against those decided before it. Places are line:column of the text `imr read --text` prints.

    Exit status: 0 no error found, 1 errors found or something could not be read, 2 nothing could be read.
    """
    from . import _lint

    raise typer.Exit(_lint.run(letters, case=case, published=published, as_json=json, html=html, severity=severity))


@app.command()
def letter(
    determination: Annotated[
        Path, typer.Argument(help="A determination.json; - for standard input.", metavar="DETERMINATION.json", readable=False)
    ],
    kind: Annotated[
        str | None, typer.Option("--format", help="One of pdf, docx, html, md, txt, json (default: that of --out, or pdf).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where it goes (default: beside the determination; - for standard output).")
    ] = None,
) -> None:
    """Write a determination as a letter, marked DRAFT.

    Exit status: 0 written, 2 not (standard error says why).
    """
    from . import _letter

    raise typer.Exit(_letter.run(determination, kind, out))


@app.command()
def review(
    cases: Annotated[list[Path], typer.Argument(help="Case folders (case.yaml and records/).", metavar="CASE_DIR ...")],
    on: On = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the results go (default: CASE_DIR/out).")] = None,
    mode: Mode = "advisory",
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Also write a PNG of each page with its passages boxed, into OUT/pages (at most 80).")
    ] = False,
    json: AsJson = False,
) -> None:
    """Assess each case file: worksheet, summary and a draft determination, with every passage quoted."""
    from . import _review

    raise typer.Exit(_review.run(cases, _day(on), out, mode, as_json=json, pictures=pictures))


@app.command()
def check(
    request: Annotated[str, typer.Option("--request", help="The treatment as it is asked for.", metavar="TEXT")],
    case: Annotated[Path | None, typer.Argument(help="A case folder to hold it against.", metavar="[CASE_DIR]")] = None,
    on: On = None,
    mode: Mode = "advisory",
    json: AsJson = False,
) -> None:
    """Before asking or denying: which criteria a request leaves undocumented.

    Without a case: what a requester has to document, under the law of today or of --on.

    Exit status: 0 nothing is missing (without a case: rules speak of it), 1 something is missing or no rule speaks of it, 2 it could
    not be checked.
    """
    from . import _check

    raise typer.Exit(_check.run(request, case, _day(on), mode, json))


@app.command()
def verify(
    worksheet: Annotated[Path, typer.Argument(help="A worksheet.json that `imr review` wrote.", metavar="WORKSHEET.json")],
    case: Annotated[Path, typer.Argument(help="The case folder it was made from.", metavar="CASE_DIR")],
    json: AsJson = False,
) -> None:
    """Read every quote of a worksheet again in the bytes of the records."""
    from . import _verify

    raise typer.Exit(_verify.run(worksheet, case, json))


_evidence_app = typer.Typer(no_args_is_help=True, help="How records are read.")
app.add_typer(_evidence_app, name="evidence")


@_evidence_app.callback()
def _evidence() -> None:
    """Keep `assert` a command of its own where there is no other."""


@_evidence_app.command("assert")
def assert_(
    sentences: Annotated[Path, typer.Argument(help="Lines of JSON; - for standard input.", metavar="[FILE]", readable=False)] = Path("-"),
) -> None:
    """Tell how sentences turn what they name: denied, uncertain, past, hypothetical, another person's.

    Reads lines of JSON, {"text": ..., "start": ..., "end": ...}; characters count from 0. Prints a line of JSON for each, with negated,
    uncertain, historical, hypothetical and other_person; null for a line that cannot be read (standard error says why).

    Exit status: 0 all were read, 1 some were not, 2 none.
    """
    from . import _evidence as command

    if str(sentences) == "-":
        raise typer.Exit(command.run(sys.stdin))
    try:
        with sentences.open(encoding="utf-8") as lines:
            raise typer.Exit(command.run(lines))
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{sentences}: cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8'}): check the file\n")
        raise typer.Exit(2) from None


_guidelines_app = typer.Typer(no_args_is_help=True, help="The library of rules: what each guideline demands, and whether its tests hold.")
app.add_typer(_guidelines_app, name="guidelines")


@_guidelines_app.command("list")
def list_guidelines(
    treatment: Annotated[str | None, typer.Argument(help="Only the rules for this treatment.", metavar="[TREATMENT]")] = None,
    on: On = None,
    json: AsJson = False,
) -> None:
    """List the rules by treatment, with stance, dates in force and how well they are known."""
    from . import _guidelines

    raise typer.Exit(_guidelines.list_rules(treatment, _day(on), json))


@_guidelines_app.command("show")
def show_guideline(
    rule: Annotated[str, typer.Argument(help="A rule, or a treatment in any words a request would use.", metavar="RULE|TREATMENT")],
    json: AsJson = False,
) -> None:
    """Print a rule as a physician would read it: what it demands, since when, and how well that is known."""
    from . import _guidelines

    raise typer.Exit(_guidelines.show(rule, json))


@_guidelines_app.command("check")
def check_guidelines(
    treatment: Annotated[str | None, typer.Argument(help="Show only the rules for this treatment.", metavar="[TREATMENT]")] = None,
    json: AsJson = False,
) -> None:
    """Open the library and run the tests of every rule.

    Exit status: 0 all come out as written, 1 some do not, 2 the library does not open (standard error says where and what to mend).
    """
    from . import _guidelines

    raise typer.Exit(_guidelines.run_check(treatment, json))


@_guidelines_app.command("schema")
def guidelines_schema() -> None:
    """Print the JSON Schema of a rule file, for editors."""
    from . import _guidelines

    raise typer.Exit(_guidelines.print_schema())


_records_app = typer.Typer(no_args_is_help=True, help="The case file: what it holds, what it lacks, and where words stand in it.")
app.add_typer(_records_app, name="records")


@_records_app.command("index")
def index_records(
    case: Annotated[Path, typer.Argument(help="A case folder (case.yaml and records/).", metavar="CASE_DIR")],
    json: AsJson = False,
) -> None:
    """List every record with kind, date, author and pages, and what is missing.

    Says which records are there twice, copied from another one or replaced, which pages are blank or could not be read, which records the
    rules demand, and which the records speak of that are not in the file. Nothing is assessed: `imr review` says whether a record is
    cited.

    Exit status: 0 the file is whole as far as can be told, 1 something is missing or could not be read, 2 there is no inventory.
    """
    from . import _records

    raise typer.Exit(_records.index(case, json))


@_records_app.command("search")
def search_records(
    case: Annotated[Path, typer.Argument(help="A case folder; only its records/ are needed.", metavar="CASE_DIR")],
    query: Annotated[str, typer.Argument(help='Words, an "exact phrase", the beginning of a word as radicul*.', metavar="QUERY")],
    json: AsJson = False,
) -> None:
    """Find where words stand together in the records, within a sentence or two, with page and record.

    Case does not matter. Words side by side come first, then those in one sentence, then those in two; within that by place.

    Exit status: 0 all pages were searched (also when nothing was found), 1 some could not be read, 2 nothing could be searched.
    """
    from . import _records

    raise typer.Exit(_records.find(case, query, json))


@app.command()
def demo(
    examples: Annotated[Path, typer.Option("--examples", help="Folder of example cases.")] = Path("examples"),
    out: Annotated[Path, typer.Option("--out", help="Where the results go.")] = Path("out"),
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Open the workbench afterwards (not there yet: no difference).")] = True,
) -> None:
    """Review the example cases and say where worksheet and letter lie."""
    del serve  # the workbench comes later; the option is accepted so that scripts can rely on it
    from . import _demo

    raise typer.Exit(_demo.run(examples, out))


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


def main() -> None:
    """Run the command line; exit status 0 done, 1 something wrong in the content, 2 could not be done."""
    try:
        app()
    except OSError as error:
        sys.stderr.write(f"the output could not be written ({error.strerror}): make room, or send it elsewhere\n")
        os._exit(2)
