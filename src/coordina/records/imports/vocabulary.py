"""Words of sales and of its programs in Spanish and English, grouped by meaning.

One paragraph of a table is one meaning: its name, a colon, and the phrases for it, parted by commas; further lines
are indented. Phrases are compared
as `folding.words` and `folding.singular` leave them, so case, accents, plurals and joints do not matter here.
"""

from collections.abc import Iterator
from functools import cache

from coordina.records.imports.folding import folded, singular, words

_MEANINGS = """
email: email, e mail, mail, correo, correo electronico, direccion de correo, email address, e mail address, emails
phone: phone, telefono, tel, tfno, telf, telephone, phone number, numero de telefono, telefono fijo
mobile: mobile, movil, celular, cell, cell phone, mobile phone, telefono movil, mobile number
web: website, web, sitio web, pagina web, url, web page, website url, homepage, domain, dominio, company domain name
company: company, empresa, account, cuenta, organization, organisation, organizacion, compania, firma, sociedad,
  business, client, cliente, customer
name: name, nombre, denominacion, titulo, title name, razon social, legal name, subject, asunto
first: first name, firstname, given name, nombre de pila, primer nombre, forename
last: last name, lastname, surname, family name, apellido, apellidos
person: person, persona, contact, contacto
owner: owner, responsable, propietario, agent, agente, sales agent, sales rep, rep, representative, sales
  representative, representante, comercial, vendedor, seller, salesperson, account manager, asignado a, assigned to,
  assignee, gestor, ejecutivo
manager: manager, jefe, supervisor, gerente, encargado, boss, reports to, team lead, jefe de equipo
team: team, equipo, department team, grupo de ventas, sales team
region: region, regional office, oficina regional, office, oficina, delegacion, branch, sucursal, zona, territory,
  territorio
industry: industry, sector, industria, ramo, actividad, vertical, segmento industrial
employee: employees, empleados, number of employees, numero de empleados, no of employees, numberofemployees, num
  employees, headcount, staff, plantilla, trabajadores, company size, tamano
revenue: revenue, facturacion, ingresos, annual revenue, annualrevenue, ingresos anuales, turnover, volumen de
  negocio, ventas anuales
amount: amount, importe, valor, value, monto, deal value, deal amount, close value, valor de cierre, importe total,
  total, deal size
price: price, precio, sales price, precio de venta, list price, unit price, pvp, tarifa, precio unitario
cost: cost, coste, costo
quantity: quantity, cantidad, qty, unidades, units
discount: discount, descuento, dto
currency: currency, moneda, divisa, currency code, currency iso code
probability: probability, probabilidad, prob, win probability
stage: stage, etapa, fase, deal stage, stage name, dealstage, sales stage, etapa del negocio, pipeline stage
pipeline: pipeline, embudo, embudo de ventas, sales pipeline, funnel
status: status, estado, situacion, estatus
opportunity: opportunity, oportunidad, deal, negocio, trato, opp
product: product, producto, item, articulo
series: series, serie, family, familia, gama, line, linea, product family, categoria, category
sku: sku, referencia, reference, codigo, code, product code, codigo de producto, ref
external: id, record id, external id, identificador, identifier, id externo, hs object id, object id
created: created, created at, create date, created date, created time, fecha de creacion, creado, creada,
  createdate, fecha de alta, alta, creation date, date created
opened: opened, engage date, opened on, open date, fecha de apertura, fecha de inicio, start date, inicio, abierta,
  fecha de contacto, engaged, date engaged, fecha de entrada, engagement date
closed: closed, close date, closing date, closed on, fecha de cierre, cierre, closedate, fecha cierre, cerrada, end
  date, finish date, fecha fin, fecha de fin
expected: expected close, expected close date, cierre previsto, fecha prevista, forecast date, fecha estimada, fecha
  de cierre prevista, cierre estimado
due: due date, vencimiento, fecha de vencimiento, fecha limite, deadline, due
updated: updated, updated at, last modified, last modified date, modified time, modificado, fecha de modificacion,
  ultima modificacion, systemmodstamp
activity: last activity, last activity date, ultima actividad, last contacted, ultimo contacto
birthday: birthday, birth date, birthdate, fecha de nacimiento, cumpleanos, date of birth, nacimiento
founded: year established, founded, year founded, ano de fundacion, fundada, fundacion, year started, ano de
  creacion, founded year, established
country: country, pais, country region, billing country, mailing country, office location, ubicacion, location,
  localizacion
city: city, ciudad, poblacion, localidad, town, municipio, billing city, mailing city
province: state, provincia, province, state region, billing state, mailing state, county, departamento provincia,
  comunidad autonoma
postcode: postal code, codigo postal, zip, zip code, cp, postcode, billing postal code, mailing zip
street: street, calle, address, direccion, domicilio, billing street, mailing street, street address, direccion
  postal
parent: parent, subsidiary of, filial de, matriz, parent company, empresa matriz, parent account, grupo, holding,
  parent id
tax: tax id, nif, cif, vat, vat number, tax number, numero fiscal, rfc, cuit, nit, rut, identificacion fiscal, iva
  intracomunitario, nif cif
job: job title, cargo, puesto, position, jobtitle, role title, funcion
department: department, departamento, area
salutation: salutation, tratamiento, prefix, name prefix, saludo
language: language, idioma, lengua
description: description, descripcion, notes, notas, note, nota, comentarios, comments, observaciones, remarks,
  details, detalles
source: source, origen, fuente, lead source, procedencia, canal, channel, original source, original traffic source,
  utm source
reason: reason, motivo, lost reason, closed lost reason, motivo de perdida, loss reason, reason for loss, razon, won
  reason, motivo de cierre
next: next step, proximo paso, siguiente paso, next action, proxima accion, seguimiento
type: type, tipo, kind, clase, deal type
tag: tags, etiquetas, tag, etiqueta, labels, label
linkedin: linkedin, perfil de linkedin, linkedin url, linkedin profile
role: role, rol, perfil
active: active, activo, activa, is active, habilitado, enabled
number: number, numero, num, no, nº
date: date, fecha, dia, day
"""

