"""Controlled terms that DCAT-AP prescribes, and what they are called here."""

EU = "http://publications.europa.eu/resource/authority/"
# Categories of high-value datasets (regulation (EU) 2023/138), as tags.
HVD_CATEGORIES = {
    "c_164e0bf5": "Météorologiques",
    "c_a9135398": "Entreprises et propriété d'entreprises",
    "c_ac64a52d": "Géospatiales",
    "c_b79e35eb": "Mobilité",
    "c_dd313021": "Observation de la terre et environnement",
    "c_e1da4e07": "Statistiques",
}
HVD_LEGISLATION = ("eli/reg_impl/2023/138",)
# The themes of the EU, for catalogues that give their address alone.
THEMES = {
    "AGRI": "Agriculture, pêche, sylviculture et alimentation", "ECON": "Économie et finances",
    "EDUC": "Éducation, culture et sport", "ENER": "Énergie", "ENVI": "Environnement",
    "GOVE": "Gouvernement et secteur public", "HEAL": "Santé", "INTR": "Questions internationales",
    "JUST": "Justice, système juridique et sécurité publique", "REGI": "Régions et villes",
    "SOCI": "Population et société", "TECH": "Science et technologie", "TRAN": "Transports",
}  # fmt: skip
# Licences of the EU's list, by names that guessing knows.
LICENSES = {
    "CC0": "cc-zero", "CC_BY": "cc-by", "CC_BY_4_0": "cc-by", "CC_BY_3_0": "cc-by", "CC_BYSA": "cc-by-sa",
    "CC_BYSA_4_0": "cc-by-sa", "CC_BYSA_3_0": "cc-by-sa", "ODC_BL": "odc-odbl", "ODBL_1_0": "odc-odbl",
    "ODC_BY": "odc-by", "ODC_PDDL": "odc-pddl", "ETALAB_2_0": "lov2", "LICENCE_OUVERTE_2_0": "lov2",
}  # fmt: skip
ACCESS_RIGHTS = {
    "public": "open", "open": "open", "restricted": "open_with_account", "non_public": "restricted",
    "nonpublic": "restricted", "non-public": "restricted", "confidential": "restricted", "sensitive": "restricted",
}  # fmt: skip
# Grounds of article 13(1) of INSPIRE, by letter: the portal's categories.
INSPIRE_REASONS = {
    "a": "confidentiality_of_proceedings_of_public_authorities",
    "b": "international_relations_public_security_or_national_defence",
    "c": "course_of_justice_or_fair_trial",
    "d": "confidentiality_of_commercial_or_industrial_information",
    "e": "intellectual_property_rights",
    "f": "confidentiality_of_personal_data",
    "g": "protection_of_voluntary_information_suppliers",
    "h": "protection_of_environment",
}
TYPES = {
    "documentation": "documentation", "web_service": "api", "webservice": "api", "visualization": "other",
    "code": "code",
}  # fmt: skip
SERVICES = ("wms", "wfs", "wmts", "wcs", "csw", "sos", "wps", "tms", "atom")


def last_part(address: str) -> str:
    """Return what an address ends with: the code of a term."""
    bare = address.rstrip("/#")
    return bare[max(bare.rfind("/"), bare.rfind("#")) + 1 :]


def service_in(words: list[str]) -> str:
    """Return which geographic service some words name (`…/serviceType/ogc/wms`, `OGC:WMS-1.3.0-http…`), or ""."""
    for word in words:
        lower = word.lower()
        for name in SERVICES:
            if lower == name or lower.startswith(f"ogc:{name}") or last_part(lower).split(":")[-1] == name:
                return name
    return ""
