"""What is asked for: the vocabulary of treatments and body regions, and the grammar of a request."""

from ._diagnoses import CodesMissing, Diagnosis, look_up
from ._names import Named
from ._regions import Cover, RegionMention
from ._request import Component, RequestTerms, Term
from ._vocabulary import Drug, Vocabulary, load

__all__ = [
    "CodesMissing",
    "Component",
    "Cover",
    "Diagnosis",
    "Drug",
    "Named",
    "RegionMention",
    "RequestTerms",
    "Term",
    "Vocabulary",
    "load",
    "look_up",
]
