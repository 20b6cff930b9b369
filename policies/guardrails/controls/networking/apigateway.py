"""API Gateway: authorization, TLS, web ACLs, logging and tracing."""

from __future__ import annotations

import re

from guardrails.controls.networking.open_api import open_operations
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import all_hold, first_that
from guardrails.model.references import PLAIN_TRANSPORT, Criteria, logging
from guardrails.model.relations import named
from guardrails.model.resource import Resource, Stack, origins, paths_at, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.web_acls import REST_STAGE, is_protected
from guardrails.shapes.destinations import LAW
from guardrails.shapes.every_service import SET, require_values
from guardrails.shapes.properties import require_value

REST_API = "aws:apigateway/restApi:RestApi"
STAGE = "aws:apigatewayv2/stage:Stage"
API = "aws:apigatewayv2/api:Api"
_DOMAIN = "aws:apigateway/domainName:DomainName"
_DOMAIN_V2 = "aws:apigatewayv2/domainName:DomainName"
_METHOD_SETTINGS = "aws:apigateway/methodSettings:MethodSettings"
_MODERN = re.compile(r"TLS_1_2|SecurityPolicy_TLS1[23]_(?!1_[01]_).*")
_access = Criteria(("CC6.1",), ("A.5.15", "A.8.3"), ("UU PDP 39",))
_in_transit = Criteria(("CC6.7",), ("A.8.20", "A.8.24"), ("UU PDP 35",))


@control(
    id="ENC-APIGATEWAY-001",
    title="Custom domain names negotiate TLS 1.2 or later only",
    why="Older versions of TLS can be broken.",
    fix="Set securityPolicy to TLS_1_2, or one of SecurityPolicy_TLS13.",
    severity=Severity.HIGH,
    types=(_DOMAIN, _DOMAIN_V2, REST_API),
    references=_in_transit(checkov=("CKV_AWS_206",)),
)
def domain_offers_modern_tls(resource: Resource, _: Context) -> Findings:
    """An API's own address, which may be switched off, is judged only where a policy is named."""
    path = "domainNameConfiguration.securityPolicy" if resource.type == _DOMAIN_V2 else "securityPolicy"
    policy = resource.text(path)
    if not policy and resource.type == REST_API:
        return
    if not _MODERN.fullmatch(policy):
        yield Violation(f"{policy or 'not set'}, expected TLS_1_2 or later", path)


@control(
    id="ENC-APIGATEWAY-003",
    title="HTTP integrations use TLS",
    why=PLAIN_TRANSPORT,
    fix="Write https:// in front of the host.",
    severity=Severity.HIGH,
    types=("aws:apigateway/integration:Integration", "aws:apigatewayv2/integration:Integration"),
    references=_in_transit(),
)
def integration_uses_tls(integration: Resource, _: Context) -> Findings:
    """Those that leave the VPC; behind a VPC link, the load balancer's listener is judged."""
    if integration.get("connectionType") == "VPC_LINK":
        return
    for path in ("uri", "integrationUri"):
        if str(integration.get(path, "")).lower().startswith("http://"):
            yield Violation("requests go on in plain text", path)


require_value(
    "settings.cacheDataEncrypted",
    (True,),
    default=False,
    when=lambda settings: bool(settings.get("settings.cachingEnabled")),
    id="ENC-APIGATEWAY-002",
    title="API caches are encrypted",
    why="Answers carry health records, and a cache keeps them on disk.",
    fix="Set settings.cacheDataEncrypted to true, or cachingEnabled to false.",
    severity=Severity.MEDIUM,
    types=(_METHOD_SETTINGS,),
    references=References(
        checkov=("CKV_AWS_308",), security_hub=("APIGateway.5",), soc2=("CC6.1",), iso27001=("A.8.24",)
    ),
)


@control(
    id="LP-APIGATEWAY-001",
    title="Methods of REST APIs require authorization",
    why="A method without authorization can be called by anybody who knows its URL.",
    fix="Set authorization to AWS_IAM, CUSTOM or COGNITO_USER_POOLS, or apiKeyRequired to true; in an OpenAPI "
    "document, give each operation security or x-amazon-apigateway-auth.",
    severity=Severity.HIGH,
    types=("aws:apigateway/method:Method", REST_API),
    references=_access(checkov=("CKV_AWS_59", "CKV2_AWS_70")),
)
def method_asks_who_calls(resource: Resource, _: Context) -> Findings:
    """Browsers ask with OPTIONS what they may ask, and can't say who they are then."""
    if resource.type == REST_API:
        yield from _document_asks_who_calls(resource)
    elif all_hold(
        lambda: resource.get("authorization", "NONE") == "NONE",
        lambda: not resource.get("apiKeyRequired"),
        lambda: resource.get("httpMethod") != "OPTIONS",
    ):
        yield Violation("it requires no authorization", "authorization")


