"""Shield Advanced: a subscription that no destroy ends, and what it protects."""

from components.edge.shield import Shield, ShieldAdvanced, ShieldAdvancedArgs
from tests.recording import record


def test_the_subscription_comes_first_and_stays(context):
    protected = {"distribution": "arn:distribution"}
    made = record(
        lambda: ShieldAdvanced("smile-shield", ShieldAdvancedArgs(context=context, protected=protected)) and None
    )
    subscription = made.one("shield/subscription:Subscription")
    assert (subscription["autoRenew"], subscription["skipDestroy"]) == ("DISABLED", True)
    (protection,) = (each for each in made.resources if each.type == "aws:shield/protection:Protection")
    assert protection.inputs["resourceArn"] == "arn:distribution"
    assert any("subscription" in urn for urn in protection.dependencies)


def test_it_is_off_by_default():
    assert Shield().advanced is False
