"""Records of ISO 19139 for the tests, built of their parts."""

OLD = (
    'xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco" '
    'xmlns:gmx="http://www.isotc211.org/2005/gmx" xmlns:gml="http://www.opengis.net/gml" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:srv="http://www.isotc211.org/2005/srv"'
)
LIST = "https://standards.iso.org/iso/19139/resources/gmxCodelists.xml#"
LIMITS = "http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/"
USES = "http://inspire.ec.europa.eu/metadata-codelist/ConditionsApplyingToAccessAndUse/"


def words(text: str) -> str:
    return f"<gco:CharacterString>{text}</gco:CharacterString>"


def within(path: str, inner: str) -> str:
    """Return `inner` in these elements, the outermost first."""
    for name in reversed(path.split("/")):
        inner = f"<gmd:{name}>{inner}</gmd:{name}>"
    return inner


def anchor(href: str, text: str = "") -> str:
    return f'<gmx:Anchor xlink:href="{href}">{text}</gmx:Anchor>'


def coded(name: str, value: str) -> str:
    return f'<gmd:{name} codeList="{LIST}{name}" codeListValue="{value}">{value}</gmd:{name}>'


def iso(about: str = "", more: str = "", *, title: str = words("Titre"), citation: str = "", head: str = "") -> str:
    """Return a record of ISO 19139: `about` in its identification, `more` after it, `head` before it."""
    return (
        f"<gmd:MD_Metadata {OLD}><gmd:fileIdentifier>{words('rec-1')}</gmd:fileIdentifier>{head}"
        f"<gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation><gmd:title>{title}"
        f"</gmd:title>{citation}</gmd:CI_Citation></gmd:citation>{about}</gmd:MD_DataIdentification>"
        f"</gmd:identificationInfo>{more}</gmd:MD_Metadata>"
    )


def online(url: str, protocol: str = "", name: str = "", function: str = "", description: str = "") -> str:
    """Return a distribution with one online resource."""
    parts = f"<gmd:linkage><gmd:URL>{url.replace('&', '&amp;')}</gmd:URL></gmd:linkage>"
    parts += f"<gmd:protocol>{words(protocol)}</gmd:protocol>" if protocol else ""
    parts += f"<gmd:name>{words(name)}</gmd:name>" if name else ""
    parts += f"<gmd:description>{words(description)}</gmd:description>" if description else ""
    parts += f"<gmd:function>{coded('CI_OnLineFunctionCode', function)}</gmd:function>" if function else ""
    return distribution(f"<gmd:onLine><gmd:CI_OnlineResource>{parts}</gmd:CI_OnlineResource></gmd:onLine>")


def distribution(options: str, formats: str = "") -> str:
    return (
        f"<gmd:distributionInfo><gmd:MD_Distribution>{formats}<gmd:transferOptions><gmd:MD_DigitalTransferOptions>"
        f"{options}</gmd:MD_DigitalTransferOptions></gmd:transferOptions></gmd:MD_Distribution></gmd:distributionInfo>"
    )


def legal(*, access: str = "", use: str = "", limits: tuple[str, ...] = (), others: tuple[str, ...] = ()) -> str:
    parts = "".join(f"<gmd:useLimitation>{one}</gmd:useLimitation>" for one in limits)
    for name, value in (("accessConstraints", access), ("useConstraints", use)):
        parts += f"<gmd:{name}>{coded('MD_RestrictionCode', value)}</gmd:{name}>" if value else ""
    parts += "".join(f"<gmd:otherConstraints>{one}</gmd:otherConstraints>" for one in others)
    return (
        f"<gmd:resourceConstraints><gmd:MD_LegalConstraints>{parts}</gmd:MD_LegalConstraints></gmd:resourceConstraints>"
    )


def party(name: str, mail: str, role: str, tag: str = "pointOfContact") -> str:
    return (
        f"<gmd:{tag}><gmd:CI_ResponsibleParty><gmd:individualName>{words('Someone')}</gmd:individualName>"
        f"<gmd:organisationName>{words(name)}</gmd:organisationName><gmd:contactInfo><gmd:CI_Contact><gmd:address>"
        f"<gmd:CI_Address><gmd:electronicMailAddress>{words(mail)}</gmd:electronicMailAddress></gmd:CI_Address>"
        f"</gmd:address></gmd:CI_Contact></gmd:contactInfo><gmd:role>{coded('CI_RoleCode', role)}</gmd:role>"
        f"</gmd:CI_ResponsibleParty></gmd:{tag}>"
    )


