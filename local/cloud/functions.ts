import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { createLambda, type Lambda } from '../lambda/lambda.ts';
import { FunctionMetrics } from '../lambda/metrics.ts';
import { functionEnvironment } from './function-environment.ts';
import type { Site } from './site.ts';
import type { Storage } from './storage.ts';

/** Where the bundles are, at the paths that the handlers name, and their ending. */
export interface BundlePlace {
  readonly folder: string;
  readonly extension: string;
}

export interface Functions {
  readonly lambda: Lambda;
  readonly metrics: FunctionMetrics;
}

/** Starts Lambda with the functions of the template. */
export function startFunctions(site: Site, { sqs }: Storage, bundles: BundlePlace): Functions {
  const { plan, configuration, region, endpointUrl, clock, logs, tell, stops } = site;
  const { folder, maxConcurrency, retryDelaysSeconds } = configuration;
  const metrics = new FunctionMetrics();
  const lambda = createLambda({
    functions: plan.functions,
    bundleFolder: bundles.folder,
    bundleExtension: bundles.extension,
    environment: functionEnvironment(region, endpointUrl),
    eventFile: path.join(folder, 'events.sqlite'),
    clock,
    time: clock.shared,
    newId: randomUUID,
    maxConcurrency,
    retryDelaysSeconds,
    sendToDestination: async (queueArn, body) => {
      await sqs.sendMessage({ queueArn, body });
    },
    onLine: (functionKey, line) => {
      if (!metrics.take(functionKey, line)) logs.function(functionKey, line);
    },
    log: (message, data) => {
      logs.cloud('warn', message, data);
      tell(`${message}: ${JSON.stringify(data)}`);
    },
  });
  stops.add(() => lambda.stop());
  return { lambda, metrics };
}
