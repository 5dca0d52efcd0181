"""Words that say little when names, streets and mail addresses are compared."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


LEGAL = _set(
    """
    sl slu sll slp slpu slne sa sau sal sad saa sad coop scoop scoopand scl sc scp cb sociedad limitada unipersonal
    anonima laboral cooperativa comanditaria colectiva profesional sdad soc ltda lda limitadasocietat limitda
    srl srls spa snc sas sasu sarl eurl sci gmbh mbh ag kg ohg ug gbr ev kgaa co cokg bv nv vof cv ltd limited
    llc llp lp inc incorporated corp corporation plc pty pte company cia compania ab as asa aps oy oyj kft zrt
    bt spzoo zoo sro dd doo eood ood ead sapi sab eirl spr sprl bvba limitado sarlau
    """
)
"""Legal forms of companies, Spain first, then Europe and the Americas, without points and accents."""

EMPTY = _set(
    """
    de del la las el los lo y e i and und et the of en a al da do dos das di du des le les van von der den zu
    """
)
"""Words that join others."""

COMMON = _set(
    """
    grupo group holding comercial comercio servicios service services suministros distribuciones distribuidora
    distribucion industrias industrial industria construcciones construccion instalaciones talleres taller
    transportes transporte logistica hermanos hnos hijos asociados consultores consulting consultoria asesores
    asesoria ingenieria soluciones solutions sistemas systems tecnologia tecnologias technologies technology
    internacional international iberica iberia espana spain europa europe global hotel hoteles restaurante
    restaurantes restaurant ristorante bistro grill grille bar cafe cafeteria clinica farmacia inmobiliaria
    inversiones promociones gestion proyectos productos alimentacion electricidad electronica materiales muebles
    moda centro empresa negocios trading import export explotaciones
    """
)
"""Words that many companies share: they say a third of what a proper name says."""

FREQUENT = _set(
    """
    garcia rodriguez gonzalez fernandez lopez martinez sanchez perez gomez martin jimenez ruiz hernandez diaz
    moreno munoz alvarez romero alonso gutierrez navarro torres dominguez vazquez ramos gil ramirez serrano
    blanco molina maria carmen ana isabel laura cristina marta lucia pilar antonio jose manuel francisco david
    juan javier daniel carlos jesus alejandro miguel rafael pedro pablo angel sergio fernando luis jorge alberto
    alvaro smith jones brown john james mary
    """
)
"""Names of people that say little by themselves."""

SHORT = {
    "pepe": "jose", "paco": "francisco", "fran": "francisco", "curro": "francisco", "kiko": "francisco",
    "nacho": "ignacio", "manolo": "manuel", "lola": "dolores", "concha": "concepcion", "conchi": "concepcion",
    "merche": "mercedes", "pili": "pilar", "tere": "teresa", "maite": "teresa", "charo": "rosario", "toni": "antonio",
    "rafa": "rafael", "javi": "javier", "dani": "daniel", "alex": "alejandro", "santi": "santiago", "quique": "enrique",
    "kike": "enrique", "edu": "eduardo", "nando": "fernando", "lupe": "guadalupe", "chema": "jose", "juanma": "juan",
    "mª": "maria", "ma": "maria", "mia": "maria", "fco": "francisco", "fdo": "fernando", "fdez": "fernandez",
    "hdez": "hernandez", "glez": "gonzalez", "gzlez": "gonzalez", "mtnez": "martinez", "mtez": "martinez",
    "rguez": "rodriguez", "rdguez": "rodriguez", "schez": "sanchez", "dguez": "dominguez", "vzquez": "vazquez",
    "bill": "william", "bob": "robert", "mike": "michael", "jim": "james", "tom": "thomas", "kate": "katherine",
}  # fmt: skip
"""Short forms of names, Spanish first."""

TITLES = _set(
    """
    sr sra srta d dna don dona dr dra lic ing mr mrs ms prof
    """
)
"""What stands before a name and is none."""

STREETS = _set(
    """
    calle c cl cr avenida avda avd av ave plaza pza pl plza paseo po pso carretera ctra camino cno ronda rda
    travesia trav glorieta gta urbanizacion urb poligono pol poligonoindustrial pi parque pasaje psje via gran
    barrio street st str road rd avenue boulevard blvd bd drive dr lane ln square sq place highway hwy court ct
    parkway pkwy rue strasse weg platz corso viale piazza rua circuit crescent cres close terrace way
    """
)
"""Kinds of streets, whole and shortened."""

FLOORS = _set(
    """
    numero num no n nº s sn piso planta pl pta puerta bajo bajos bj izq izquierda dcha derecha ent entlo
    entresuelo atico local oficina of nave edificio edif bloque blq bl esc escalera suite ste floor fl unit apt
    apartment between near at on off
    """
)
"""Floors, doors and other small print of an address."""

FREE_MAIL = _set(
    """
    gmail.com googlemail.com hotmail.com hotmail.es hotmail.fr outlook.com outlook.es live.com msn.com yahoo.com
    yahoo.es yahoo.fr yahoo.com.mx ymail.com icloud.com me.com mac.com aol.com gmx.com gmx.net gmx.de gmx.es
    web.de t-online.de orange.fr wanadoo.fr free.fr laposte.net libero.it terra.es terra.com telefonica.net
    ono.com jazztel.es protonmail.com proton.me mail.com zoho.com yandex.com mail.ru qq.com movistar.es ya.com
    wanadoo.es euskalnet.net
    """
)
"""Providers whose domain says nothing of a company."""

SHARED_BOXES = _set(
    """
    info contacto contact ventas sales admin administracion comercial hola hello office oficina compras
    facturacion contabilidad mail correo recepcion soporte support atencion clientes marketing rrhh
    """
)
"""Local parts that a whole company reads."""

ORDINALS = {
    "1st": "1", "2nd": "2", "3rd": "3", "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5",
    "sixth": "6", "seventh": "7", "eighth": "8", "ninth": "9", "tenth": "10", "primera": "1", "segunda": "2",
    "tercera": "3", "primero": "1", "segundo": "2", "tercero": "3",
}  # fmt: skip
"""Ordinals as numbers."""

POINTS = {
    "north": "n", "south": "s", "east": "e", "west": "w", "norte": "n", "sur": "s", "este": "e", "oeste": "w",
    "saint": "st", "santo": "st", "santa": "sta", "san": "s",
}  # fmt: skip
"""Parts of addresses that are often shortened."""
