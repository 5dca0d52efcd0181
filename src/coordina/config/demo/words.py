"""Invented names: what people, companies and places of the demo are called. They stand for nobody."""

FIRST_NAMES = (
    *("Adela", "Aitana", "Alba", "Amparo", "Ariadna", "Berta", "Carla", "Celia", "Clara", "Dolores", "Elena", "Elisa"),
    *("Emma", "Estela", "Eva", "Fátima", "Gloria", "Inés", "Irene", "Jimena", "Julia", "Lara", "Leonor", "Lola"),
    *("Lucía", "Manuela", "Mar", "Marina", "Martina", "Mercedes", "Nadia", "Noelia", "Nuria", "Olga", "Paloma"),
    *("Pilar", "Raquel", "Rocío", "Rosa", "Sara", "Silvia", "Sofía", "Teresa", "Valeria", "Vera", "Ximena"),
    *("Adrián", "Alonso", "Álvaro", "Andrés", "Ángel", "Bruno", "César", "Cristóbal", "Damián", "Diego", "Emilio"),
    *("Enrique", "Esteban", "Fermín", "Gael", "Gonzalo", "Guillermo", "Héctor", "Hugo", "Ignacio", "Iván", "Jaime"),
    *("Joaquín", "Jorge", "Julián", "Leandro", "Lorenzo", "Lucas", "Marcos", "Mateo", "Matías", "Nicolás", "Óscar"),
    *("Pablo", "Rafael", "Ramiro", "Raúl", "Rodrigo", "Rubén", "Samuel", "Santiago", "Saúl", "Tomás", "Víctor"),
)
SURNAMES = (
    *("Aguilera", "Alcántara", "Almansa", "Aranda", "Arce", "Arribas", "Ballester", "Barrios", "Beltrán", "Benavides"),
    *("Bermejo", "Bravo", "Caballero", "Cabello", "Calatrava", "Campos", "Cárdenas", "Carmona", "Carvajal", "Casado"),
    *("Cervera", "Cifuentes", "Cordero", "Cuesta", "Dávila", "Delgado", "Duarte", "Echeverri", "Escudero", "Espinosa"),
    *("Esteve", "Fajardo", "Ferrer", "Fuentes", "Galán", "Gallardo", "Garrido", "Godoy", "Guerrero", "Herrero"),
    *("Hidalgo", "Ibarra", "Izquierdo", "Jurado", "Lara", "Ledesma", "Lobato", "Losada", "Luque", "Maldonado"),
    *("Manzano", "Márquez", "Medina", "Merino", "Mesa", "Molina", "Montero", "Morales", "Navarro", "Nieto"),
    *("Ocaña", "Olmedo", "Ordóñez", "Ortega", "Otero", "Palacios", "Pardo", "Paredes", "Pastor", "Peralta"),
    *("Pineda", "Pizarro", "Ponce", "Quintana", "Rebollo", "Redondo", "Rincón", "Robles", "Roldán", "Rueda"),
    *("Salcedo", "Salinas", "Serrano", "Sierra", "Solís", "Soriano", "Tejada", "Toledo", "Urrutia", "Valero"),
    *("Vargas", "Velasco", "Vera", "Vicente", "Vidal", "Villalba", "Yáñez", "Zabala", "Zamora", "Zorrilla"),
)
STEMS = (
    *("Albariza", "Alfardel", "Almenara Real", "Alzagüe", "Arcoluz", "Ardamar", "Arenalta", "Argamela", "Arroyal"),
    *("Azafral", "Balmoreda", "Barlona", "Belmorán", "Brisalta", "Calderuela", "Campoverzo", "Canzaleta", "Cerromar"),
    *("Coralmena", "Costagrís", "Cuatrovías", "Dehesilla", "Duramar", "Encinalta", "Esparalta", "Estrevera"),
    *("Florvedra", "Fontareda", "Fuenlara", "Galvende", "Garzoleta", "Granizal", "Grisalba", "Hontareda", "Icarmel"),
    *("Jarabel", "Juncaleta", "Lagunera", "Lamaral", "Levantera", "Lindazul", "Lomarán", "Madroñeda", "Malvarez"),
    *(
        "Marlunar",
        "Medialba",
        "Miralzor",
        "Montelabre",
        "Murtalba",
        "Navalumbre",
        "Nortevía",
        "Olivareda",
        "Ondarroble",
    ),
    *("Orvelina", "Pedralisa", "Peñaluna", "Piedramar", "Quejigal", "Quintaleda", "Rabadanes", "Ribalosa", "Rocafría"),
    *("Sabinalta", "Salvamar", "Sarmedo", "Serrazul", "Solvarena", "Tamarela", "Tejovera", "Torrelisa", "Trasmonte"),
    *("Turbalón", "Umbrialta", "Valdecira", "Valmoreno", "Vegalunar", "Ventoral", "Vidriera", "Villasol", "Zarzamel"),
)
PREFIXES = {
    "Construcción": ("Construcciones", "Obras", "Estructuras", "Excavaciones"),
    "Industria alimentaria": ("Conservas", "Bodegas", "Quesería", "Harinas", "Almazara"),
    "Logística y transporte": ("Transportes", "Logística", "Almacenes", "Mensajería"),
    "Hostelería": ("Hotel", "Restauración", "Balneario", "Hostal"),
    "Sanidad": ("Clínica", "Centro médico", "Laboratorios", "Residencia"),
    "Comercio minorista": ("Comercial", "Hipermercados", "Muebles", "Ferretería"),
    "Energía": ("Energías", "Parque solar", "Electricidad", "Renovables"),
    "Enseñanza": ("Colegio", "Academia", "Escuela técnica", "Centro de formación"),
    "Agricultura": ("Agrícola", "Cooperativa", "Invernaderos", "Viveros"),
    "Automoción": ("Talleres", "Carrocerías", "Automóviles", "Recambios"),
    "Eventos": ("Espectáculos", "Congresos", "Producciones", "Carpas"),
    "Metal y maquinaria": ("Forjas", "Mecanizados", "Maquinaria", "Fundiciones", "Calderería"),
}
"""Industries with the words that names of their companies begin with."""