def _document_asks_who_calls(api: Resource) -> Findings:
    for operation in open_operations(api) if api.has("body") else ():
        yield Violation(f"anybody may call {operation}", "body")


@control(
    id="LP-APIGATEWAY-002",
    title="Routes of HTTP and WebSocket APIs require authorization",
    why="A method without authorization can be called by anybody who knows its URL.",
    fix="Set authorizationType to AWS_IAM, CUSTOM or JWT; instead of target in an API, add a route that does; in an "
    "OpenAPI document, give each operation security or x-amazon-apigateway-auth.",
    severity=Severity.HIGH,
    types=("aws:apigatewayv2/route:Route", API),
    scope=Scope.STACK,
    references=_access(checkov=("CKV_AWS_309",), security_hub=("APIGateway.8",)),
)
def route_asks_who_calls(resource: Resource, context: Context) -> Findings:
    """Over a web socket one is asked when connecting, and not with each message; before CORS requests nobody is."""
    if resource.type == API:
        if resource.has("target"):
            yield Violation("the route that target creates requires no authorization", "target")
        yield from _document_asks_who_calls(resource)
        return
    key = "authorizationType"
    if all_hold(
        lambda: resource.get(key, "NONE") not in ("AWS_IAM", "CUSTOM", "JWT"),
        lambda: not str(resource.get("routeKey", "")).startswith("OPTIONS "),
        lambda: resource.get("routeKey") == "$connect" or not _is_of_web_socket(resource, context.everything),
    ):
        yield Violation("it requires no authorization", key)


def _is_of_web_socket(route: Resource, stack: Stack) -> bool:
    if route.raw("routeKey") == "$disconnect":
        return True
    api = named(stack, route, "apiId", (API,))
    return api is not None and api.get("protocolType") == "WEBSOCKET"


@control(
    id="LP-APIGATEWAY-003",
    title="Stages of public REST APIs have a web ACL",
    why="Without one, nothing filters attacks on the application.",
    fix="Add an aws:wafv2/webAclAssociation:WebAclAssociation with the stage's ARN as resourceArn.",
    severity=Severity.HIGH,
    types=(REST_STAGE,),
    scope=Scope.STACK,
    references=_access(checkov=("CKV2_AWS_29",), security_hub=("APIGateway.4",)),
)
def stage_has_web_acl(stage: Resource, context: Context) -> Findings:
    if all_hold(
        lambda: not is_protected(stage, context.everything),
        lambda: not _is_private(stage, context.everything),
    ):
        yield Violation("no web ACL is associated with it")


def _is_private(stage: Resource, stack: Stack) -> bool:
    api = named(stack, stage, "restApi", (REST_API,))
    if api is None:
        raise UndeterminedError("restApi")
    types = api.known("endpointConfiguration.types", [])
    return "PRIVATE" in (types if isinstance(types, list) else [types])


@control(
    id="RSL-APIGATEWAY-001",
    title="API stages have access logging",
    why="After an incident, access logs show who requested what.",
    fix="Set accessLogSettings.destinationArn to a log group, and a format without tokens and bodies.",
    severity=Severity.MEDIUM,
    types=(REST_STAGE, STAGE),
    references=logging(checkov=("CKV_AWS_76",), security_hub=("APIGateway.9",)),
)
def stage_logs_access(stage: Resource, _: Context) -> Findings:
    stage.get("accessLogSettings")
    if not stage.has("accessLogSettings.destinationArn"):
        yield Violation("nothing is logged", "accessLogSettings.destinationArn")


