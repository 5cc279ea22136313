"""The columns of a CSV manifest: what their headers mean, in French and in English. Pure.

Known as they are: the catalogue of data.gouv.fr (`dataset.title`, `url`…) and that of the French towns (SCDL:
`COLL_NOM`, `FREQ_MAJ`…). Others are found by their words.
"""

from dataclasses import dataclass, field

from harvest.mapping.tags import split
from portal.lib.slugs import normalize

ID = "dataset.id"
# What a header may be called, as a slug, by column. A word in two columns is the first one's that is free.
NAMES = {
    ID: "dataset.id dataset_id id_dataset id_jeu id-jeu-de-donnees identifiant-jeu-de-donnees identifiant-du-jeu "
    "identifiant-du-jeu-de-donnees identifiant identifier id reference ref code",
    "dataset.title": "dataset.title dataset_title titre_jeu titre-du-jeu titre-du-jeu-de-donnees nom-du-jeu "
    "titre-jeu-de-donnees nom-du-jeu-de-donnees nom-jeu-de-donnees jeu-de-donnees titre title intitule nom name",
    "dataset.acronym": "dataset.acronym acronyme sigle acronym",
    "dataset.description": "dataset.description dataset_description description-du-jeu description-jeu-de-donnees "
    "description-du-jeu-de-donnees description resume abstract notes",
    "dataset.url": "dataset.url dataset_url page page-du-jeu page-du-jeu-de-donnees landing-page landingpage "
    "url-du-jeu-de-donnees url-page",
    "dataset.organization": "dataset.organization organization organisation producteur_nom producteur publisher "
    "editeur coll_nom collectivite commune service",
    "dataset.license": "dataset.license licence license",
    "dataset.frequency": "dataset.frequency freq_maj frequence frequence-de-mise-a-jour frequency periodicite "
    "accrual-periodicity accrualperiodicity update-frequency mise-a-jour",
    "dataset.tags": "dataset.tags mots_cles mots-cles mots-clefs keywords keyword tags etiquettes",
    "dataset.theme": "dataset.theme theme themes thematique thematiques categorie category",
    "dataset.private": "dataset.private prive private",
    "dataset.archived": "dataset.archived archive archived",
    "dataset.spatial": "dataset.spatial.zones couv_spat_nom territoire couverture-spatiale couverture-geographique "
    "zone spatial territory",
    "dataset.granularity": "dataset.spatial.granularity couv_spat_maille granularite maille granularity",
    "dataset.temporal_start": "dataset.temporal_coverage.start couv_temp_debut debut date-de-debut "
    "debut-couverture-temporelle temporal-start start-date",
    "dataset.temporal_end": "dataset.temporal_coverage.end couv_temp_fin fin date-de-fin fin-couverture-temporelle "
    "temporal-end end-date",
    "dataset.temporal": "couverture-temporelle periode temporal-coverage temporal",
    "dataset.created_at": "dataset.created_at date_publ date-de-publication date-publication issued "
    "publication-date date-de-creation",
    "dataset.modified": "dataset.last_modified dataset.last_update dataset.modified date_maj date-de-mise-a-jour "
    "derniere-mise-a-jour date-de-modification last-update",
    "dataset.contact_name": "contact contact-name nom-du-contact contact-nom auteur author",
    "dataset.contact_email": "contact-email contact-mail email e-mail mail courriel adresse-electronique",
    "id": "id resource.id resource_id id-ressource identifiant-ressource identifiant-de-la-ressource",
    "url": "url resource.url resource_url url-ressource url-de-la-ressource url-du-fichier lien lien-du-fichier "
    "adresse-du-fichier download-url downloadurl telechargement lien-de-telechargement file adresse link",
    "title": "title resource.title resource_title titre-ressource titre-de-la-ressource nom-de-la-ressource "
    "nom-du-fichier nom-fichier titre-du-fichier fichier ressource file-name filename",
    "description": "description resource.description description-ressource description-de-la-ressource "
    "description-du-fichier",
    "format": "format resource.format format_ressources format-du-fichier extension",
    "type": "type resource.type type-de-ressource",
    "mime": "mime resource.mime type-mime mime-type media-type mediatype",
    "filesize": "filesize resource.filesize taille taille-du-fichier size poids",
    "checksum.type": "checksum.type resource.checksum.type",
    "checksum.value": "checksum.value resource.checksum.value checksum empreinte somme-de-controle",
    "schema": "schema resource.schema.name schema-name",
    "created_at": "created_at resource.created_at",
    "modified": "modified harvest.modified_at resource.modified date-de-mise-a-jour-de-la-ressource",
}
SLUGS = {
    column: list(dict.fromkeys(normalize(word.replace("_", "-")) for word in (column, *words.split())))
    for column, words in NAMES.items()
}
# Where the title says that it is the dataset's, as in data.gouv.fr's catalogue, plain words are the resource's.
SPLIT_BY = SLUGS["dataset.title"][0]
OF_RESOURCE = tuple(column for column in NAMES if not column.startswith("dataset."))


@dataclass(slots=True)
class Header:
    """Which cell of a row holds which column. `extras` are the cells that mean nothing here, by their headers."""

    cells: dict[str, int] = field(default_factory=dict)
    extras: dict[str, int] = field(default_factory=dict)
    width: int = 0

    @property
    def is_known(self) -> bool:
        """Tell whether rows can be told apart by dataset."""
        return ID in self.cells


def header_of(cells: list[str], chosen: dict[str, str] | None = None) -> Header:
    """Return what the cells of a header row mean; `chosen` says it for some columns (column -> header)."""
    slugs = [normalize(cell) for cell in cells]
    found = Header(width=len(cells))
    for column, wanted in (chosen or {}).items():
        if normalize(wanted) in slugs:
            found.cells[column] = slugs.index(normalize(wanted))
    order = (*OF_RESOURCE, *NAMES) if SPLIT_BY in slugs else tuple(NAMES)
    for column in order:
        if column not in found.cells:
            _find(column, slugs, found)
    taken = set(found.cells.values())
    for position, cell in enumerate(cells):
        name = cell.strip()
        if position not in taken and name and name not in found.extras:
            found.extras[name] = position
    return found


def _find(column: str, slugs: list[str], found: Header) -> None:
    """Give a column the first free cell that has one of its names."""
    taken = set(found.cells.values())
    for word in SLUGS[column]:
        for position, slug in enumerate(slugs):
            if slug == word and position not in taken:
                found.cells[column] = position
                return


def chosen_columns(setting: object) -> tuple[dict[str, str], list[str]]:
    """Return the columns that a setting names (`dataset.title = Libellé; url = Lien`), and its parts that are wrong."""
    found, wrong = {}, []
    for pair in split(setting, ";\n"):
        column, mark, wanted = pair.partition("=")
        if mark and column.strip() in NAMES and wanted.strip():
            found[column.strip()] = wanted.strip()
        else:
            wrong.append(pair)
    return found, wrong
