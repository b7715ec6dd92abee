import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { systemClock } from '../clock.ts';
import { createRefusalLog } from '../iot/device-refusals.ts';
import {
  awsRates,
  createGateway,
  openSessionStorage,
  type Gateway,
  type GatewayRefusal,
} from '../iot/gateway/index.ts';
import { createShadows, type Shadows } from '../iot/shadows/index.ts';
import type { Devices } from './devices.ts';
import type { MessageHub } from './hub.ts';
import type { Site } from './site.ts';

/** A shadow as GetThingShadow answers it, as far as the fleet index reads it. */
const shadowSchema = z.object({
  state: z.looseObject({}),
  metadata: z.unknown().optional(),
  version: z.number(),
  timestamp: z.number().optional(),
});

export interface Messages {
  readonly gateway: Gateway;
  /** Notes what was refused to a device, for `glasshouse why`. */
  readonly refused: (refusal: GatewayRefusal) => void;
  readonly shadows: Shadows;
}

/** Starts the gateway, which brings messages to subscribers, and the shadows of things. */
export function startMessages(
  site: Site,
  hub: MessageHub,
  { registry, identities, attempts }: Devices,
): Messages {
  const { configuration, accountId, region, clock, logs, stops } = site;
  const { folder } = configuration;
  const refused = createRefusalLog(attempts, { region, accountId });
  const gateway = createGateway({
    refused,
    clock,
    networkClock: systemClock,
    publish: hub.publish,
    servedTopics: ['shadows'],
    ...(configuration.rates === 'aws' ? { limits: awsRates } : {}),
    storage: openSessionStorage(path.join(folder, 'sessions.sqlite')),
    log: (entry) => logs.cloud('info', 'gateway', { ...entry }),
  });
  stops.add(() => gateway.close());
  const shadows = createShadows({
    file: path.join(folder, 'shadows.sqlite'),
    clock,
    publish: hub.publish,
    newId: randomUUID,
    changed: ({ thingName, shadowName }) =>
      registry.indexShadow(thingName, shadowName, indexed(shadows.readText(thingName, shadowName))),
  });
  stops.add(() => shadows.close());
  // A certificate that is no longer ACTIVE takes its connections with it.
  const unwatch = identities.onCertificateChange((certificateId, status) => {
    if (status !== 'ACTIVE') gateway.disconnectPrincipal(certificateId, 'FORBIDDEN_ACCESS');
  });
  stops.add(unwatch);
  return { gateway, refused, shadows };
}

function indexed(shadowText: string | undefined) {
  if (shadowText === undefined) return undefined;
  const { state, metadata, version, timestamp } = shadowSchema.parse(JSON.parse(shadowText));
  return { ...state, metadata, version, ...(timestamp === undefined ? {} : { timestamp }) };
}
