"""Steps that make a better version of a dataset: cleaning, filtering, de-duplicating, redacting, splitting anew, adding rows."""

from tokenloom.spec.base import choice
from tokenloom.spec.steps.augmenting import (
    AugmentContextualStep,
    AugmentEditsStep,
    AugmentParaphraseStep,
    AugmentSynonymsStep,
    AugmentTemplateStep,
    AugmentTranslateStep,
)
from tokenloom.spec.steps.base import StepSpec, Where
from tokenloom.spec.steps.choosing import (
    DuplicatesStep,
    LanguageStep,
    LeakageStep,
    LengthStep,
    NearDuplicatesStep,
    PatternStep,
    QualityStep,
    ResplitStep,
    RowsStep,
)
from tokenloom.spec.steps.cleaning import (
    PERSONAL_KINDS,
    HtmlStep,
    PersonalKind,
    RedactStep,
    UnicodeStep,
    WhitespaceStep,
)

Step = choice(
    "step",
    HtmlStep,
    UnicodeStep,
    WhitespaceStep,
    LengthStep,
    PatternStep,
    LanguageStep,
    QualityStep,
    DuplicatesStep,
    NearDuplicatesStep,
    RedactStep,
    RowsStep,
    LeakageStep,
    ResplitStep,
    AugmentEditsStep,
    AugmentSynonymsStep,
    AugmentTemplateStep,
    AugmentParaphraseStep,
    AugmentTranslateStep,
    AugmentContextualStep,
)

__all__ = [
    "AugmentContextualStep",
    "AugmentEditsStep",
    "AugmentParaphraseStep",
    "AugmentSynonymsStep",
    "AugmentTemplateStep",
    "AugmentTranslateStep",
    "PERSONAL_KINDS",
    "DuplicatesStep",
    "HtmlStep",
    "LanguageStep",
    "LeakageStep",
    "LengthStep",
    "NearDuplicatesStep",
    "PatternStep",
    "PersonalKind",
    "QualityStep",
    "RedactStep",
    "ResplitStep",
    "RowsStep",
    "Step",
    "StepSpec",
    "UnicodeStep",
    "Where",
    "WhitespaceStep",
]
