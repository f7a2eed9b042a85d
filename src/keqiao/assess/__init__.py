"""Assess: what the results of a run mean, for one rule, one enterprise or two runs.

Every function takes an open `Run` (or packs) and gives frozen dataclasses of plain values (see
`keqiao.assess.answers`), with texts in ``language`` (``zh`` or ``en``). Questions about the whole table
are asked of the Parquet files; traces are made only for the enterprises that are shown (``limit``,
None for all). All raise `KeqiaoError` where a rule, a clause or an enterprise is unknown.

`questions` is the self-check: one question at a time, of no run and no stored enterprise.
"""

from keqiao.assess import questions
from keqiao.assess.answers import (
    About,
    Excluding,
    Funnel,
    KnockOn,
    Miss,
    Misses,
    MissesOf,
    Moved,
    Ranked,
    Ranking,
    Setting,
    Step,
    WhatIf,
)
from keqiao.assess.answers_changes import Cause, Change, Comparison, Difference, Edit, Migration, Mover, RuleChange
from keqiao.assess.answers_profile import Gap, Peers, Position, Profile, Rung, Standing, Strength
from keqiao.assess.between import compare
from keqiao.assess.conditions import excluding, funnel
from keqiao.assess.migration import migrate
from keqiao.assess.nearly import misses
from keqiao.assess.ranked import rank
from keqiao.assess.single import profile
from keqiao.assess.thresholds import whatif
from keqiao.assess.versions import difference

__all__ = [
    "About", "Cause", "Change", "Comparison", "Difference", "Edit", "Excluding", "Funnel", "Gap", "KnockOn",
    "Migration", "Miss", "Misses", "MissesOf", "Moved", "Mover", "Peers", "Position", "Profile", "Ranked",
    "Ranking", "RuleChange", "Rung", "Setting", "Standing", "Step", "Strength", "WhatIf", "compare", "difference",
    "excluding", "funnel", "migrate", "misses", "profile", "questions", "rank", "whatif",
]  # fmt: skip