def dated(kind: str, value: str) -> str:
    return (
        f"<gmd:date><gmd:CI_Date><gmd:date><gco:Date>{value}</gco:Date></gmd:date><gmd:dateType>"
        f"{coded('CI_DateTypeCode', kind)}</gmd:dateType></gmd:CI_Date></gmd:date>"
    )


def named(code: str, space: str = "") -> str:
    space = f"<gmd:codeSpace>{words(space)}</gmd:codeSpace>" if space else ""
    return f"<gmd:identifier><gmd:RS_Identifier><gmd:code>{code}</gmd:code>{space}</gmd:RS_Identifier></gmd:identifier>"


def box(west, east, south, north) -> str:
    sides = (("westBoundLongitude", west), ("eastBoundLongitude", east), ("southBoundLatitude", south),
             ("northBoundLatitude", north))  # fmt: skip
    inner = "".join(f"<gmd:{name}><gco:Decimal>{value}</gco:Decimal></gmd:{name}>" for name, value in sides)
    return (
        f"<gmd:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_GeographicBoundingBox>{inner}"
        "</gmd:EX_GeographicBoundingBox></gmd:geographicElement></gmd:EX_Extent></gmd:extent>"
    )


def period(inner: str) -> str:
    return (
        f"<gmd:extent><gmd:EX_Extent><gmd:temporalElement><gmd:EX_TemporalExtent><gmd:extent>{inner}</gmd:extent>"
        "</gmd:EX_TemporalExtent></gmd:temporalElement></gmd:EX_Extent></gmd:extent>"
    )


def span(first: str, last: str, attributes: str = "") -> str:
    return (
        f"<gml:TimePeriod><gml:beginPosition>{first}</gml:beginPosition><gml:endPosition {attributes}>{last}"
        "</gml:endPosition></gml:TimePeriod>"
    )


def keywords(*found: str, thesaurus: str = "") -> str:
    inner = "".join(f"<gmd:keyword>{one}</gmd:keyword>" for one in found)
    if thesaurus:
        inner += within("thesaurusName/CI_Citation/title", thesaurus)
    return f"<gmd:descriptiveKeywords><gmd:MD_Keywords>{inner}</gmd:MD_Keywords></gmd:descriptiveKeywords>"


def maintained(code: str, period: str = "") -> str:
    inner = within("maintenanceAndUpdateFrequency", coded("MD_MaintenanceFrequencyCode", code))
    if period:
        inner += f"<gmd:userDefinedMaintenanceFrequency><x>{period}</x></gmd:userDefinedMaintenanceFrequency>"
    return within("resourceMaintenance/MD_MaintenanceInformation", inner)


def resolution(inner: str) -> str:
    return f"<gmd:spatialResolution><gmd:MD_Resolution>{inner}</gmd:MD_Resolution></gmd:spatialResolution>"


def distance(value, unit) -> str:
    return resolution(f'<gmd:distance><gco:Distance uom="{unit}">{value}</gco:Distance></gmd:distance>')


def scale(value) -> str:
    return resolution(
        "<gmd:equivalentScale><gmd:MD_RepresentativeFraction><gmd:denominator><gco:Integer>"
        f"{value}</gco:Integer></gmd:denominator></gmd:MD_RepresentativeFraction></gmd:equivalentScale>"
    )


def free(own: str, **translations: str) -> str:
    inner = "".join(
        f'<gmd:textGroup><gmd:LocalisedCharacterString locale="#{name}">{said}</gmd:LocalisedCharacterString>'
        "</gmd:textGroup>"
        for name, said in translations.items()
    )
    return f"{words(own) if own else ''}<gmd:PT_FreeText>{inner}</gmd:PT_FreeText>"


def locale(name: str, language: str) -> str:
    return (
        f'<gmd:locale><gmd:PT_Locale id="{name}"><gmd:languageCode>{coded("LanguageCode", language)}</gmd:languageCode>'
        "</gmd:PT_Locale></gmd:locale>"
    )
