"""The plain way to classify columns that the classifier is held against: keywords in names, and types.

What somebody would write in an hour who knows HIPAA and has seen one hospital database. It looks at one column
at a time, knows no table, and calls everything else plain.
"""

from __future__ import annotations

import re

KEYWORDS: tuple[tuple[str, str], ...] = (
    ("secret", r"passw|pwd|secret|token|api_?key|salt$|hash$|session_?id|sessid"),
    ("patient_key", r"(^|_)(person|patient|pat|subject|member|bene|beneficiary|participant)_?(id|key|sk|fk)?$"),
    ("patient_key", r"(^|_)(person|patient|pat|subject|member|bene|participant)_?(num|no|nr)$"),
    ("patient_key", r"^pid$|patid"),
    ("direct_identifier", r"ssn|social_?sec|mrn|medical_?record|national_?id|passport|licen[cs]e"),
    ("direct_identifier", r"insurance_?n|medic(are|aid)_?id"),
    ("direct_identifier", r"(first|last|middle|maiden|family|given|full|sur|user|mothers?|guardian)_?name|^[flm]name$"),
    ("direct_identifier", r"(patient|pat|guarantor|insured|spouse|partner|contact|kin)_?(s_)?name|^name_"),
    ("direct_identifier", r"phone|telefon|_tele?$|mobile|cell|fax|e_?mail|ip_?addr|url|photo|finger"),
    ("direct_identifier", r"vorname|nachname|prenom|nombre|apellido"),
    ("staff", r"provider|physician|doctor|nurse|surgeon|npi|creator|created_by|changed_by|updated_by|signed_by|^user"),
    ("event_key", r"(encounter|visit|stay|hadm|admission|order|claim|specimen)_?(id|no|num|number|key)$"),
    ("event_key", r"(sample|accession|note|document|study)_?(id|no|num|number|key)$"),
    ("free_text", r"note|comment|remark|narrative|free_?text|dictation|summary|reason"),
    ("free_text", r"report_text|description|observations?$"),
    ("date", r"dob|birth|death|date|_dt$|_dtm$|time$|datetime|timestamp|datum"),
    ("geography", r"address|addr|street|city|zip|post_?code|postal|county|latitude|longitude|^lat$|^lon$"),
    ("geography", r"district|municip|village"),
    ("specially_protected", r"hiv|aids|pregnan|abortion|contracep|substance|alcohol|drug_?abuse|psychother"),
    ("specially_protected", r"genetic|gene_|mutation"),
    ("key", r"(_id|_fk|_key|_sk|^id|^pk|^fk.*|id)$"),
)
DATES = re.compile(r"^(DATE|TIMESTAMP|DATETIME)")
COMPILED = tuple((name, re.compile(pattern)) for name, pattern in KEYWORDS)


def by_keywords(column: str, kind: str) -> str:
    """The class whose keyword comes first in the list; a date by its type; else plain."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column).lower()
    for column_class, pattern in COMPILED:
        if pattern.search(snake):
            return column_class
    return "date" if DATES.match(kind) else "plain"
