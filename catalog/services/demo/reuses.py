"""Reuses, dataservices and community resources."""

from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage

from catalog.models import CommunityResource, Dataservice, DataserviceBadge, Dataset, Reuse, Tag
from catalog.models.vocabulary import DataserviceBadgeKind
from catalog.services.demo import files, pictures
from catalog.services.demo.datasets import dataset_id
from catalog.services.demo.names import chance, file_id, object_id, read
from catalog.services.demo.organizations import organization_id, person_id
from catalog.services.demo.plan import places, publishers
from catalog.services.demo.writer import Writer
from catalog.services.metrics import month_names

# Who attached which file to which dataset.
COMMUNITY = {
    "arbres-ville-port-serein": ("tomas", "Arbres remarquables, avec le nom latin des espèces"),
    "budget-ville-port-serein": ("maud", "Budget primitif, chapitres regroupés en six postes"),
    "population-2025": ("hugo", "Populations avec le code des anciennes communes"),
    "stops": ("nora", "Stops with the name spoken on board"),
    "qualite-air-port-serein": ("idriss", "Moyennes par jour depuis 2018"),
    "medecins": ("aicha", "Temps de trajet jusqu'au généraliste le plus proche"),
    "accidents-2025": ("nora", "Accidents à vélo seulement"),
    "bio": ("lea", "Exploitations bio par bassin de vie"),
    "monuments": ("ines", "Monuments, identifiants d'une encyclopédie libre"),
    "baignade-2026": ("samuel", "Sea temperature on sampling days"),
    "gares": ("viktor", "Gares reliées aux arrêts de bus"),
    "chemins": ("tomas", "Chemins praticables en poussette"),
}


def add_reuses(writer: Writer) -> None:
    for raw in read("reuses"):
        for place in raw.get("places", [""]):
            key = f"{raw['key']}-{place}" if place else raw["key"]
            if writer.lacks(Reuse, object_id("reuse", key)):
                _add_reuse(writer, raw, key, place)


def _owner(key: str) -> dict[str, str]:
    return {"organization_id": organization_id(key)} if key in publishers() else {"owner_id": person_id(key)}


def _found(keys: list[str]) -> list[str]:
    """Return the ids of the datasets of these keys that the portal has."""
    return list(Dataset.objects.filter(pk__in=map(dataset_id, keys)).values_list("pk", flat=True))


def _add_reuse(writer: Writer, raw: dict[str, Any], key: str, place: str) -> None:
    rng = chance(f"reuse {key}")
    words = {"of": places()[place].of, "at": places()[place].at} if place else {}
    created = writer.now - timedelta(days=rng.randint(2, 900))
    datasets = _found([name.format(place=place) for name in raw["datasets"]])
    image = files.store(f"reuses/demo-{key}.png", pictures.banner(f"reuse {key}"))
    reuse = Reuse(
        id=object_id("reuse", key),
        title=raw["title"].format(**words),
        description=raw["text"].format(**words),
        type=raw["type"],
        topic=raw["topic"],
        url=f"https://example.org/reutilisations/{key}",
        image=image.name,
        featured=raw.get("featured", False),
        created_at=created,
        last_modified=created + (writer.now - created) * rng.random(),
        metric_datasets=len(datasets),
        metric_views=int(50 * rng.paretovariate(0.9)) % 60_000,
        metric_followers=rng.randint(0, 40),
        **_owner(raw["author"]),
    )
    writer.add(reuse, tags=Tag.objects.named(raw["tags"]), datasets=datasets)


def add_dataservices(writer: Writer) -> None:
    for raw in read("dataservices"):
        if writer.lacks(Dataservice, object_id("dataservice", raw["key"])):
            _add_dataservice(writer, raw)


def _add_dataservice(writer: Writer, raw: dict[str, Any]) -> None:
    rng = chance(f"dataservice {raw['key']}")
    created = writer.now - timedelta(days=rng.randint(30, 1_200))
    base = f"https://example.org/{raw['organization']}/{raw['key']}"
    service = Dataservice(
        id=object_id("dataservice", raw["key"]),
        title=raw["title"],
        acronym=raw["acronym"],
        description=raw["text"],
        organization_id=organization_id(raw["organization"]),
        base_api_url=f"{base}/v1",
        machine_documentation_url=f"{base}/openapi.json",
        technical_documentation_url=f"{base}/docs",
        rate_limiting=raw["rate"],
        availability=raw["availability"],
        format=raw["format"],
        access_type=raw.get("access", "open"),
        license_id=None if "access" in raw else raw["license"],
        featured=raw["badge"],
        created_at=created,
        metadata_modified_at=created + (writer.now - created) * rng.random(),
        metric_views=rng.randint(90, 24_000),
        metric_followers=rng.randint(0, 60),
        metric_months={"followers_by_months": {month: rng.randint(0, 3) for month in month_names()}},
    )
    contacts = [object_id("contact", raw["organization"])]
    tags = Tag.objects.named(raw["tags"])
    writer.add(service, tags=tags, datasets=_found(raw["datasets"]), contact_points=contacts)
    if raw["badge"]:
        DataserviceBadge.objects.create(dataservice=service, kind=DataserviceBadgeKind.HVD, created=created)


def add_community_resources(writer: Writer) -> None:
    for key, (author, title) in COMMUNITY.items():
        pk = file_id(f"community {key}")
        if not writer.lacks(CommunityResource, pk):
            continue
        content = f"source,remarque\n{key},Complément fourni par la communauté\n".encode()
        stored = files.store(f"{files.FOLDER}/community/{key}.csv", content)
        made = writer.now - timedelta(days=chance(f"community {key}").randint(3, 300))
        writer.add(
            CommunityResource(
                id=pk,
                dataset_id=dataset_id(key),
                owner_id=person_id(author),
                title=title,
                description="Fichier complémentaire proposé par une personne qui réutilise les données.",
                file=stored.name,
                url=default_storage.url(stored.name),
                filetype="file",
                format="csv",
                mime="text/csv",
                filesize=stored.size,
                checksum_type="sha1",
                checksum_value=stored.sha1,
                created_at_internal=made,
                last_modified_internal=made,
                metric_views=chance(f"downloads {key}").randint(2, 400),
            )
        )
