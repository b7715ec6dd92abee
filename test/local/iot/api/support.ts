import { randomUUID } from 'node:crypto';
import { IoTClient } from '@aws-sdk/client-iot';
import { ConfigurationError } from '../../../../local/errors.ts';
import { createControlPlane, type RuleDestinations } from '../../../../local/iot/api/index.ts';
import {
  createRegistry,
  createThingLookup,
  openRegistryContext,
  registryTableSets,
  type RegistryLimits,
  type RuleDefinition,
} from '../../../../local/iot/registry/index.ts';
import {
  createPrincipalCheck,
  createSecurityContext,
  securityTableSets,
} from '../../../../local/iot/registry/security-context.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { authorization, CREDENTIALS, REGION, startEndpoint } from '../../endpoint/support.ts';
import { authority } from '../registry/security-support.ts';

export const ACCOUNT = '000000000000';

export function arn(resource: string): string {
  return `arn:aws:iot:${REGION}:${ACCOUNT}:${resource}`;
}

export interface PublishedEvent {
  readonly topic: string;
  readonly message: Record<string, unknown>;
}

/** Takes rules whose SQL begins with SELECT, and keeps those that run. */
function ruleRecorder() {
  const running = new Map<string, RuleDefinition>();
  return {
    running,
    check({ payload }: RuleDefinition) {
      const sql = String(payload['sql']);
      if (!sql.startsWith('SELECT')) {
        throw new ConfigurationError(`SELECT should stand here: ${sql}`, { code: 'RULE_SQL_INVALID' });
      }
      if (JSON.stringify(payload['actions']).includes('salesforce')) {
        throw new ConfigurationError('the action salesforce is not served', { code: 'ACTION_NOT_SERVED' });
      }
      return { topicFilter: /FROM '([^']*)'/.exec(sql)?.[1] };
    },
    put(rule: RuleDefinition) {
      running.set(rule.ruleName, rule);
    },
    remove(ruleName: string) {
      running.delete(ruleName);
    },
  };
}

type Destination = ReturnType<RuleDestinations['list']>[number];

/** Destinations whose token is the end of their ARN. */
function destinationRecorder(clock: ManualClock): RuleDestinations {
  const byArn = new Map<string, Destination>();
  const set = (destination: Destination): Destination => {
    byArn.set(destination.arn, destination);
    return destination;
  };
  return {
    ensure: async (confirmationUrl) =>
      set({
        arn: arn(`ruledestination/http/${byArn.size + 1}`),
        confirmationUrl,
        status: 'IN_PROGRESS',
        statusReason: '',
        createdAtMs: clock.now(),
        updatedAtMs: clock.now(),
      }),
    confirm(token) {
      const found = [...byArn.values()].find((one) => one.arn.endsWith(`/${token}`));
      if (found === undefined) throw new Error('no such token');
      return set({ ...found, status: 'ENABLED' });
    },
    async setStatus(given, status) {
      const found = byArn.get(given);
      if (found === undefined || (status !== 'ENABLED' && status !== 'DISABLED'))
        throw new Error('wrongly set');
      return set({ ...found, status });
    },
    find: (given) => byArn.get(given),
    list: () => [...byArn.values()],
    remove: (given) => void byArn.delete(given),
  };
}

/** A registry without doors, in memory. */
export function openRegistry(
  options: { readonly limits?: Partial<RegistryLimits>; readonly file?: string } = {},
) {
  const { limits = {}, file = ':memory:' } = options;
  const clock = new ManualClock();
  const events: PublishedEvent[] = [];
  const rules = ruleRecorder();
  const context = openRegistryContext({
    file,
    tableSets: [...registryTableSets, ...securityTableSets],
    clock,
    newId: randomUUID,
    region: REGION,
    accountId: ACCOUNT,
    limits,
    publish: (topic, payload) => events.push({ topic, message: JSON.parse(payload) }),
  });
  const registry = createRegistry(context, { rules, principalExists: createPrincipalCheck(context) });
  return { clock, events, rules, context, registry };
}

/** The control plane behind an endpoint, a client for it, and a clock that stands still. */
export async function startControlPlane(options: { readonly limits?: Partial<RegistryLimits> } = {}) {
  const opened = openRegistry(options);
  const { clock, context, registry } = opened;
  const security = createSecurityContext(context, { authority, things: createThingLookup(registry) });
  const handler = createControlPlane({
    registry,
    security,
    destinations: destinationRecorder(clock),
    addresses: { dataAddress: '127.0.0.1' },
  });
  const endpoint = await startEndpoint({ iot: handler, 'execute-api': handler });
  const { url } = endpoint;
  const client = new IoTClient({ endpoint: url, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 });
  return {
    ...opened,
    client,
    /** A request that no SDK would send. */
    async request(method: string, path: string, body?: string) {
      const response = await fetch(url + path, {
        method,
        headers: authorization('execute-api'),
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      return {
        status: response.status,
        error: response.headers.get('x-amzn-errortype'),
        body: JSON.parse(text) as unknown,
      };
    },
    async close(): Promise<void> {
      client.destroy();
      await endpoint.close();
      registry.close();
      // An answer with 500 is a fault of the cloud's own, also where a test expects some error.
      if (endpoint.failures.length > 0) throw new AggregateError(endpoint.failures, 'a request failed');
    },
  };
}

export type TestControlPlane = Awaited<ReturnType<typeof startControlPlane>>;