CITIES: dict[str, tuple[tuple[str, str], ...]] = {
    "Bilbao": (
        ("Bilbao", "944"),
        ("San Sebastián", "943"),
        ("Vitoria", "945"),
        ("Santander", "942"),
        ("Oviedo", "985"),
    ),
    "Zaragoza": (("Zaragoza", "976"), ("Pamplona", "948"), ("Logroño", "941"), ("Huesca", "974"), ("Lleida", "973")),
    "Madrid": (("Madrid", "910"), ("Guadalajara", "949"), ("Toledo", "925"), ("Segovia", "921"), ("Valladolid", "983")),
    "Sevilla": (("Sevilla", "954"), ("Córdoba", "957"), ("Málaga", "952"), ("Cádiz", "956"), ("Murcia", "968")),
}
"""By team: the cities it looks after, each with the beginning of its telephone numbers."""

ABROAD = (
    ("PT", "Oporto", "+351220"),
    ("PT", "Lisboa", "+351210"),
    ("MX", "Monterrey", "+52818"),
    ("MX", "Puebla", "+52222"),
)
"""Country, city and beginning of telephone numbers of customers outside Spain."""

JOBS = (
    *("Dirección de compras", "Responsable de mantenimiento", "Gerencia", "Jefatura de obra", "Dirección técnica"),
    *(
        "Administración",
        "Jefatura de almacén",
        "Dirección financiera",
        "Responsable de calidad",
        "Coordinación de eventos",
    ),
    *("Ingeniería de proyectos", "Prevención de riesgos", "Dirección de operaciones"),
)
PREFERENCES = (
    "Prefiere que le escriban antes de llamar.",
    "Mejor por la tarde; por la mañana está en obra.",
    "Quiere fichas técnicas completas, con mediciones.",
    "Pide siempre dos opciones de precio.",
    "Le interesa todo lo que reduzca el consumo.",
)
REQUESTS = (
    "Entregas solo de 7 a 9, por el muelle pequeño.",
    "Factura con número de pedido del cliente.",
    "Formación en el lugar al entregar los equipos.",
    "Embalaje reutilizable.",
)
TAGS = (
    *("Cuenta clave", "Obra pública", "Paga a 90 días", "Interés en alquiler", "Eficiencia energética"),
    *("Feria de otoño", "Ampliación prevista", "Competencia instalada", "Recomienda", "Revisar precios"),
)
SOURCES = ("Web", "Feria", "Recomendación", "Llamada propia", "Cliente de siempre", "Campaña", "Distribuidor")
COMPETITORS = ("Luminaria Vega", "Faroles del Sur", "Ilumex Norte", "Claror Equipos", "Brillante y Cía.")