@control(
    id="RSL-APIGATEWAY-002",
    title="API stages have execution logging of errors",
    why="Why API Gateway refused a request, or could not reach the platform, stands nowhere else.",
    fix="Add an aws:apigateway/methodSettings:MethodSettings for the stage with settings.loggingLevel ERROR; for web "
    "sockets set defaultRouteSettings.loggingLevel.",
    severity=Severity.LOW,
    types=(REST_STAGE, STAGE),
    scope=Scope.STACK,
    references=logging(checkov=("CKV2_AWS_4",), security_hub=("APIGateway.1",)),
)
def stage_logs_errors(stage: Resource, context: Context) -> Findings:
    """HTTP APIs have no such log."""
    stack, levels = context.everything, ("ERROR", "INFO")
    if stage.type == STAGE:
        path = "defaultRouteSettings.loggingLevel"
        if all_hold(lambda: stage.get(path) not in levels, lambda: _is_web_socket_stage(stage, stack)):
            yield Violation("nothing is logged", path)
        return

    def logs(settings: Resource) -> bool:
        return all_hold(lambda: settings.get("settings.loggingLevel") in levels, lambda: _is_of_stage(settings, stage))

    if first_that(stack.of_type(_METHOD_SETTINGS), logs) is None:
        yield Violation("nothing sets a logging level")


def _is_web_socket_stage(stage: Resource, stack: Stack) -> bool:
    api = named(stack, stage, "apiId", (API,))
    if api is None:
        raise UndeterminedError("apiId")
    return api.get("protocolType") == "WEBSOCKET"


def _is_of_stage(settings: Resource, stage: Resource) -> bool:
    """Whether settings are for a stage: they name it and its API, by value or by where the names come from."""
    if stage.urn in origins(settings, "stageName"):
        return True
    if settings.get("stageName") != stage.get("stageName"):
        return False
    apis = settings.raw("restApi"), stage.raw("restApi")
    if UNKNOWN not in apis:
        return apis[0] == apis[1]
    shared = set(origins(settings, "restApi")) & set(origins(stage, "restApi"))
    if not shared and not all(origins(each, "restApi") for each in (settings, stage)):
        raise UndeterminedError("restApi")
    return bool(shared)


require_value(
    "xrayTracingEnabled",
    (True,),
    default=False,
    id="RSL-APIGATEWAY-003",
    title="API stages have X-Ray tracing",
    why="Only a trace shows where a slow request spends its time across services.",
    fix="Set xrayTracingEnabled to true.",
    severity=Severity.LOW,
    types=(REST_STAGE,),
    references=logging(checkov=("CKV_AWS_73",), security_hub=("APIGateway.3",)),
)


require_values(
    {"aws:apigateway/usagePlan:UsagePlan": {"throttleSettings.rateLimit": SET}},
    id="RSL-APIGATEWAY-004",
    title="Usage plans limit requests",
    why="Without a limit, one caller with a key uses up what all of them share.",
    fix="Set throttleSettings with rateLimit and burstLimit.",
    severity=Severity.MEDIUM,
    references=References(soc2=("A1.1",), iso27001=("A.8.6",)),
)


@control(
    id="LP-APIGATEWAY-004",
    title="Execution logs hold no bodies of requests",
    why="Data tracing writes every request and answer to the log as it is: health records, and tokens.",
    fix="Leave dataTraceEnabled out, or set it to false.",
    severity=Severity.HIGH,
    types=(_METHOD_SETTINGS, STAGE),
    references=_access(checkov=("CKV_AWS_276",)),
)
def bodies_are_not_logged(settings: Resource, _: Context) -> Findings:
    name = "dataTraceEnabled"
    for path in (f"settings.{name}", f"defaultRouteSettings.{name}", *paths_at(settings, f"routeSettings[*].{name}")):
        if settings.get(path):
            yield Violation("it is on", path)


@control(
    id="RES-APIGATEWAY-001",
    title="APIs have no edge-optimized endpoint",
    why="Its requests are taken in, and their TLS ends, at edge locations all over the world.",
    fix="Set endpointConfiguration.types to REGIONAL or PRIVATE.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(REST_API, _DOMAIN),
    references=LAW,
)
def api_is_regional(resource: Resource, _: Context) -> Findings:
    """API Gateway makes an API edge-optimized unless told, and a domain by the certificate that it is given."""
    path = "endpointConfiguration.types"
    types = values_at(resource, path)
    if UNKNOWN in types or resource.raw("endpointConfiguration") is UNKNOWN:
        raise UndeterminedError(path)
    by_default = resource.has("certificateArn") if resource.type == _DOMAIN else not resource.has("body")
    if "EDGE" in types or (not types and by_default):
        yield Violation("EDGE" if types else "not set, which means EDGE", path)
