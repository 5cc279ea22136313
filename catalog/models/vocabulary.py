"""The controlled vocabularies of the catalogue. Ids are udata's; labels are translated."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccessType(models.TextChoices):
    OPEN = "open", _("Open")
    OPEN_WITH_ACCOUNT = "open_with_account", _("Open with account")
    RESTRICTED = "restricted", _("Restricted")


class AccessReason(models.TextChoices):
    """Grounds for limiting access: article 13 of the INSPIRE directive 2007/2/EC."""

    PROCEEDINGS = (
        "confidentiality_of_proceedings_of_public_authorities",
        _("Confidentiality of the proceedings of public authorities"),
    )
    DEFENCE = (
        "international_relations_public_security_or_national_defence",
        _("International relations, public security or national defence"),
    )
    JUSTICE = "course_of_justice_or_fair_trial", _("Course of justice or fair trial")
    BUSINESS = (
        "confidentiality_of_commercial_or_industrial_information",
        _("Confidentiality of commercial or industrial information"),
    )
    INTELLECTUAL_PROPERTY = "intellectual_property_rights", _("Intellectual property rights")
    PERSONAL_DATA = "confidentiality_of_personal_data", _("Confidentiality of personal data")
    VOLUNTARY = "protection_of_voluntary_information_suppliers", _("Protection of voluntary information suppliers")
    ENVIRONMENT = "protection_of_environment", _("Protection of the environment")

    @property
    def definition(self) -> str:
        """What the ground means, in one sentence."""
        return ACCESS_REASON_DEFINITIONS[self]


ACCESS_REASON_DEFINITIONS = {
    AccessReason.PROCEEDINGS: _("Opening the data would reveal deliberations that the law keeps secret."),
    AccessReason.DEFENCE: _("Opening the data would harm diplomacy, public security or defence."),
    AccessReason.JUSTICE: _("Opening the data would disturb a trial or an inquiry."),
    AccessReason.BUSINESS: _("Opening the data would reveal trade, tax or statistical secrets that the law protects."),
    AccessReason.INTELLECTUAL_PROPERTY: _("Opening the data would infringe intellectual property rights."),
    AccessReason.PERSONAL_DATA: _("Opening the data would reveal facts about people who did not agree to it."),
    AccessReason.VOLUNTARY: _("Opening the data would harm people who supplied it without having to."),
    AccessReason.ENVIRONMENT: _("Opening the data would harm what it describes, such as the refuge of a rare species."),
}


class Frequency(models.TextChoices):
    """How often a dataset is updated (Dublin Core and EU frequencies)."""

    CONTINUOUS = "continuous", _("Real time")
    ONE_MINUTE = "oneMinute", _("Every minute")
    FIVE_MINUTES = "fiveMinutes", _("Every five minutes")
    TEN_MINUTES = "tenMinutes", _("Every ten minutes")
    FIFTEEN_MINUTES = "fifteenMinutes", _("Every fifteen minutes")
    THIRTY_MINUTES = "thirtyMinutes", _("Every thirty minute")  # udata's own spelling, which clients compare
    HOURLY = "hourly", _("Every hour")
    BIHOURLY = "bihourly", _("Every two hours")
    TRIHOURLY = "trihourly", _("Every three hours")
    TWELVE_HOURS = "twelveHours", _("Every twelve hours")
    SEVERAL_TIMES_A_DAY = "severalTimesADay", _("Several times a day")
    THREE_TIMES_A_DAY = "threeTimesADay", _("Three times a day")
    SEMIDAILY = "semidaily", _("Twice a day")
    DAILY = "daily", _("Daily")
    FIVE_TIMES_A_WEEK = "fiveTimesAWeek", _("Five times a week")
    THREE_TIMES_A_WEEK = "threeTimesAWeek", _("Three times a week")
    SEMIWEEKLY = "semiweekly", _("Twice a week")
    WEEKLY = "weekly", _("Weekly")
    BIWEEKLY = "biweekly", _("Every two weeks")
    THREE_TIMES_A_MONTH = "threeTimesAMonth", _("Three times a month")
    SEMIMONTHLY = "semimonthly", _("Twice a month")
    MONTHLY = "monthly", _("Monthly")
    BIMONTHLY = "bimonthly", _("Every two months")
    QUARTERLY = "quarterly", _("Quarterly")
    THREE_TIMES_A_YEAR = "threeTimesAYear", _("Three times a year")
    SEMIANNUAL = "semiannual", _("Twice a year")
    ANNUAL = "annual", _("Annually")
    BIENNIAL = "biennial", _("Every two years")
    TRIENNIAL = "triennial", _("Every three years")
    QUADRENNIAL = "quadrennial", _("Every four years")
    QUINQUENNIAL = "quinquennial", _("Every five years")
    DECENNIAL = "decennial", _("Every ten years")
    BIDECENNIAL = "bidecennial", _("Every twenty years")
    TRIDECENNIAL = "tridecennial", _("Every thirty years")
    PUNCTUAL = "punctual", _("Punctual")
    IRREGULAR = "irregular", _("Irregular")
    NEVER = "never", _("Never")
    NOT_PLANNED = "notPlanned", _("Not planned")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")

    @property
    def delta(self) -> timedelta | None:
        """The longest time between two updates, or None where the frequency promises none."""
        return FREQUENCY_DELTAS.get(self)

    @classmethod
    def parse(cls, value: str) -> "Frequency":
        """Return the frequency of that id, legacy spellings included. Raises ValueError for any other."""
        return cls(LEGACY_FREQUENCIES.get(value, value))


FREQUENCY_DELTAS: dict[str, timedelta] = {
    **{
        Frequency(name): timedelta(minutes=minutes)
        for name, minutes in {
            "oneMinute": 1, "fiveMinutes": 5, "tenMinutes": 10, "fifteenMinutes": 15, "thirtyMinutes": 30,
            "hourly": 60, "bihourly": 120, "trihourly": 180, "twelveHours": 720,
        }.items()
    },
    **{
        Frequency(name): timedelta(days=days)
        for days, names in {
            1: "severalTimesADay threeTimesADay semidaily daily",
            7: "fiveTimesAWeek threeTimesAWeek semiweekly weekly",
            14: "biweekly",
            31: "threeTimesAMonth semimonthly monthly",
            62: "bimonthly",
            93: "quarterly",
            365: "threeTimesAYear semiannual annual",
            730: "biennial",
            1095: "triennial",
            1460: "quadrennial",
            1825: "quinquennial",
            3650: "decennial",
            7300: "bidecennial",
            10950: "tridecennial",
        }.items()
        for name in names.split()
    },
}  # fmt: skip

LEGACY_FREQUENCIES = {
    "realtime": "continuous",
    "fourTimesADay": "severalTimesADay",
    "fourTimesAWeek": "other",
    "fortnighly": "biweekly",
    "biannual": "semiannual",
}


class ResourceType(models.TextChoices):
    MAIN = "main", _("Main file")
    DOCUMENTATION = "documentation", _("Documentation")
    UPDATE = "update", _("Update")
    API = "api", _("API")
    CODE = "code", _("Code repository")
    OTHER = "other", _("Other")


class FileType(models.TextChoices):
    FILE = "file", _("Hosted here")
    REMOTE = "remote", _("Remote address")


class ChecksumType(models.TextChoices):
    SHA1 = "sha1", "SHA-1"
    SHA2 = "sha2", "SHA-2"
    SHA256 = "sha256", "SHA-256"
    MD5 = "md5", "MD5"
    CRC = "crc", "CRC"


class DatasetBadgeKind(models.TextChoices):
    PIVOTAL_DATA = "pivotal-data", _("Pivotal data")
    SPD = "spd", _("Reference data public service")
    INSPIRE = "inspire", _("Inspire")
    HVD = "hvd", _("High value datasets")
    SL = "sl", _("Certified statistic series")
    SR = "sr", _("Statistical series of general interest")


class OrganizationBadgeKind(models.TextChoices):
    PUBLIC_SERVICE = "public-service", _("Public Service")
    CERTIFIED = "certified", _("Certified")
    ASSOCIATION = "association", _("Association")
    COMPANY = "company", _("Company")
    LOCAL_AUTHORITY = "local-authority", _("Local authority")


class DataserviceBadgeKind(models.TextChoices):
    HVD = "hvd", _("High value datasets")


class MemberRole(models.TextChoices):
    ADMIN = "admin", _("Administrator")
    EDITOR = "editor", _("Editor")
    PARTIAL_EDITOR = "partial_editor", _("Partial editor")


class ContactRole(models.TextChoices):
    """Roles of ISO 19115 and DCAT-AP."""

    CONTACT = "contact", _("Contact")
    CREATOR = "creator", _("Creator")
    PUBLISHER = "publisher", _("Publisher")
    RIGHTS_HOLDER = "rightsHolder", _("Rights Holder")
    CUSTODIAN = "custodian", _("Custodian")
    DISTRIBUTOR = "distributor", _("Distributor")
    ORIGINATOR = "originator", _("Originator")
    PRINCIPAL_INVESTIGATOR = "principalInvestigator", _("Principal Investigator")
    PROCESSOR = "processor", _("Processor")
    RESOURCE_PROVIDER = "resourceProvider", _("Resource Provider")
    USER = "user", _("User")


class ReuseType(models.TextChoices):
    API = "api", _("API")
    APPLICATION = "application", _("Application")
    IDEA = "idea", _("Idea")
    NEWS_ARTICLE = "news_article", _("News Article")
    PAPER = "paper", _("Paper")
    POST = "post", _("Post")
    VISUALIZATION = "visualization", _("Visualization")
    HARDWARE = "hardware", _("Connected device")


class ReuseTopic(models.TextChoices):
    HEALTH = "health", _("Health")
    TRANSPORT = "transport_and_mobility", _("Transport and mobility")
    HOUSING = "housing_and_development", _("Housing and development")
    FOOD = "food_and_agriculture", _("Food and agriculture")
    CULTURE = "culture_and_recreation", _("Culture and recreation")
    ECONOMY = "economy_and_business", _("Economy and business")
    ENVIRONMENT = "environment_and_energy", _("Environment and energy")
    WORK = "work_and_training", _("Work and training")
    POLITICS = "politics_and_public_life", _("Politics and public life")
    SAFETY = "safety_and_security", _("Safety and security")
    EDUCATION = "education_and_research", _("Education and research")
    SOCIETY = "society_and_demography", _("Society and demography")
    LAW = "law_and_justice", _("Law and justice")
    TOOLS = "open_data_tools", _("Open data tools")
    OTHERS = "others", _("Others")


class DataserviceFormat(models.TextChoices):
    REST = "REST", "REST"
    WMS = "WMS", "WMS"
    WSL = "WSL", "WSL"


class PostKind(models.TextChoices):
    NEWS = "news", _("News")
    PAGE = "page", _("Page")


class BodyType(models.TextChoices):
    MARKDOWN = "markdown", _("Markdown")
    HTML = "html", _("HTML")
    BLOCS = "blocs", _("Blocks")


class ReportReason(models.TextChoices):
    """Why a reader reports an object; the first one is the spam detector's own."""

    AUTO_SPAM = "auto_spam", _("Auto-detected spam")
    EXPLICIT_CONTENT = "explicit_content", _("Explicit content")
    ILLEGAL_CONTENT = "illegal_content", _("Illegal content")
    OTHERS = "others", _("Others")
    PERSONAL_DATA = "personal_data", _("Personal data")
    SECURITY = "security", _("Security")
    SPAM = "spam", _("Spam")
