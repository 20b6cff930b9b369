"""The API gateway: who may call it, where requests go, what is written down, what it is called."""

import json

import pytest

from components.edge import api_routes
from components.edge.api_gateway import ApiGateway, ApiGatewayArgs
from components.edge.api_settings import Api
from components.edge.dns import DnsNames, DnsNamesArgs
from components.edge.dns_settings import Dns
from components.edge.ingress import Ingress, IngressArgs
from components.edge.ingress_settings import Alarms, Firewall
from components.edge.ingress_settings import Ingress as IngressSettings
from components.edge.release_settings import Release
from components.storage.bucket import Bucket, BucketArgs, Lifecycle
from components.workloads.services_settings import Service
from layers.edge import targets
from tests.recording import record

METHOD, INTEGRATION = "apigateway/method:Method", "apigateway/integration:Integration"
RESOURCE, STAGE = "apigateway/resource:Resource", "apigateway/stage:Stage"
SERVICES = {
    "portal": Service(kind="web", path="/portal"),
    "orders": Service(path="/api/orders"),
    "stock": Service(path="/api/stock"),
    "notifications": Service(kind="worker"),
}
POOL = "arn:aws:cognito-idp:ap-southeast-3:123456789012:userpool/ap-southeast-3_Ab1"
FUNCTION = "arn:aws:lambda:ap-southeast-3:123456789012:function:smile-prod-authorizer"


@pytest.fixture(scope="session")
def api_of(context):
    """Record an API gateway, and the ingress behind it, with other settings than prod's."""

    def make(*, dns=None, services=SERVICES, alarms=True, **settings):
        def program():
            names = DnsNames("smile", DnsNamesArgs(context=context, dns=dns)) if dns else None
            bucket = BucketArgs(
                context=context,
                name="smile5-logs",
                purpose="access-logs",
                data_class="confidential",
                key=None,
                lifecycle=Lifecycle(),
            )
            ingress = Ingress(
                "smile-ingress",
                IngressArgs(
                    context=context,
                    settings=IngressSettings(),
                    targets=targets(services, Release(), 443),
                    direct=False,
                    vpc_id="vpc-1",
                    subnet_ids=["subnet-a", "subnet-b", "subnet-c"],
                    security_group_ids=["sg-balancer"],
                    logs=Bucket("smile-access-logs", bucket),
                    names=names,
                    host=dns.origin if dns else "smile-prod.internal",
                ),
            )
            api = ApiGateway(
                "smile-api",
                ApiGatewayArgs(
                    context=context,
                    settings=Api(**settings),
                    firewall=Firewall(),
                    alarms=Alarms(enabled=alarms),
                    ingress=ingress,
                    vpc_id="vpc-1",
                    subnet_ids=["subnet-a", "subnet-b", "subnet-c"],
                    security_group_id="sg-link",
                    names=names,
                ),
            )
            return {"domain": api.invoke_domain, "path": api.origin_path, "stage": api.stage_arn}

        return record(program)

    return make


@pytest.fixture(scope="session")
def api(api_of):
    return api_of()


@pytest.fixture(scope="session")
def named(api_of):
    return api_of(dns=Dns(domain="smile.example.go.id"))


@pytest.mark.requirement("SMILE-EDGE-04")
def test_every_request_goes_over_tls_to_the_internal_load_balancer(api):
    link = api.one("apigatewayv2/vpcLink:VpcLink")
    assert link["subnetIds"] == ["subnet-a", "subnet-b", "subnet-c"]
    assert link["securityGroupIds"] == ["sg-link"]
    for integration in api.of(INTEGRATION).values():
        assert integration["type"] == "HTTP_PROXY"
        assert (integration["connectionType"], integration["connectionId"]) == ("VPC_LINK", "VpcLink/smile-api")
        assert integration["integrationTarget"] == "arn:of:LoadBalancer/smile-ingress"
        assert integration["uri"].startswith("https://smile-prod.internal/")
        assert integration["timeoutMilliseconds"] == 29_000
    assert api.one("apigateway/restApi:RestApi")["endpointConfiguration"]["types"] == "REGIONAL"


