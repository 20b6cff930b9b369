// Answers questions to IAM, one JSON line each: {policies: {name: document}} says what later ones name.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const load = createRequire(`${process.argv[2]}/`);
const { getDenialReasons, getGrantReasons, runSimulation } = load("@cloud-copilot/iam-simulate");
const { createValidatedPolicy, validateEndpointPolicy, validateIdentityPolicy, validateResourcePolicy } =
  load("@cloud-copilot/iam-policy");

let documents = {};
const validated = new Map();

function policy(name, validate) {
  const key = `${validate.name} ${name}`;
  if (!validated.has(key)) validated.set(key, createValidatedPolicy(documents[name], validate, { name }));
  return validated.get(key);
}

const named = (names, validate) => names.map((name) => ({ name, policy: policy(name, validate) }));

async function answer({ principal, action, resource, account, context, identity, boundary, endpoint, own }) {
  const outcome = await runSimulation(
    {
      request: { principal, action, resource: { resource, accountId: account }, contextVariables: context },
      identityPolicies: named(identity, validateIdentityPolicy),
      permissionBoundaryPolicies: boundary && named([boundary], validateIdentityPolicy),
      vpcEndpointPolicies: endpoint && named([endpoint], validateEndpointPolicy),
      resourcePolicy: own && policy(own, validateResourcePolicy),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (outcome.resultType === "error") return { error: outcome.errors };
  const results = outcome.results ?? [outcome.result];
  return {
    allowed: outcome.overallResult === "Allowed",
    denials: results.flatMap((each) => getDenialReasons(each.analysis)),
    grants: results.flatMap((each) => getGrantReasons(each.analysis)),
    ignored: results.flatMap((each) => each.ignoredContextKeys ?? []),
  };
}

// Where AWS and the simulator differ: it drops encryption contexts, has no ARN of Systems Manager without an account,
// and takes no wildcard for a type, which AWS's own policies use.
const known = (line) =>
  line
    .replaceAll("kms:EncryptionContext:", "aws:PrincipalTag/kms:EncryptionContext:")
    .replaceAll(/(:ssm:[a-z0-9-]+:):(document|parameter)/g, "$1000000000000:$2")
    .replaceAll(':*/*"', ':*"');

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(known(line));
  if (question.policies) {
    documents = question.policies;
    validated.clear();
  } else {
    console.log(JSON.stringify(await answer(question)));
  }
}
