"""Frequencies of update: vocabularies, ISO 19115 codes, ISO 8601 intervals and French words to the portal's ids."""

import re
from typing import Any

from harvest.mapping.text import text
from portal.lib.slugs import normalize

# The portal's ids (catalog.models.vocabulary.Frequency, which a test compares).
IDS = (
    "continuous", "oneMinute", "fiveMinutes", "tenMinutes", "fifteenMinutes", "thirtyMinutes", "hourly", "bihourly",
    "trihourly", "twelveHours", "severalTimesADay", "threeTimesADay", "semidaily", "daily", "fiveTimesAWeek",
    "threeTimesAWeek", "semiweekly", "weekly", "biweekly", "threeTimesAMonth", "semimonthly", "monthly", "bimonthly",
    "quarterly", "threeTimesAYear", "semiannual", "annual", "biennial", "triennial", "quadrennial", "quinquennial",
    "decennial", "bidecennial", "tridecennial", "punctual", "irregular", "never", "notPlanned", "other", "unknown",
)  # fmt: skip
# http://purl.org/cld/freq/ (Dublin Core), which wins over the terms of the EU where they share a word.
DUBLIN_CORE = {name.lower(): name for name in IDS if name not in ("other", "unknown", "never", "notPlanned")}
# http://publications.europa.eu/resource/authority/frequency/
EUROPE = {
    "1min": "oneMinute", "5min": "fiveMinutes", "10min": "tenMinutes", "15min": "fifteenMinutes",
    "30min": "thirtyMinutes", "12hrs": "twelveHours", "bihourly": "bihourly", "trihourly": "trihourly",
    "cont": "continuous", "update_cont": "continuous", "daily": "daily", "daily_2": "semidaily",
    "daily_3": "threeTimesADay", "weekly_5": "fiveTimesAWeek", "weekly_2": "semiweekly",
    "weekly_3": "threeTimesAWeek", "monthly_2": "semimonthly", "monthly_3": "threeTimesAMonth", "annual": "annual",
    "annual_2": "semiannual", "annual_3": "threeTimesAYear", "quinquennial": "quinquennial",
    "decennial": "decennial", "bidecennial": "bidecennial", "tridecennial": "tridecennial",
    "as_needed": "irregular", "irreg": "irregular", "op_datpro": "other", "never": "never",
    "not_planned": "notPlanned", "other": "other", "unknown": "unknown", "multiple": "severalTimesADay",
}  # fmt: skip
ISO_19115 = {
    "continual": "continuous", "fortnightly": "biweekly", "biannually": "semiannual", "annually": "annual",
    "asneeded": "irregular", "irregular": "irregular", "notplanned": "notPlanned", "periodic": "other",
}  # fmt: skip
LEGACY = {
    "realtime": "continuous", "fourtimesaday": "severalTimesADay", "fourtimesaweek": "other",
    "fortnighly": "biweekly", "biannual": "semiannual",
}  # fmt: skip
WORDS = {
    "temps-reel": "continuous", "en-continu": "continuous", "continue": "continuous", "au-fil-de-l-eau": "continuous",
    "au-fil-de-leau": "continuous", "real-time": "continuous", "quotidienne": "daily", "quotidien": "daily",
    "journaliere": "daily", "journalier": "daily", "tous-les-jours": "daily", "hebdomadaire": "weekly",
    "toutes-les-semaines": "weekly", "bimensuelle": "semimonthly", "bimensuel": "semimonthly",
    "mensuelle": "monthly", "mensuel": "monthly", "tous-les-mois": "monthly", "bimestrielle": "bimonthly",
    "bimestriel": "bimonthly", "trimestrielle": "quarterly", "trimestriel": "quarterly",
    "semestrielle": "semiannual", "semestriel": "semiannual", "annuelle": "annual", "annuel": "annual",
    "tous-les-ans": "annual", "yearly": "annual", "every-year": "annual", "biennale": "biennial",
    "bisannuelle": "biennial", "triennale": "triennial", "quadriennale": "quadrennial",
    "quinquennale": "quinquennial", "decennale": "decennial", "ponctuelle": "punctual", "ponctuel": "punctual",
    "once": "punctual", "aucune": "never", "jamais": "never", "irreguliere": "irregular", "irregulier": "irregular",
    "non-planifiee": "notPlanned", "not-planned": "notPlanned", "inconnue": "unknown", "inconnu": "unknown",
    "every-day": "daily", "every-week": "weekly", "every-month": "monthly", "half-yearly": "semiannual",
    "semi-annual": "semiannual", "bi-weekly": "biweekly", "semi-monthly": "semimonthly",
}  # fmt: skip
ISO_8601 = {
    "PT1S": "continuous", "PT1M": "oneMinute", "PT5M": "fiveMinutes", "PT10M": "tenMinutes",
    "PT15M": "fifteenMinutes", "PT30M": "thirtyMinutes", "PT1H": "hourly", "PT2H": "bihourly", "PT3H": "trihourly",
    "PT12H": "twelveHours", "PT8H": "threeTimesADay", "P0.5D": "semidaily", "P1D": "daily", "PT24H": "daily",
    "P0.33W": "threeTimesAWeek", "P0.5W": "semiweekly", "P3.5D": "semiweekly", "P1W": "weekly", "P7D": "weekly",
    "P2W": "biweekly", "P14D": "biweekly", "P0.33M": "threeTimesAMonth", "P0.5M": "semimonthly", "P15D": "semimonthly",
    "P1M": "monthly", "P2M": "bimonthly", "P3M": "quarterly", "P4M": "threeTimesAYear", "P6M": "semiannual",
    "P1Y": "annual", "P12M": "annual", "P2Y": "biennial", "P3Y": "triennial", "P4Y": "quadrennial",
    "P5Y": "quinquennial", "P10Y": "decennial", "P20Y": "bidecennial", "P30Y": "tridecennial",
}  # fmt: skip
REPEATING = re.compile(r"(?:R\d*/)?(P[\dYMWDTHS.,]+)", re.IGNORECASE)
TERM = re.compile(r"https?://\S+[/#]([^/#\s]+)/?")


def frequency(value: Any) -> str | None:
    """Return the portal's id of a frequency, or None: a term's address or bare name (Dublin Core wins over EU), an
    ISO 19115 code, an ISO 8601 interval (`R/P1Y`), a French or English word.
    """
    found = text(value, 500)
    if not found:
        return None
    interval = REPEATING.fullmatch(found.strip())
    if interval:
        return ISO_8601.get(interval[1].upper().replace(",", "."))
    address = TERM.fullmatch(found)
    name = (address[1] if address else found).strip().lower()
    for table in (DUBLIN_CORE, EUROPE, ISO_19115, LEGACY):
        if name in table:
            return table[name]
    return WORDS.get(normalize(found)) or _looser(name)


def _looser(name: str) -> str | None:
    """Return the frequency of a name written with other separators: `Several times a day`, `five-minutes`."""
    bare = re.sub(r"[\s_-]", "", name)
    return {one.lower(): one for one in IDS}.get(bare)