_STAGES = """
won: won, ganada, ganado, closed won, closedwon, cerrada ganada, cerrado ganado, ganada cerrada, win, signed,
  firmada, vendida, sold, contrato firmado, success, exito, gewonnen, gagnee, ganha
lost: lost, perdida, perdido, closed lost, closedlost, cerrada perdida, cerrado perdido, lose, dead, descartada,
  abandoned, abandonada, rechazada, rejected, closed lost to competition, cancelled, canceled, cancelada, no sale,
  verloren, perdue
prospecting: prospecting, prospeccion, prospect, prospecto, new, nueva, nuevo
qualification: qualification, cualificacion, calificacion, qualified, cualificada, calificada, qualified to buy,
  qualifiedtobuy, qualifying
engaging: engaging, en contacto, contacted, contactada, contactado, en conversacion, engaged, contact made, contacto
  hecho, interesada
appointment: appointment scheduled, appointmentscheduled, cita concertada, cita programada, reunion concertada,
  meeting scheduled
presentation: presentation scheduled, presentationscheduled, presentacion, presentacion programada, demo, demo
  scheduled, demostracion, presentation
analysis: needs analysis, analisis de necesidades, discovery, descubrimiento
value: value proposition, propuesta de valor
deciders: id decision makers, identify decision makers, identificacion de decisores, decision maker bought in,
  decisionmakerboughtin
perception: perception analysis, analisis de percepcion
proposal: proposal, propuesta, proposal price quote, quote, presupuesto, cotizacion, propuesta enviada, proposal
  sent, quote sent, presupuesto enviado
negotiation: negotiation, negociacion, negotiation review, en negociacion, negotiating
contract: contract sent, contractsent, contrato enviado, contract, contrato
hold: on hold, en espera, paused, pausada, aplazada
"""

_FILLERS = """
de del la el los las of the a al y and e en in for para por
associated asociado asociada primary principal related main
"""
FILLERS = frozenset(_FILLERS.split())
"""Words that do not change the meaning of a column name."""


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Every phrase of a table with its meaning."""
    for line in text.strip().replace("\n  ", " ").splitlines():
        meaning, _, phrases = line.partition(":")
        for phrase in phrases.split(","):
            yield phrase, meaning


@cache
def meanings() -> dict[tuple[str, ...], str]:
    """Phrases of column names, as tuples of singular words, and what each means; the first meaning of one counts."""
    found: dict[tuple[str, ...], str] = {}
    for phrase, meaning in _pairs(_MEANINGS):
        found.setdefault(tuple(singular(word) for word in words(phrase) if word not in FILLERS), meaning)
    return found


@cache
def stages() -> dict[str, str]:
    """Folded names of stages and what each means; the first meaning of one counts."""
    found: dict[str, str] = {}
    for phrase, meaning in _pairs(_STAGES):
        found.setdefault(folded(phrase), meaning)
    return found
