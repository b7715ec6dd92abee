import { generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import {
  bind,
  compilePolicies,
  createIotArns,
  readPolicy,
  type BoundPolicies,
} from '../../local/iot/policies/index.ts';
import { keepIssued } from '../../local/iot/registry/certificates.ts';
import { createPolicy } from '../../local/iot/registry/policies.ts';
import { attachPolicy } from '../../local/iot/registry/policy-attachments.ts';
import { writeName } from '../../local/iot/x509/distinguished-name.ts';
import { DEVICE_POLICY } from '../fleet-policy.ts';
import { median, type BenchCase, type Measurement } from '../measurement.ts';
import { ACCOUNT_ID, REGION, withRegistry, type RegistryUnderTest } from '../registry-under-test.ts';

const ROUNDS = 7;
const CHECKS = 100_000;
const THING = 'machine-0042';
const HALL = 'hall-07';

export const policies: BenchCase = {
  name: 'policies',
  summary: 'one policy check with ten statements, by itself and through the registry',
  run: () => withRegistry(measure),
};

/** A check and whether it must be allowed. */
type Check = readonly [topic: string, isAllowed: boolean];

/** Different topics, so that no answer can be a remembered one; a third of them is refused. */
const checks: readonly Check[] = Array.from({ length: 96 }, (_, index): Check => {
  const own = `fleet/${HALL}/${THING}`;
  const kinds: readonly Check[] = [
    [`${own}/reading/${index}`, true],
    [`${own}/alarm/${index}`, true],
    [`jobs/${THING}/1/job-${index}`, true],
    [`$aws/things/${THING}/shadow/name/part-${index}/update`, true],
    [`fleet/${HALL}/machine-${1_000 + index}/reading`, false],
    [`fleet/hall-${index}/${THING}/firmware`, false],
  ];
  return kinds[index % kinds.length] ?? kinds[0] ?? ['', false];
});

function measure(parts: RegistryUnderTest): Measurement[] {
  const core = boundCore();
  const arns = createIotArns({ region: REGION, accountId: ACCOUNT_ID });
  const requests = checks.map(([topic, isAllowed]) => [arns.topic(topic), isAllowed] as const);
  const client = connectedClient(parts);
  const { authoriser } = parts;
  const times: Record<'core' | 'authoriser' | 'expressions', number[]> = {
    core: [],
    authoriser: [],
    expressions: [],
  };
  const expressions = asExpressions();
  for (let round = 0; round < ROUNDS; round += 1) {
    times.core.push(microseconds(requests, (resource) => core.allows('iot:Publish', resource)));
    times.authoriser.push(microseconds(checks, (topic) => authoriser.publish(client, topic, false)));
    times.expressions.push(
      microseconds(
        requests.map(([resource]) => [resource, false] as const),
        (resource) => expressions.filter((one) => one.test(resource)).length > expressions.length,
      ),
    );
  }
  const perCheck = median(times.core);
  return [
    {
      what: 'policy check, ten statements',
      value: perCheck,
      unit: 'µs',
      against: { what: 'its resources as regular expressions', value: median(times.expressions) },
      bound: { of: 'value', at: 'most', limit: 3 },
    },
    {
      what: 'the same as the gateway asks: registry, ten statements, noted for glasshouse why',
      value: median(times.authoriser),
      unit: 'µs',
      against: { what: 'the check alone', value: perCheck },
      bound: { of: 'value', at: 'most', limit: 3 },
    },
  ];
}

function boundCore(): BoundPolicies {
  return bind(compilePolicies([{ name: 'device', policy: readPolicy(DEVICE_POLICY) }]), {
    clientId: THING,
    sourceIp: '127.0.0.1',
    thing: { name: THING, attributes: { hall: HALL }, isAttached: true },
  });
}

/** Registers a thing with its certificate and policy, and gives the client that connects as it. */
function connectedClient({ registry, security }: RegistryUnderTest) {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = writeName({ CommonName: [THING] });
  const der = security.authority.issueDeviceCertificate(subject, publicKey, Date.now());
  const { certificateId } = keepIssued(security, der, true);
  const certificateArn = security.arns.of('cert', certificateId);
  const thing = registry.things.create({
    thingName: THING,
    attributePayload: { attributes: { hall: HALL } },
  });
  registry.principals.attach(thing, certificateArn);
  createPolicy(security, 'device', DEVICE_POLICY);
  attachPolicy(security, 'device', certificateArn);
  const origin = { remoteAddress: '127.0.0.1', transport: 'tls', principal: certificateId } as const;
  return { clientId: THING, origin };
}

const policySchema = z.object({
  Statement: z.array(z.object({ Resource: z.union([z.string(), z.array(z.string())]) })),
});

/** The plain way: every resource of the policy as a regular expression, its variables filled in. */
function asExpressions(): readonly RegExp[] {
  return policySchema
    .parse(JSON.parse(DEVICE_POLICY))
    .Statement.flatMap(({ Resource }) => Resource)
    .map((pattern) => {
      const filled = pattern.replaceAll(/\$\{[^}]*\[hall\]\}/g, HALL).replaceAll(/\$\{[^}]*\}/g, THING);
      const escaped = filled.replaceAll(/[.$^()[\]|+\\]/g, '\\$&');
      return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
    });
}

/** Microseconds of one check. Every answer is looked at: a fast wrong one is worth nothing. */
function microseconds(
  asked: readonly (readonly [string, boolean])[],
  check: (resource: string) => boolean,
): number {
  let wrong = 0;
  const startedMs = performance.now();
  for (let index = 0; index < CHECKS; index += 1) {
    const one = asked[index % asked.length];
    if (one !== undefined && check(one[0]) !== one[1]) wrong += 1;
  }
  const elapsedMs = performance.now() - startedMs;
  if (wrong > 0) throw new Error(`${wrong} of ${CHECKS} policy checks gave the wrong answer`);
  return (elapsedMs * 1_000) / CHECKS;
}
