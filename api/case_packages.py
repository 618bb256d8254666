"""A plan as a 1EdTech CASE package (Competencies and Academic Standards Exchange 1.1), for systems that take those.

It holds what the plan prints and the record has: options, outcomes and codes, and which lies under which. What a code
says is in no plan, so the code stands for it. Grade descriptors are no competencies and no part of it. Ids are made of
the edition and the place of each thing in it: the same edition gives the same package, wherever it is asked for.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from flask import url_for
from marshmallow import fields

from api.blueprint import Blueprint
from api.fields import Id, Moment
from api.plans import ATTRIBUTION, OPEN_GOVERNMENT_LICENCE, EditionIn, edition_of
from api.schemas import Schema
from api.web_annotations import always, iri
from portfolio.domain.plan import CORE, Outcome, Plan

case_packages = Blueprint(
    "case-packages", "A plan as a 1EdTech CASE package, for systems that take those.", below="plans"
)

KINDS = {"K": "Knowledge", "S": "Skill", "B": "Behaviour"}
"""What a code is, by its first letter."""
CODE_ALONE = "The plan prints the code alone; what it says stands in the occupational standard."


class CaseLinkOut(Schema):
    """A link to something that has an id."""

    title = fields.String(required=True)
    identifier = Id(required=True)
    uri = iri(required=True)


class CaseNodeOut(CaseLinkOut):
    """One end of an association."""

    target_type = always("CASE", data_key="targetType", required=True)


class CaseThingOut(Schema):
    """What everything in a package has."""

    identifier = Id(required=True)
    uri = iri(required=True)
    changed = Moment(data_key="lastChangeDateTime", required=True)


class CaseDocumentOut(CaseThingOut):
    """The edition of the plan."""

    case_version = always("1.1", data_key="caseVersion", required=True)
    framework_type = always("Apprenticeship assessment plan", data_key="frameworkType", required=True)
    creator = fields.String(required=True)
    title = fields.String(required=True)
    language = always("en", required=True)
    version = fields.String(required=True)
    status = fields.String(data_key="adoptionStatus", required=True)
    licence = fields.Nested(CaseLinkOut, data_key="licenseURI")
    notes = fields.String(required=True)


class CaseItemOut(CaseThingOut):
    """An option, an outcome or a code."""

    statement = fields.String(data_key="fullStatement", required=True)
    short = fields.String(data_key="abbreviatedStatement")
    kind = fields.String(data_key="CFItemType", required=True)
    code = fields.String(data_key="humanCodingScheme", required=True)
    notes = fields.String()
    language = always("en", required=True)


class CaseMappingOut(Schema):
    """How the plan prints a code under an outcome."""

    mandatory = fields.Boolean(required=True)
    english_maths = fields.Boolean(data_key="englishMaths", required=True)


class CaseAssociationOut(CaseThingOut):
    """What lies under what, in the order of the plan."""

    kind = always("isChildOf", data_key="associationType", required=True)
    number = fields.Integer(data_key="sequenceNumber", required=True)
    origin = fields.Nested(CaseNodeOut, data_key="originNodeURI", required=True)
    destination = fields.Nested(CaseNodeOut, data_key="destinationNodeURI", required=True)
    mapping = fields.Nested(CaseMappingOut, data_key="extensions")


class CaseLicenceOut(CaseThingOut):
    """The licence that the plan's text names."""

    title = fields.String(required=True)
    text = fields.String(data_key="licenseText", required=True)


class CaseDefinitionsOut(Schema):
    """What the package refers to."""

    licences = fields.List(fields.Nested(CaseLicenceOut), data_key="CFLicenses", required=True)


class CasePackageOut(Schema):
    """An edition of a plan as a CASE package."""

    document = fields.Nested(CaseDocumentOut, data_key="CFDocument", required=True)
    items = fields.List(fields.Nested(CaseItemOut), data_key="CFItems", required=True)
    associations = fields.List(fields.Nested(CaseAssociationOut), data_key="CFAssociations", required=True)
    definitions = fields.Nested(CaseDefinitionsOut, data_key="CFDefinitions", required=True)


