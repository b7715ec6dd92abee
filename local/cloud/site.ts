import type { AdjustableClock } from '../clock/index.ts';
import type { Configuration } from '../configuration.ts';
import type { Logs } from '../logs.ts';
import type { Plan } from '../template/plan.ts';
import type { Stops } from './stops.ts';

/** What every part of the cloud is built with. */
export interface Site {
  readonly plan: Plan;
  readonly configuration: Configuration;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** `http://127.0.0.1:<port>`: where every AWS API is. */
  readonly endpointUrl: string;
  readonly clock: AdjustableClock;
  readonly logs: Logs;
  /** Tells the person who runs the cloud what they should know at once. */
  readonly tell: (message: string) => void;
  /** Each part adds how it is stopped, as soon as it has started. */
  readonly stops: Stops;
}

type Creations = Plan['creations'][number];

/** The resources of one kind that the plan has. */
export function creationsOf<Kind extends Creations['kind']>(
  plan: Plan,
  kind: Kind,
): Extract<Creations, { kind: Kind }>[] {
  return plan.creations.filter((one): one is Extract<Creations, { kind: Kind }> => one.kind === kind);
}
