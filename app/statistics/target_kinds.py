"""The notice's yearly targets, and what of the market's own counts speaks to each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from app.statistics.figures import Figure
from app.workers.models import KeyGroup


class TargetKind(StrEnum):
    """临办字〔2022〕34号 and the years after it."""

    NEW_URBAN_JOBS = "new_urban_jobs"
    UNEMPLOYED_REEMPLOYED = "unemployed_reemployed"
    HARD_TO_EMPLOY_PLACED = "hard_to_employ_placed"
    DISABLED_PLACED = "disabled_placed"
    LIFTED_OUT_OF_POVERTY_AT_WORK = "lifted_out_of_poverty_at_work"
    SUBSIDISED_TRAININGS = "subsidised_trainings"
    FAIRS_HELD = "fairs_held"


class Meaning(NamedTuple):
    """What it is called, and what the market adds to it.

    Whose placements: everybody's, or a group's; or a figure's sum over the year; or nothing.
    """

    name: str
    everybody: bool = False
    group: KeyGroup | None = None
    figure: Figure | None = None


TARGETS: Mapping[TargetKind, Meaning] = {
    TargetKind.NEW_URBAN_JOBS: Meaning("城镇新增就业", everybody=True),
    TargetKind.UNEMPLOYED_REEMPLOYED: Meaning("失业人员再就业", group=KeyGroup.REGISTERED_UNEMPLOYED),
    TargetKind.HARD_TO_EMPLOY_PLACED: Meaning("就业困难人员就业", group=KeyGroup.HARD_TO_EMPLOY),
    TargetKind.DISABLED_PLACED: Meaning("残疾人就业", group=KeyGroup.DISABLED),
    TargetKind.LIFTED_OUT_OF_POVERTY_AT_WORK: Meaning(
        "脱贫劳动力务工就业", group=KeyGroup.LIFTED_OUT_OF_POVERTY
    ),
    TargetKind.SUBSIDISED_TRAININGS: Meaning("补贴性职业技能培训"),
    TargetKind.FAIRS_HELD: Meaning("直播带岗、招聘会场次", figure=Figure.FAIRS_HELD),
}
NOTE = (
    "贡献数为该年经本平台上工并由用工主体确认工时的不重复人数,群体按劳动者本人申报。"
    "城镇新增就业等法定口径另有认定条件(如就业登记),贡献数不等于完成数。"
    "直播带岗、招聘会按场次计,只计在本平台举办并已开始的。"
)