@case_packages.get("/<reference>/<version>/case")
@case_packages.arguments(EditionIn, location="query")
@case_packages.response(200, CasePackageOut)
def get_case_package(query: dict[str, Any], reference: str, version: str) -> dict[str, Any]:
    """Show a plan as a CASE package: its options, outcomes and codes, and which lies under which."""
    sight, plan = edition_of(reference, version, query["edition"])
    history = sight.session.history(sight.stream)
    here = url_for(".get_case_package", reference=reference, version=version, edition=str(sight.stream), _external=True)
    package = Package(sight.stream, here, history[0].at)
    licence = {
        **package.thing("licence", title="Open Government Licence v3.0", text=plan.licence),
        "uri": OPEN_GOVERNMENT_LICENCE,
    }
    root = package.thing(
        "document",
        title=plan.title,
        creator=f"The publisher of {plan.reference}",
        version=plan.version_label,
        status="Adopted" if sight.state.usable_when_live() else "Draft",
        notes=ATTRIBUTION,
    )
    root["uri"] = here
    items = {"": root, **package.items(plan)}
    return {
        "document": {**root, "changed": history[-1].at, **({"licence": licence} if plan.licence else {})},
        "items": list(items.values())[1:],
        "associations": list(package.associations(plan, items)),
        "definitions": {"licences": [licence] if plan.licence else []},
    }


class Package:
    """Makes the parts of an edition's package, which have not changed since its text was imported."""

    def __init__(self, edition: UUID, here: str, imported_at: datetime) -> None:
        self._edition = edition
        self._here = here
        self._imported_at = imported_at

    def thing(self, name: str, **said: Any) -> dict[str, Any]:
        """Return something of the package, by a name of its own in the edition."""
        identifier = uuid5(self._edition, f"case {name}")
        return {"identifier": identifier, "uri": f"{self._here}#{identifier}", "changed": self._imported_at, **said}

    def items(self, plan: Plan) -> dict[str, dict[str, Any]]:
        """Return options, outcomes and codes, each by its name."""
        found: dict[str, dict[str, Any]] = {}
        for option in plan.options:
            name = f"option {option.key}"
            found[name] = self.thing(name, kind="Option", code=option.key, statement=option.name)
        for outcome in plan.outcomes:
            said = {"statement": outcome.description or outcome.title, "short": outcome.title}
            found[named(outcome)] = self.thing(named(outcome), kind="Assessment outcome", code=outcome.key, **said)
        for code in (one.code for outcome in plan.outcomes for one in outcome.codes):
            kind = KINDS.get(code[:1], "Code")
            found[f"code {code}"] = self.thing(f"code {code}", kind=kind, code=code, statement=code, notes=CODE_ALONE)
        return found

    def associations(self, plan: Plan, items: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield what lies under what: options under the plan, outcomes under it or an option, codes under outcomes."""
        options = [f"option {option.key}" for option in plan.options]
        tops = [named(outcome) for outcome in plan.outcomes if outcome.option is None]
        yield from self._under("", [(each, {}) for each in (*options, *tops)], items)
        for option in plan.options:
            own = [named(outcome) for outcome in plan.outcomes if outcome.option == option.key]
            yield from self._under(f"option {option.key}", [(each, {}) for each in own], items)
        for outcome in plan.outcomes:
            codes = [
                (f"code {one.code}", {"mapping": {"mandatory": one.mandatory, "english_maths": one.english_maths}})
                for one in outcome.codes
            ]
            yield from self._under(named(outcome), codes, items)

    def _under(
        self,
        parent: str,
        children: Iterable[tuple[str, dict[str, Any]]],
        items: dict[str, dict[str, Any]],
    ) -> Iterator[dict[str, Any]]:
        for number, (child, said) in enumerate(children, start=1):
            yield self.thing(
                f"{child} under {parent}",
                number=number,
                origin=node(items[child]),
                destination=node(items[parent]),
                **said,
            )


def named(outcome: Outcome) -> str:
    """Return the name of an outcome in its edition."""
    return f"outcome {outcome.option or CORE} {outcome.key}"


def node(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item as one end of an association."""
    return {"title": item.get("code") or item["title"], "identifier": item["identifier"], "uri": item["uri"]}
