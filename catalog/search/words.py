"""Words that say little: French and English, folded (no accents, lower case) as `analysis` sees them."""

# Left out of the index and of queries.
_STOP = """
    a ai ainsi alors as au aucun aucune aux avec avoir c ca car ce ceci cela celle celles celui ces cet cette ceux
    chaque ci comme d dans de depuis des du elle elles en encore entre es est et etait etant ete etre eu eux il ils j je
    jusqu jusque l la le les leur leurs lorsque lui m ma mais me mes moi mon n ne ni nos notre nous on ont or ou par
    parmi pas pendant plus plusieurs pour puis puisque qu que qui s sa sans se selon ses si sien soi son sont sous sur t
    ta tandis te tel telle telles tels tes toi ton tous tout toute toutes tu un une vers vos votre vous y
    about above after again against all also am an and any are be because been before being below between both but by
    can could did do does doing down during each few for from further had has have having he her here hers him his i if
    in into is it its itself just my no nor not now of off once only other our out over own same she should so some such
    than that the their them then there these they this those through to too under until up very was we were will with
    would you your
"""
STOP = frozenset(_STOP.split())

# People put them around what they look for; required words they are not, when there are others.
_SOFT = """
    donnee donnees data dataset datasets jeu jeux fichier fichiers file files base bases api csv xls xlsx json geojson
    xml pdf excel tableur telecharger telechargement download export open opendata ouvert ouverte ouvertes ouverts
    liste listes list information informations info infos document documents ressource ressources resource resources
    table tableau tableaux statistique statistiques stats chiffre chiffres
    ou trouver trouve cherche chercher recherche rechercher obtenir savoir connaitre voir donne donner donnez existe
    avez peut peux puis quel quelle quelles quels quoi combien comment pourquoi quand dont concernant concerne sujet
    relatif relative relatifs relatives lie liee liees lies find search looking get show me give want need what where
    which who when how many much related regarding
"""
SOFT = frozenset(_SOFT.split())
