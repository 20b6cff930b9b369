"""``@rule`` adds a rule over several settings, or one that differs by kind of environment."""

from components.core.settings.finding import Rules
from settings.stack import Settings

rule = Rules[Settings]()
