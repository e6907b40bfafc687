"""Code sets: named, versioned lists of codes that the reviewer keeps in the workspace, as files a person can read.

    read = read_file(Path("heart-failure.csv"))                    # CSV, Excel, or a concept set of ATLAS
    checked = check(read, known)                                   # against the signed reference tables
    code_set = keep(workspace, checked, name="heart_failure", description="…", source="…", system="ICD-10-CM")
    with_code_sets(workspace, dictionary)                          # what an agent and a review know of them

Codes are no patient's data. A program holds the codes themselves; the review says which set and version they equal.
"""

from sandbox.codesets.checking import Checked, Known, check, known_codes
from sandbox.codesets.keeping import (
    change_between,
    code_sets,
    find_code_set,
    keep,
    read_codes,
    remove,
    with_code_sets,
)
from sandbox.codesets.reading import Read, read_file
from sandbox.codesets.telling import Opened, content_hash, describe_code_set, is_code_set, opened_code_sets

__all__ = [
    "Checked",
    "Known",
    "Opened",
    "Read",
    "change_between",
    "check",
    "code_sets",
    "content_hash",
    "describe_code_set",
    "find_code_set",
    "is_code_set",
    "keep",
    "known_codes",
    "opened_code_sets",
    "read_codes",
    "read_file",
    "remove",
    "with_code_sets",
]
