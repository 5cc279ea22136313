"""A CKAN of any size on loopback, in a process of its own: `python -m bench.harvest_remote PORT COUNT [CHANGED]`.

Packages have 5 resources and 5 tags each; those whose number divides by CHANGED have another title.
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

WORDS = [
    "eau", "air", "sol", "bruit", "climat", "école", "route", "vélo", "forêt", "rivière", "budget", "santé",
    "logement", "tourisme", "énergie", "déchets",
]  # fmt: skip


def package(number: int, changed: int = 0) -> dict[str, Any]:
    """Return one package, about 5 kB of JSON."""
    words = [WORDS[(number * step + step) % len(WORDS)] for step in (1, 3, 5, 7, 11)]
    ident = f"{number:08x}-0000-4000-8000-{number:012x}"
    mark = " (bis)" if changed and number % changed == 0 else ""
    return {
        "id": ident,
        "name": f"jeu-de-donnees-{number:05}",
        "title": f"Jeu de données {number} : {' '.join(words[:3])}{mark}",
        "notes": f"Relevés de {words[0]} et de {words[1]} par commune. " * 12,
        "license_id": "odc-odbl",
        "license_title": "Open Data Commons Open Database License (ODbL)",
        "license_url": "https://opendatacommons.org/licenses/odbl/",
        "state": "active",
        "type": "dataset",
        "private": False,
        "author": f"Service {words[2]}",
        "maintainer": f"Direction {number % 40}",
        "maintainer_email": f"direction-{number % 40}@ville.example.org",
        "metadata_created": "2021-03-04T05:06:07.000001",
        "metadata_modified": f"2024-0{number % 9 + 1}-01T00:00:00.000001",
        "organization": {"id": "o", "name": "ville", "title": "Ville"},
        "groups": [],
        "tags": [{"name": f"{word} {number % 50}", "display_name": word, "state": "active"} for word in words],
        "extras": [
            {"key": "frequency", "value": "monthly"},
            {"key": "temporal_start", "value": "2019"},
            {"key": "temporal_end", "value": "2023"},
            {"key": "producteur", "value": f"Direction {number % 40}"},
        ],
        "num_resources": 5,
        "resources": [
            _resource(number, ident, rank, kind, words[0])
            for rank, kind in enumerate(("csv", "json", "xlsx", "geojson", "pdf"))
        ],
    }


def _resource(number: int, ident: str, rank: int, kind: str, word: str) -> dict[str, Any]:
    return {
        "id": f"{number:08x}-0000-4000-9000-{rank:012x}",
        "package_id": ident,
        "name": f"Fichier {rank} de {word}",
        "description": f"Le fichier {rank}, mis à jour chaque mois.",
        "url": f"https://data.ville.example.org/{number}/fichier-{rank}.{kind}",
        "format": kind.upper(),
        "mimetype": None,
        "state": "active",
        "size": 12345 + rank,
        "hash": "",
        "created": "2021-03-04T05:06:07.000001",
        "last_modified": "2024-01-01T00:00:00.000001",
        "resource_type": None,
        "position": rank,
    }


def serve(port: int, count: int, changed: int = 0) -> None:
    """Serve `package_search` until the end of the process."""
    packages = [orjson.dumps(package(number, changed)) for number in range(count)]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            start, rows = int(query.get("start", ["0"])[0]), int(query.get("rows", ["10"])[0])
            found = b",".join(packages[start : start + rows])
            body = b'{"success":true,"result":{"count":%d,"results":[%b]}}' % (count, found)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Nothing."""

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    serve(*map(int, sys.argv[1:]))
