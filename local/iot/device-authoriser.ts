import type { Clock } from '../clock.ts';
import type { Authoriser, ClientIdentity } from './gateway/index.ts';
import {
  type AttemptLog,
  bind,
  type BoundPolicies,
  compilePolicies,
  type ConnectionFacts,
  createIotArns,
  type NamedPolicy,
  readPolicy,
  type RequestAttributes,
  type ThingFacts,
} from './policies/index.ts';
import type { DeviceIdentities } from './registry/device-identities.ts';
import type { ThingLookup } from './registry/security-context.ts';

export interface DeviceAuthoriserOptions {
  readonly identities: DeviceIdentities;
  readonly things: ThingLookup;
  /** Keeps what was tried, for `glasshouse why`. */
  readonly attempts: AttemptLog;
  readonly clock: Clock;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
}

/** The policies of one client, filled in, as they were at one count of their changes. */
interface Judged {
  readonly version: number;
  readonly policies: BoundPolicies;
}

/**
 * Decides by the policies of the registry what a device may do: those that are attached to its certificate, and
 * those of the groups of its thing. Its thing is the one that is named as the client id says, if the
 * certificate is attached to it.
 */
export function createDeviceAuthoriser(options: DeviceAuthoriserOptions): Authoriser {
  const { identities, things, attempts, clock, region, accountId } = options;
  const arns = createIotArns({ region, accountId });
  const judged = new WeakMap<ClientIdentity, Judged>();
  const principalArn = (certificateId: string): string =>
    `arn:aws:iot:${region}:${accountId}:cert/${certificateId}`;

  function thingOf(clientId: string, certificateId: string): ThingFacts | undefined {
    const thing = clientId === '' ? undefined : things.describe(clientId);
    if (thing === undefined) return undefined;
    const isAttached = things.thingsOf(principalArn(certificateId)).includes(clientId);
    return { name: clientId, ...thing, isAttached };
  }

  function judge({ clientId, origin }: ClientIdentity): BoundPolicies {
    const { principal: certificateId = '', remoteAddress, serverName } = origin;
    const thing = thingOf(clientId, certificateId);
    const certificate = identities.factsOf(certificateId);
    const groups = thing?.isAttached === true ? (things.groupsOf(clientId) ?? []) : [];
    const facts: ConnectionFacts = {
      sourceIp: remoteAddress,
      nowMs: () => clock.now(),
      ...(clientId === '' ? {} : { clientId }),
      ...(serverName === undefined ? {} : { domainName: serverName }),
      ...(thing === undefined ? {} : { thing }),
      ...(certificate === undefined ? {} : { certificate }),
    };
    return bind(compilePolicies(readAll(identities.policiesOf(certificateId, groups))), facts);
  }

  function policiesFor(client: ClientIdentity): BoundPolicies {
    const version = identities.policiesVersion();
    const known = judged.get(client);
    if (known !== undefined && known.version === version) return known.policies;
    const policies = judge(client);
    judged.set(client, { version, policies });
    return policies;
  }

  function allows(
    client: ClientIdentity,
    action: string,
    resource: string,
    attributes?: RequestAttributes,
  ): boolean {
    const request = { action, resource, ...(attributes === undefined ? {} : { attributes }) };
    const decision = policiesFor(client).decide(request);
    const { clientId, origin } = client;
    attempts.record(
      {
        ...(clientId === '' ? {} : { clientId }),
        ...(origin.principal === undefined ? {} : { certificateId: origin.principal }),
      },
      decision,
    );
    return decision.isAllowed;
  }

  return {
    get generation() {
      return identities.policiesVersion();
    },
    connect: (client, { connectAttributes, lastWillTopic }) =>
      allows(client, 'iot:Connect', arns.client(client.clientId), {
        connectAttributes,
        ...(lastWillTopic === undefined ? {} : { lastWillTopic: arns.topic(lastWillTopic) }),
      }),
    publish: (client, topic, retain) =>
      allows(client, 'iot:Publish', arns.topic(topic)) &&
      (!retain || allows(client, 'iot:RetainPublish', arns.topic(topic))),
    subscribe: (client, topicFilter) => allows(client, 'iot:Subscribe', arns.topicFilter(topicFilter)),
    receive: (client, topic) => allows(client, 'iot:Receive', arns.topic(topic)),
    useThing: (client, action, thingName) => allows(client, action, arns.thing(thingName)),
  };
}

function readAll(
  attached: readonly { readonly policyName: string; readonly policyDocument: string }[],
): NamedPolicy[] {
  return attached.map(({ policyName, policyDocument }) => ({
    name: policyName,
    policy: readPolicy(policyDocument),
  }));
}
