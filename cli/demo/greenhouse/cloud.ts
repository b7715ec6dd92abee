import path from 'node:path';
import { createAdjustableClock, type AdjustableClock } from '../../../local/clock/index.ts';
import { startCloud } from '../../../local/cloud.ts';
import { choosePorts } from '../../../local/configuration.ts';
import { startDynamoDbEngine } from '../../../local/dynamodb/engine.ts';
import type { RunningCloud } from '../../../local/running.ts';
import { planService } from '../../../local/template/plan-service.ts';
import { bundleFunctions } from './bundle.ts';
import { readGreenhouse, type ShadeControl } from './service.ts';

/** A cloud with nothing in it but the greenhouse, whose time stands still unless it is advanced. */
export interface GreenhouseCloud {
  readonly running: RunningCloud;
  readonly clock: AdjustableClock;
  /** Lets time pass; everything that falls due on the way is done when this resolves. */
  advance(ms: number): Promise<void>;
  stop(): Promise<void>;
}

export interface GreenhouseCloudOptions {
  /** Folder of serverless.yml. */
  readonly serviceFolder: string;
  /** Folder of the state, which is there and empty. */
  readonly folder: string;
  readonly shadeControl: ShadeControl;
  /** Where the functions are bundled, once they are: see bundle.ts. @default they are bundled into `folder` */
  readonly bundles?: Promise<string>;
  /** Milliseconds since the epoch, later than now, by less than a year. */
  readonly startMs: number;
  /** Takes what the cloud tells the person who runs it. */
  readonly tell: (message: string) => void;
}

/** Where the machine's patience is meant and not the cloud's: a repeater on the loopback answers at once. */
const ENVIRONMENT = { BUDGET_MS: '400', CONNECT_TIMEOUT_MS: '1000', ANSWER_TIMEOUT_MS: '1000' };

/** Starts the real cloud on free ports, with the functions bundled from their sources and a database in memory. */
export async function startGreenhouseCloud(options: GreenhouseCloudOptions): Promise<GreenhouseCloud> {
  const { serviceFolder, folder, shadeControl, startMs, tell } = options;
  const clock = createAdjustableClock();
  clock.setSpeed(0);
  await clock.advanceTo(startMs);
  const template = readGreenhouse(serviceFolder, shadeControl, { 'move-shade': ENVIRONMENT });
  const [engine, bundleFolder] = await Promise.all([
    startDynamoDbEngine({}),
    options.bundles ?? bundleFunctions(serviceFolder, path.join(folder, 'bundles')),
  ]);
  try {
    const configuration = await choosePorts({
      folder,
      dynamodbEndpoint: engine.url,
      mqttPort: 0,
      mqttsPort: 0,
      httpsPort: 0,
      endpointPort: 0,
      pagePort: 0,
      httpApiPort: 0,
      // What comes one after the other runs in one warm container, on AWS as well.
      maxConcurrency: 1,
      retryDelaysSeconds: [60, 120],
    });
    const cloud = await startCloud({
      service: planService(template, `http://127.0.0.1:${configuration.endpointPort}`),
      configuration,
      bundles: { folder: bundleFolder, extension: '.mjs' },
      clock,
      tell,
    });
    const { running } = cloud;
    return {
      running,
      clock,
      advance: (ms) => cloud.advance(ms),
      async stop() {
        await cloud.stop();
        await engine.stop();
      },
    };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}
