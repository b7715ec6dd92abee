import type { HttpRoute } from '../../http-api/index.ts';
import { ConfigurationError } from '../../errors.ts';
import type { FunctionDefinition, Resource } from '../template.ts';
import { resourcesOfEventBridge } from './event-bridge.ts';
import type { EventOf, Resources } from './event-source.ts';
import { routeOfHttpApi } from './http-api.ts';
import { resourcesOfIot } from './iot.ts';
import { resourcesOfSchedule } from './schedule.ts';
import { resourcesOfSns } from './sns.ts';

export { readHttpApi, type HttpApiDefinition } from './http-api.ts';

/** Events that stand for resources, as a deployment makes them of the same event. */
const KINDS_WITH_RESOURCES: ReadonlyMap<string, (source: EventOf) => Resources> = new Map([
  ['iot', resourcesOfIot],
  ['schedule', resourcesOfSchedule],
  ['eventBridge', resourcesOfEventBridge],
  ['sns', resourcesOfSns],
]);

/** Events that `serverless offline` itself serves; the cloud leaves them to it. */
const KINDS_OF_OFFLINE = new Set(['http', 'websocket', 'alb']);

export interface ReadEvents {
  readonly resources: Resources;
  readonly routes: readonly HttpRoute[];
}

/** Reads the events of a function. @throws ConfigurationError EVENT_NOT_SERVED for one that nothing serves, by name */
export function readEvents(
  definition: FunctionDefinition,
  events: readonly Readonly<Record<string, unknown>>[],
): ReadEvents {
  const resources: Record<string, Resource> = {};
  const routes: HttpRoute[] = [];
  const rules = new Map<string, number>();
  for (const [at, event] of events.entries()) {
    const [kind = 'nothing'] = Object.keys(event);
    const rulesBefore = rules.get(kind) ?? 0;
    const source: EventOf = { definition, event: event[kind], position: at + 1, rulesBefore };
    if (kind === 'httpApi') {
      routes.push(routeOfHttpApi(source));
      continue;
    }
    if (KINDS_OF_OFFLINE.has(kind)) continue;
    const made = KINDS_WITH_RESOURCES.get(kind)?.(source);
    if (made === undefined) throw notServed(definition, kind);
    Object.assign(resources, made);
    const ownRules = Object.values(made).filter(({ type }) => type !== 'AWS::Lambda::Permission');
    rules.set(kind, rulesBefore + ownRules.length);
  }
  return { resources, routes };
}

/**
 * Takes the events away from a function that the cloud serves, so that `serverless offline` does not serve them a second
 * time: it would run schedules by the clock of the machine, and answer HTTP with functions in an environment of its own.
 *
 * @param functions of the service in the memory of `serverless`, changed in place.
 */
export function takeEventsFromOffline(
  functions: Readonly<Record<string, Record<string, unknown>>> | undefined,
): void {
  for (const definition of Object.values(functions ?? {})) {
    const { events } = definition;
    if (!Array.isArray(events)) continue;
    definition['events'] = events.filter((event: unknown) => {
      const [kind = ''] = typeof event === 'object' && event !== null ? Object.keys(event) : [];
      return KINDS_OF_OFFLINE.has(kind);
    });
  }
}

function notServed({ key }: FunctionDefinition, kind: string): ConfigurationError {
  const served = [...KINDS_WITH_RESOURCES.keys(), 'httpApi', ...KINDS_OF_OFFLINE].join(', ');
  return new ConfigurationError(
    `function "${key}" has an event "${kind}", which is not served here: remove it, or run the function by an iot rule; ` +
      `served are ${served}`,
    { code: 'EVENT_NOT_SERVED', data: { function: key, event: kind } },
  );
}
