"""What two public implementations say of the same sentences: medspaCy's ConText and negspacy, in an environment of their own.

    python3.11 -m venv others && others/bin/pip install -r evals/evidence/others.txt
    python evals/evidence/assertion.py negex --others others/bin/python

Reads JSON Lines {text, start, end} on standard input. Prints a line of JSON for each implementation: its name, version, seconds for all
sentences (loading and a first sentence left out), and for each sentence the names of what it holds true.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

Said = list[dict[str, Any]]


def main() -> None:
    """Print the answers of each implementation."""
    _quiet()
    sentences: Said = [json.loads(line) for line in sys.stdin]
    for name, make in (("medspacy", _medspacy), ("negspacy", _negspacy)):
        ask = make()
        ask(sentences[0])
        started = time.perf_counter()
        answers = [ask(sentence) for sentence in sentences]
        seconds = time.perf_counter() - started
        print(json.dumps({"name": name, "version": version(name), "seconds": seconds, "answers": answers}))


def _quiet() -> None:
    """Keep PyRuSH from logging every token: it costs more than the work, and would count against medspaCy."""
    logging.disable(logging.CRITICAL)
    from loguru import logger

    logger.remove()
    logger.disable("PyRuSH")


def _marked(doc: Any, sentence: dict[str, Any]) -> Any:
    span = doc.char_span(sentence["start"], sentence["end"], label="CONCEPT", alignment_mode="expand")
    doc.ents = [span] if span is not None else []
    return doc


def _medspacy() -> Callable[[dict[str, Any]], list[str]]:
    import medspacy

    nlp = medspacy.load(medspacy_enable=["medspacy_tokenizer", "medspacy_pyrush", "medspacy_context"])
    context = nlp.get_pipe("medspacy_context")
    splitter = nlp.get_pipe("medspacy_pyrush")

    def ask(sentence: dict[str, Any]) -> list[str]:
        doc = context(_marked(splitter(nlp.make_doc(sentence["text"])), sentence))
        if not doc.ents:
            return []
        said = doc.ents[0]._
        told = {
            "negated": said.is_negated,
            "uncertain": said.is_uncertain,
            "historical": said.is_historical,
            "hypothetical": said.is_hypothetical,
            "other_person": said.is_family,
        }
        return [name for name, holds in told.items() if holds]

    return ask


def _negspacy() -> Callable[[dict[str, Any]], list[str]]:
    import negspacy.negation  # registers the component
    import spacy
    from negspacy.termsets import termset

    nlp = spacy.blank("en")
    if not nlp.has_factory("negex"):
        raise SystemExit(f"{negspacy.__name__}: no component 'negex'")
    nlp.add_pipe("sentencizer")
    negex = nlp.add_pipe("negex", config={"neg_termset": termset("en_clinical").get_patterns()})
    splitter = nlp.get_pipe("sentencizer")

    def ask(sentence: dict[str, Any]) -> list[str]:
        doc = negex(_marked(splitter(nlp.make_doc(sentence["text"])), sentence))
        return ["negated"] if doc.ents and doc.ents[0]._.negex else []

    return ask


if __name__ == "__main__":
    main()
