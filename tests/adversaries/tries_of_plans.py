"""What is tried on plans, criteria and forms."""

from tests.adversaries.calls import Call, Scene, a_try, command, read


@a_try("ImportPlan")
def import_plan(scene: Scene) -> Call:
    return command(scene, "ImportPlan", "/plans", {"text": scene.plans.text}, plan="plan")


@a_try("RuleOnDefect")
def rule_on(scene: Scene) -> Call:
    number = scene.often(0, 9999)
    body = {"warning": number, "reading": "As printed.", "reason": "It is so meant."}
    return command(scene, "RuleOnDefect", f"/plans/{scene.uid('plan')}/rulings", body, number=number)


@a_try("ApprovePlan")
def approve_plan(scene: Scene) -> Call:
    return command(scene, "ApprovePlan", f"/plans/{scene.uid('plan')}/approval")


@a_try("DraftCriteria")
def draft_criteria(scene: Scene) -> Call:
    return command(
        scene,
        "DraftCriteria",
        "/criteria",
        scene.plans.criteria(scene.ids),
        criteria=scene.new("criteria"),
        plan="plan",
        new="criteria",
    )


@a_try("ApproveCriteria")
def approve_criteria(scene: Scene) -> Call:
    drafts = [each.criteria for each in scene.story.all("criteria drafted")]
    criteria = scene.choose(drafts[-3:])
    return command(scene, "ApproveCriteria", f"/criteria/{scene.uid(criteria)}/approval", criteria=criteria)


@a_try("AddGradeRules")
def add_grade_rules(scene: Scene) -> Call:
    criteria = scene.choose([each.criteria for each in scene.story.all("criteria drafted")][-3:])
    rules = [{"grade": grade, "every_code_met": False} for grade in ("fail", "pass", "distinction")]
    path = f"/criteria/{scene.uid(criteria)}/grade-rules"
    return command(scene, "AddGradeRules", path, {"grade_rules": rules}, criteria=criteria)


@a_try("RecordPredecessor")
def record_predecessor(scene: Scene) -> Call:
    written = [each.criteria for each in scene.story.all("criteria drafted")]
    criteria, follows = scene.choose(written[-3:]), scene.often("criteria", scene.choose(written))
    body = {"follows": scene.uid(follows), "reason": "It was written after it."}
    path = f"/criteria/{scene.uid(criteria)}/predecessor"
    return command(scene, "RecordPredecessor", path, body, criteria=criteria, follows=follows)


@a_try("DraftForm")
def draft_form(scene: Scene) -> Call:
    body = {"plan_id": scene.uid("plan"), "title": "Another form", "routes": ["LET"]}
    return command(scene, "DraftForm", "/forms", body, form=scene.new("form"), routes=("LET",), plan="plan", new="form")


@a_try("AddComponent")
def add_component(scene: Scene) -> Call:
    form = scene.choose([each.form for each in scene.story.all("form drafted")][-3:])
    key = scene.choose(["A1", "A2", "A3"])
    body = {"component": scene.plans.component(scene.ids, key, "portfolio", ["K1"])}
    return command(
        scene,
        "AddComponent",
        f"/forms/{scene.uid(form)}/components",
        body,
        form=form,
        key=key,
        criteria="criteria",
        method="portfolio",
        codes=("K1",),
        marker="centre",
        maximum=2,
    )


@a_try("ApproveForm")
def approve_form(scene: Scene) -> Call:
    form = scene.choose([each.form for each in scene.story.all("form drafted")][-3:])
    return command(scene, "ApproveForm", f"/forms/{scene.uid(form)}/approval", form=form)


@a_try("read a plan")
def plan(scene: Scene) -> Call:
    return read(scene, "read a plan", "/plans/ST1297/V2")


@a_try("read plans")
def plans(scene: Scene) -> Call:
    return read(scene, "read plans", "/plans")


@a_try("read a plan as a package")
def package(scene: Scene) -> Call:
    return read(scene, "read a plan as a package", "/plans/ST1297/V2/case")


@a_try("read the text of a plan")
def text_of_a_plan(scene: Scene) -> Call:
    return read(scene, "read the text of a plan", "/plans/ST1297/V2/text")


@a_try("read the rulings on a plan")
def rulings(scene: Scene) -> Call:
    return read(scene, "read the rulings on a plan", "/plans/ST1297/V2/rulings")


@a_try("read criteria")
def criteria(scene: Scene) -> Call:
    return read(scene, "read criteria", f"/criteria/{scene.uid('criteria')}")


@a_try("read a form")
def form(scene: Scene) -> Call:
    return read(scene, "read a form", f"/forms/{scene.uid('form one')}")


@a_try("read the coverage of a form")
def coverage(scene: Scene) -> Call:
    return read(scene, "read the coverage of a form", f"/forms/{scene.uid('form two')}/coverage")
