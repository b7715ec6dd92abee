import path from 'node:path';
import { createAdjustableClock, type AdjustableClock } from './clock/index.ts';
import { startDevices } from './cloud/devices.ts';
import { openDoors } from './cloud/doors.ts';
import { readEventRules, startEvents } from './cloud/events.ts';
import { startFunctions, type BundlePlace } from './cloud/functions.ts';
import { MessageHub } from './cloud/hub.ts';
import { tellOfExpiry } from './cloud/expiry.ts';
import { LateLookUp } from './cloud/look-up.ts';
import { startMessages } from './cloud/messages.ts';
import { startNotifications } from './cloud/notifications.ts';
import { createReset, ensureTemplate } from './cloud/reset.ts';
import { askDestinations, readTopicRules, startRules } from './cloud/rules.ts';
import type { Site } from './cloud/site.ts';
import { Stops } from './cloud/stops.ts';
import { startStorage } from './cloud/storage.ts';
import { openTime } from './cloud/time.ts';
import type { Configuration } from './configuration.ts';
import { openFolder } from './folder.ts';
import { connectivityTaker } from './iot/lifecycle/connectivity-taker.ts';
import { findingText, lintTemplate } from './lint/index.ts';
import { openLogs } from './logs.ts';
import { removeRunning, writeRunning, type RunningCloud } from './running.ts';
import { LOCAL_ACCOUNT_ID, type PlannedService } from './template/plan-service.ts';

export interface CloudOptions {
  readonly service: PlannedService;
  /** With ports chosen, as the service was planned with. */
  readonly configuration: Configuration;
  /** Empties the state before anything starts. @default false */
  readonly fresh?: boolean;
  readonly bundles: BundlePlace;
  /** Folder of the built page; without it the page's address says that there is none. */
  readonly pageFolder?: string;
  readonly clock?: AdjustableClock;
  /** Tells the person who runs the cloud what they should know at once. */
  readonly tell: (message: string) => void;
}

/** The running glass copy. */
export interface Cloud {
  readonly running: RunningCloud;
  /** Lets new invocations run the bundles as they are now. */
  reloadFunctions(): Promise<void>;
  /** Lets time pass at once: what falls due on the way, and what it sets off, is done when this resolves. */
  advance(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the whole cloud.
 *
 * The order is the order of need: what the template asks is checked whole before anything of it is made, and
 * the doors open last, so that no message ever meets half a cloud. When a step fails, what was started is
 * stopped, the last first.
 *
 * @throws ConfigurationError for what the template asks and this cloud cannot do, for a taken port, for a
 *   missing engine: each by name, with the way out.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const stops = new Stops();
  try {
    return await start(options, stops);
  } catch (error) {
    await stops.run();
    throw error;
  }
}

async function start(options: CloudOptions, stops: Stops): Promise<Cloud> {
  const { service, configuration, clock = createAdjustableClock(), tell } = options;
  const { plan, template, endpointUrl } = service;
  const { folder } = configuration;

  // 1. Everything that cannot be done is refused.
  const ofTemplate = readTopicRules(service);
  readEventRules(service);

  // 2. The folder, which one cloud has for itself.
  stops.add(openFolder(folder, options.fresh === true));
  // Given back last of all: who is killed while stopping leaves word of the engine that is still running.
  stops.add(() => removeRunning(folder));
  const logs = openLogs(path.join(folder, 'logs'), clock);
  stops.add(() => logs.close());
  const site: Site = {
    plan,
    configuration,
    accountId: LOCAL_ACCOUNT_ID,
    region: template.region,
    endpointUrl,
    clock,
    logs,
    tell,
    stops,
  };

  // 3. The parts, each on those before it. What rules ask of things and shadows is there once those are.
  const hub = new MessageHub();
  const lookUp = new LateLookUp();
  const storage = await startStorage(site);
  const functions = startFunctions(site, storage, options.bundles);
  const notifications = startNotifications(site, storage, functions);
  const events = startEvents(site, storage, functions, notifications);
  const rules = startRules(site, { hub, storage, functions, notifications, lookUp });
  const devices = await startDevices(site, hub, rules.control);
  const messages = startMessages(site, hub, devices);
  lookUp.connect(devices.registry, messages.shadows);

  // 4. What happens to a message: its subscribers get it, then rules, then what answers it.
  hub.join((message) => messages.gateway.deliver(message));
  hub.join((message) => rules.engine.evaluate(message));
  hub.join((message) => void messages.shadows.handlePublish(message));
  hub.join(connectivityTaker(devices.registry));

  // 5. What the template says of topics, rules and the like.
  const parts = { storage, functions, notifications, events, hub, rules, devices, messages };
  ensureTemplate(site, parts);
  tellOfExpiry(site, parts);

  // 6. The doors.
  const time = openTime(site, parts);
  const running = await openDoors(site, parts, {
    name: { service: template.service, stage: template.stage },
    reset: createReset(site, parts),
    time,
    ...(template.httpApi === undefined ? {} : { httpApi: template.httpApi }),
    ...(options.pageFolder === undefined ? {} : { pageFolder: options.pageFolder }),
  });
  for (const finding of lintTemplate(template.resources)) tell(findingText(finding));
  writeRunning(folder, running);
  functions.lambda.asynchronous.resume();
  events.start();
  notifications.cloudwatch.start((event) => events.putAwsEvent(event));
  await askDestinations(site, rules, ofTemplate);
  logs.cloud('info', 'the cloud has started', { dynamodb: storage.engine.description });
  return {
    running,
    reloadFunctions: () => functions.lambda.recycle(),
    async advance(ms) {
      await time.change({ advanceMs: ms });
    },
    stop: () => stops.run(),
  };
}