def test_where_there_are_no_links_v2_a_network_load_balancer_leads_to_the_load_balancer(api_of):
    api = api_of(vpc_link="v1")
    assert "aws:apigatewayv2/vpcLink:VpcLink" not in api.types()
    balancer = api.of("lb/loadBalancer:LoadBalancer")["smile-api"]
    assert (balancer["loadBalancerType"], balancer["internal"]) == ("network", True)
    assert balancer["securityGroups"] == ["sg-link"]
    assert balancer["enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "off"
    listener = api.of("lb/listener:Listener")["smile-api"]
    assert (listener["port"], listener["protocol"]) == (443, "TCP")
    group = api.of("lb/targetGroup:TargetGroup")["smile-api"]
    assert (group["targetType"], group["port"], group["healthCheck"]["matcher"]) == ("alb", 443, "403")
    attached = api.one("lb/targetGroupAttachment:TargetGroupAttachment")
    assert (attached["targetId"], attached["port"]) == ("arn:of:LoadBalancer/smile-ingress", 443)
    assert api.one("apigateway/vpcLink:VpcLink")["targetArn"] == "arn:of:LoadBalancer/smile-api"
    for integration in api.of(INTEGRATION).values():
        assert (integration["connectionType"], integration["connectionId"]) == ("VPC_LINK", "VpcLink/smile-api")
        assert "integrationTarget" not in integration


def test_each_public_service_is_there_with_all_below_it_and_nothing_else(api):
    uris = {
        integration["uri"].removeprefix("https://smile-prod.internal") for integration in api.of(INTEGRATION).values()
    }
    paths = ("/api/orders", "/api/stock", "/portal")
    assert uris == {f"{path}{end}" for path in paths for end in ("", "/{proxy}")}
    assert set(api.of(METHOD)) == set(api.of(INTEGRATION))
    parts = {name: (each["parentId"], each["pathPart"]) for name, each in api.of(RESOURCE).items()}
    assert parts == {
        "smile-api/portal": ("root:RestApi/smile-api", "portal"),
        "smile-api/portal/{proxy+}": ("Resource/smile-api/portal", "{proxy+}"),
        "smile-api/api": ("root:RestApi/smile-api", "api"),
        "smile-api/api/orders": ("Resource/smile-api/api", "orders"),
        "smile-api/api/orders/{proxy+}": ("Resource/smile-api/api/orders", "{proxy+}"),
        "smile-api/api/stock": ("Resource/smile-api/api", "stock"),
        "smile-api/api/stock/{proxy+}": ("Resource/smile-api/api/stock", "{proxy+}"),
    }


def test_the_rest_of_a_path_is_passed_on(api):
    method, integration = api.of(METHOD), api.of(INTEGRATION)
    name = "smile-api/api/orders/{proxy+}"
    assert method[name]["requestParameters"] == {"method.request.path.proxy": True}
    assert integration[name]["requestParameters"] == {"integration.request.path.proxy": "method.request.path.proxy"}
    assert "requestParameters" not in integration["smile-api/api/orders"]


def test_without_names_the_certificate_behind_is_taken_as_it_is_with_names_it_is_checked(api, named):
    assert all(each["tlsConfig"] == {"insecureSkipVerification": True} for each in api.of(INTEGRATION).values())
    assert not any("tlsConfig" in each for each in named.of(INTEGRATION).values())


@pytest.mark.requirement("SMILE-EDGE-13")
def test_calls_without_one_of_cloudfronts_keys_are_refused(api):
    assert all(method["apiKeyRequired"] is True for method in api.of(METHOD).values())
    values = {key["value"]["value"] for key in api.of("apigateway/apiKey:ApiKey").values()}  # marked as secret
    assert values == {f"drawn:RandomPassword/smile-ingress-origin-secret-{generation}" for generation in (0, 1)}
    plan = api.one("apigateway/usagePlan:UsagePlan")
    assert plan["apiStages"] == [{"apiId": "RestApi/smile-api", "stage": "live"}]
    keys = api.of("apigateway/usagePlanKey:UsagePlanKey").values()
    assert {key["keyId"] for key in keys} == {f"ApiKey/smile-api-cloudfront-{generation}" for generation in (0, 1)}


@pytest.mark.requirement("SMILE-EDGE-07")
def test_a_web_acl_of_its_own_stands_in_front_of_the_stage(api):
    association = api.of("wafv2/webAclAssociation:WebAclAssociation")["smile-api-web-acl-stage"]
    assert association["resourceArn"] == api.result["stage"]
    assert association["webAclArn"] == "arn:of:WebAcl/smile-api-web-acl"


@pytest.mark.requirement("SMILE-EDGE-16")
def test_requests_are_logged_by_route_without_paths_queries_and_callers(api, context):
    stage = api.one(STAGE)
    logs = stage["accessLogSettings"]
    assert logs["destinationArn"] == "arn:of:LogGroup/smile-api-access"
    said = json.loads(logs["format"])
    assert said["route"] == "$context.resourcePath"
    for private in ("$context.path", "queryString", "apiKey", "authorizer", "caller", "userAgent"):
        assert not any(private == value or private in value.split(".") for value in said.values())
    settings = api.one("apigateway/methodSettings:MethodSettings")["settings"]
    assert (settings["loggingLevel"], settings["dataTraceEnabled"]) == ("ERROR", False)
    groups = api.of("cloudwatch/logGroup:LogGroup")
    assert groups["smile-api-errors"]["name"] == "API-Gateway-Execution-Logs_RestApi/smile-api/live"
    assert all(group["kmsKeyId"] and group["retentionInDays"] == 30 for group in groups.values())


def test_the_stage_waits_for_the_role_that_it_logs_with_and_is_traced(api):
    (stage,) = (each for each in api.resources if each.type == f"aws:{STAGE}")
    needed = {urn.rpartition("::")[2] for urn in stage.dependencies}
    assert {"smile-api", "smile-api-errors", "smile-api-access"} <= needed
    assert any("apigateway/account:Account" in urn for urn in stage.dependencies)
    assert stage.inputs["xrayTracingEnabled"] is True


def test_the_logging_role_writes_the_gateways_log_groups_only(api):
    (policy,) = (json.loads(each["policy"]) for each in api.of("iam/policy:Policy").values())
    write = next(each for each in policy["Statement"] if each["Sid"] == "WriteLogs")
    assert all("/aws/apigateway/" in arn or "API-Gateway-Execution-Logs_" in arn for arn in write["Resource"])


def test_another_stack_of_the_account_leaves_the_role_alone(api_of):
    recording = api_of(account_logging_role=False)
    assert recording.of("apigateway/account:Account") == {}
    assert recording.of("iam/role:Role") == {}


def test_the_api_is_throttled(api_of):
    recording = api_of(throttle={"rate": 50, "burst": 20})
    settings = recording.one("apigateway/methodSettings:MethodSettings")["settings"]
    assert (settings["throttlingRateLimit"], settings["throttlingBurstLimit"]) == (50, 20)
    limits = recording.one("apigateway/usagePlan:UsagePlan")["throttleSettings"]
    assert limits == {"rateLimit": 50, "burstLimit": 20}


@pytest.mark.parametrize(
    ("settings", "kind", "checker"),
    [
        ({}, "NONE", None),
        ({"authorizer": "iam"}, "AWS_IAM", None),
        ({"authorizer": "cognito", "user_pool_arns": (POOL,)}, "COGNITO_USER_POOLS", {"providerArns": [POOL]}),
        ({"authorizer": "lambda", "function_arn": FUNCTION}, "CUSTOM", {"type": "TOKEN"}),
    ],
)
def test_the_authorizer_is_the_one_that_is_set(api_of, settings, kind, checker):
    recording = api_of(**settings)
    assert {method["authorization"] for method in recording.of(METHOD).values()} == {kind}
    authorizers = list(recording.of("apigateway/authorizer:Authorizer").values())
    if checker is None:
        assert authorizers == []
    else:
        assert checker.items() <= authorizers[0].items()
        assert {method["authorizerId"] for method in recording.of(METHOD).values()} == {"Authorizer/smile-api"}


def test_an_authorizing_function_lets_this_api_invoke_it(api_of):
    permission = api_of(authorizer="lambda", function_arn=FUNCTION).one("lambda/permission:Permission")
    assert permission["function"] == FUNCTION
    assert permission["sourceArn"].endswith("/authorizers/Authorizer/smile-api")
    assert permission["sourceAccount"] == "123456789012"


@pytest.mark.requirement("SMILE-EDGE-03")
@pytest.mark.requirement("SMILE-EDGE-06")
def test_with_names_cloudfront_calls_the_api_by_its_own_name(named):
    domain = named.one("apigateway/domainName:DomainName")
    assert domain["domainName"] == "origin.smile.example.go.id"
    assert named.of("route53/record:Record")["smile-origin-a"]["name"] == "origin.smile.example.go.id"
    assert (named.result["domain"], named.result["path"]) == ("origin.smile.example.go.id", "")
    assert named.one("apigateway/restApi:RestApi")["disableExecuteApiEndpoint"] is True
    assert named.one("apigateway/basePathMapping:BasePathMapping")["stageName"] == "live"


@pytest.mark.requirement("SMILE-EDGE-11")
def test_its_own_name_takes_tls_1_2_and_the_load_balancers_certificate(named):
    domain = named.one("apigateway/domainName:DomainName")
    assert domain["securityPolicy"] == "TLS_1_2"
    listener = named.of("lb/listener:Listener")["smile-ingress-https"]
    assert domain["regionalCertificateArn"] == listener["certificateArn"]


def test_without_names_it_is_called_by_the_name_that_aws_gives_it(api):
    assert api.result["domain"] == "RestApi/smile-api.execute-api.ap-southeast-3.amazonaws.com"
    assert api.result["path"] == "/live"
    assert api.one("apigateway/restApi:RestApi")["disableExecuteApiEndpoint"] is False


@pytest.mark.requirement("SMILE-OBS-04")
def test_failures_and_slow_answers_raise_alarms_by_setting(api, api_of):
    alarms = api.of("cloudwatch/metricAlarm:MetricAlarm")
    for role in ("failures", "slow"):
        alarm = alarms[f"smile-api-{role}"]
        assert alarm["name"] == f"smile-prod-api-{role}"
        watched = [query["metric"]["dimensions"] for query in alarm["metricQueries"] if "metric" in query]
        assert all(each == {"ApiName": "smile-prod", "Stage": "live"} for each in watched)
    without = api_of(alarms=False).of("cloudwatch/metricAlarm:MetricAlarm")
    assert not [name for name in without if name.startswith("smile-api")]


DEPLOYMENT = "apigateway/deployment:Deployment"


def due(recording):
    """What makes a new deployment when it changes."""
    return recording.one(DEPLOYMENT)["triggers"]


def test_a_deployment_is_due_whenever_anything_of_the_api_is_told_something_else(api_of, monkeypatch):
    usual = due(api_of())
    assert due(api_of()) == usual
    assert due(api_of(timeout_seconds=7)) != usual
    assert due(api_of(services={"portal": SERVICES["portal"]})) != usual
    pools = due(api_of(authorizer="cognito", user_pool_arns=(POOL,)))
    assert pools != due(api_of(authorizer="cognito", user_pool_arns=(f"{POOL}2",)))
    # Not by a setting but by the code:
    monkeypatch.setattr(api_routes, "PATH_PARAMETER", {"integration.request.path.rest": "method.request.path.proxy"})
    assert due(api_of()) != usual


def test_the_logging_role_writes_and_reads_the_logs_of_apis_and_no_others(api):
    """API Gateway tries it out when it is set: it writes to a group, then looks whether that arrived."""
    permissions = api.permissions("smile-api-logging")
    assert sorted(permissions["WriteLogs"]["Action"]) == [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:FilterLogEvents",
        "logs:GetLogEvents",
        "logs:PutLogEvents",
    ]
    groups = ("/aws/apigateway/*", "API-Gateway-Execution-Logs_*")
    assert permissions["WriteLogs"]["Resource"] == [
        f"arn:aws:logs:ap-southeast-3:123456789012:log-group:{group}{part}"
        for group in groups
        for part in ("", ":log-stream:*")
    ]
