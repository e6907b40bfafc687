"""One patient under one stand-in: keys of the sources on one side, tokens on the other.

    tokens = Tokens.open(workspace.tokens, key, workspace.id)
    tokens.hide("patient", rows["pat_id"])               # int64 tokens, the same ones in every run
    tokens.reveal("patient", cohort, pa.int64())         # the keys behind tokens, for a cohort

A token is random, made when a key is first seen and kept encrypted; nothing about a patient can be computed
from it, and two workspaces have unrelated tokens for the same patient.
"""

from .tokens import Tokens

__all__ = ["Tokens"]
