"""Which territory lies in which: told by the codes of the levels that every portal has (countries, French ones).

No table is kept: 35,000 communes name their department by their code. Territories of other levels have no parents.
"""

from django.db.models import Q

COUNTRY, GROUP, SUBSET = "country", "country-group", "country-subset"
REGION, DEPARTMENT, COMMUNE, IRIS = "fr:region", "fr:departement", "fr:commune", "fr:iris"
WITHIN_DEPARTMENT = ("fr:arrondissement", "fr:canton", COMMUNE)
OVERSEAS = ("97", "98")  # beginnings of the codes of departments that have three characters
DEPARTMENTS = {
    region: codes.split()
    for region, codes in {
        "01": "971",
        "02": "972",
        "03": "973",
        "04": "974",
        "06": "976",
        "11": "75 77 78 91 92 93 94 95",
        "24": "18 28 36 37 41 45",
        "27": "21 25 39 58 70 71 89 90",
        "28": "14 27 50 61 76",
        "32": "02 59 60 62 80",
        "44": "08 10 51 52 54 55 57 67 68 88",
        "52": "44 49 53 72 85",
        "53": "22 29 35 56",
        "75": "16 17 19 23 24 33 40 47 64 79 86 87",
        "76": "09 11 12 30 31 32 34 46 48 65 66 81 82",
        "84": "01 03 07 15 26 38 42 43 63 69 73 74",
        "93": "04 05 06 13 83 84",
        "94": "2A 2B",
    }.items()
}
REGION_OF = {code: region for region, codes in DEPARTMENTS.items() for code in codes}
OVERSEAS_REGIONS = [region for region, codes in DEPARTMENTS.items() if codes[0].startswith(OVERSEAS)]
UNION = [
    "at", "be", "bg", "cy", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr", "hr", "hu", "ie", "it", "lt", "lu", "lv",
    "mt", "nl", "pl", "pt", "ro", "se", "si", "sk",
]  # fmt: skip


def department_of(code: str) -> str:
    """Return the code of the department in which a French code (of a commune, a canton, an arrondissement) begins."""
    return code[:3] if code.startswith(OVERSEAS) else code[:2]


def parents_of(level: str, code: str) -> list[str]:
    """Return the ids of the territories that hold this one, the widest first; they may not be known here."""
    country_fr, region = f"{COUNTRY}:fr", f"{REGION}:{{}}"
    if level == COUNTRY:
        return [f"{GROUP}:world", *([f"{GROUP}:eu"] if code in UNION else [])]
    if level == SUBSET:
        return [f"{COUNTRY}:{code.partition(':')[0]}"]
    if level == REGION:
        return [country_fr, f"{SUBSET}:fr:{'drom' if code in OVERSEAS_REGIONS else 'metro'}"]
    if level == DEPARTMENT:
        return [country_fr, region.format(REGION_OF[code])] if code in REGION_OF else [country_fr]
    if level in (*WITHIN_DEPARTMENT, IRIS):
        return _within_department(level, code)
    return []


def _within_department(level: str, code: str) -> list[str]:
    department = department_of(code)
    above = [*parents_of(DEPARTMENT, department), f"{DEPARTMENT}:{department}"]
    return [*above, f"{COMMUNE}:{code[:5]}"] if level == IRIS else above


def children_of(level: str, code: str) -> Q | None:
    """Return the condition on the territories that lie directly in this one, or None where the codes tell of none."""
    if level == GROUP:
        return {"world": Q(level=COUNTRY), "eu": Q(level=COUNTRY, code__in=UNION)}.get(code)
    if level == REGION:
        return Q(level=DEPARTMENT, code__in=DEPARTMENTS[code]) if code in DEPARTMENTS else None
    if level == DEPARTMENT:
        return Q(level=COMMUNE, code__startswith=code)
    if level == COMMUNE:
        return Q(level=IRIS, code__startswith=code)
    overseas = Q(code__in=OVERSEAS_REGIONS)
    return {
        f"{COUNTRY}:fr": Q(level=REGION),
        f"{SUBSET}:fr:drom": Q(level=REGION) & overseas,
        f"{SUBSET}:fr:metro": Q(level=REGION) & ~overseas,
    }.get(f"{level}:{code}")
