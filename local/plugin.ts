import { existsSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../shared/errors.ts';
import { takeFunctionsFromEsbuild } from './bundler-options.ts';
import { Bundler } from './bundler.ts';
import { claimBundles, setPackagingFolder } from './bundles.ts';
import { functionEnvironment } from './cloud/function-environment.ts';
import { startCloud, type Cloud } from './cloud.ts';
import { choosePorts, readConfiguration, type Configuration } from './configuration.ts';
import { ConfigurationError } from './errors.ts';
import type { PluginMessage } from './plugin-message.ts';
import { findRunning, type RunningCloud } from './running.ts';
import type { Serverless, ServerlessLog, ServerlessService } from './serverless.ts';
import { takeEventsFromOffline } from './template/events/index.ts';
import { planService, type PlannedService } from './template/plan-service.ts';
import { readTemplate } from './template/template.ts';

const PAGE = 'dashboard/dist';

/**
 * Joins the glass copy to `serverless`: `serverless offline` starts it, `serverless invoke local` finds the
 * one that runs. Of other commands only the folder that they bundle in is another (bundles.ts), so what is
 * deployed knows nothing of it.
 */
export default class GlasshousePlugin {
  readonly hooks: Readonly<Record<string, () => Promise<void> | void>>;
  readonly #serverless: Serverless;
  readonly #log: ServerlessLog;
  #prepared: { readonly service: PlannedService; readonly configuration: Configuration } | undefined;
  /** Bundles for the cloud that this process runs; for other commands serverless-esbuild does. */
  readonly #bundler: Bundler | undefined;
  #bundled: Promise<void> | undefined;
  #cloud: Cloud | undefined;
  #isEnding = false;

  constructor(serverless: Serverless, _options: unknown, { log }: { log: ServerlessLog }) {
    this.#serverless = serverless;
    this.#log = log;
    this.hooks = {
      initialize: () => this.#forPeople(() => this.#initialize()),
      // Plain `serverless offline` ends without telling its plugins; `offline start` tells them.
      'before:offline:start': () => serverless.pluginManager.spawn('offline:start'),
      'after:offline:start:init': () => this.#forPeople(() => this.#start()),
      'offline:functionsUpdated:cleanup': () => this.#reload(),
      'before:offline:start:end': () => this.#stop(),
      error: () => this.#endAfterError(),
    };
    const { service, serviceDir, processedInput } = serverless;
    if (processedInput.commands[0] !== 'offline' || processedInput.isHelpRequest === true) return;
    const esbuild = esbuildOptions(service);
    const bundles = claimBundles(esbuild, serviceDir);
    this.#bundler = new Bundler({ serviceFolder: serviceDir, bundles, esbuild });
    // It is done by the time that `serverless` has loaded its other plugins, on another core.
    this.#bundle(this.#bundler);
  }

  async #initialize(): Promise<void> {
    const { service, serviceDir, processedInput } = this.#serverless;
    const [command, subcommand] = processedInput.commands;
    const invokesLocal = command === 'invoke' && subcommand === 'local';
    const esbuild = esbuildOptions(service);
    if (command !== 'offline' && !invokesLocal) {
      setPackagingFolder(esbuild);
      return;
    }
    // `serverless invoke local` cannot load a module that ends in `.mjs`.
    if (invokesLocal) {
      esbuild['outputFileExtension'] = '.js';
      claimBundles(esbuild, serviceDir);
    }
    const configuration = await choosePorts(
      readConfiguration(service.custom?.['glasshouse'], serviceDir, process.env),
    );
    const running = invokesLocal ? this.#requireRunning(configuration.folder) : undefined;
    const endpointUrl = running?.endpointUrl ?? `http://127.0.0.1:${configuration.endpointPort}`;
    const planned = planService(readTemplate(service), endpointUrl);
    this.#prepared = { service: planned, configuration };
    this.#resolveEnvironments(planned);
    if (this.#bundler === undefined) return;
    // Once more, if other plugins have added to the functions.
    this.#bundle(this.#bundler);
    takeFunctionsFromEsbuild(service.functions);
    // `serverless offline` would run schedules by the machine's clock, and answer HTTP from containers of its own.
    takeEventsFromOffline(service.functions);
  }

  #bundle(bundler: Bundler): void {
    this.#bundled = bundler.bundle(this.#serverless.service.functions ?? {});
    // It is waited for later, and by nobody when something else ends the start before.
    this.#bundled.catch(() => undefined);
  }

  /** What a person can mend is shown to them without the stack that `serverless` prints for its own faults. */
  async #forPeople(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#send({ kind: 'failed', message: errorText(error) });
      if (!(error instanceof ConfigurationError)) throw error;
      throw new this.#serverless.classes.Error(error.message, error.code, { cause: error });
    }
  }

  /** Functions that `serverless` itself runs get their environment as text, not as intrinsics. */
  #resolveEnvironments({ plan, template, endpointUrl }: PlannedService): void {
    for (const { key, environment } of plan.functions) {
      const definition = this.#serverless.service.functions?.[key];
      if (definition === undefined) continue;
      definition['environment'] = { ...functionEnvironment(template.region, endpointUrl), ...environment };
    }
  }

  #requireRunning(folder: string): RunningCloud {
    const running = findRunning(folder);
    if (running !== undefined) return running;
    throw new ConfigurationError(
      'no cloud is running, so there is no table, queue or topic for the function: start one with `npm start` or `npx serverless offline` in another terminal',
      { code: 'CLOUD_NOT_RUNNING', data: { folder } },
    );
  }

  async #start(): Promise<void> {
    const page = path.join(this.#serverless.serviceDir, PAGE);
    if (this.#prepared === undefined || this.#bundler === undefined)
      throw new Error('serverless has not initialised its plugins');
    const stopListening = this.#endWhenStarted();
    await this.#bundled;
    this.#cloud = await startCloud({
      ...this.#prepared,
      bundles: this.#bundler.bundles,
      fresh: process.env['GLASSHOUSE_FRESH'] === '1',
      ...(existsSync(page) ? { pageFolder: page } : {}),
      tell: (message) => this.#tell(message),
    });
    stopListening();
    if (this.#isEnding) {
      await this.#stop();
      process.exit();
    }
    const { running } = this.#cloud;
    this.#log.notice(
      [
        '',
        'The glass copy runs:',
        `  page       ${running.pageUrl}`,
        ...(running.httpApiUrl === undefined ? [] : [`  HTTP API   ${running.httpApiUrl}`]),
        `  MQTT       ${running.mqttUrl}`,
        `  devices    ${running.mqttsUrl}  (certificates; trust ${running.caFile})`,
        `  AWS APIs   AWS_ENDPOINT_URL=${running.endpointUrl}  (region ${running.region}, any credentials)`,
        '',
      ].join('\n'),
    );
    this.#send({ kind: 'ready' });
    this.#endWithParent();
  }

  /** New invocations run the source as it is now; while it cannot be bundled, they run what there was. */
  async #reload(): Promise<void> {
    try {
      await this.#bundler?.rebuild();
      await this.#cloud?.reloadFunctions();
    } catch (error) {
      this.#tell(errorText(error));
    }
  }

  /**
   * What `serverless offline` has opened by then (its watch, its server) would keep the process alive after a
   * failed start. `serverless` sets the exit code when it has told the error.
   */
  #endAfterError(): void {
    if (this.#serverless.processedInput.commands[0] !== 'offline') return;
    setInterval(() => {
      if (process.exitCode !== undefined) process.exit();
    }, 10);
  }

  /**
   * A signal that comes while the cloud starts would end this process at once, and leave the engine of
   * DynamoDB behind. It is kept until the cloud can be stopped.
   */
  #endWhenStarted(): () => void {
    const end = (_signal: NodeJS.Signals, number: number): void => {
      this.#isEnding = true;
      process.exitCode = 128 + number;
    };
    process.on('SIGINT', end).on('SIGTERM', end);
    return () => void process.off('SIGINT', end).off('SIGTERM', end);
  }

  /** Whoever started this process over IPC is gone when the channel closes: it must not be left running. */
  #endWithParent(): void {
    const end = (): void => void process.kill(process.pid, 'SIGTERM');
    if (process.send === undefined) return;
    if (process.connected) process.once('disconnect', end);
    else end();
  }

  async #stop(): Promise<void> {
    await this.#cloud?.stop();
    this.#cloud = undefined;
    await this.#bundler?.stop();
  }

  #tell(message: string): void {
    this.#log.warning(message);
    this.#send({ kind: 'tell', message });
  }

  #send(message: PluginMessage): void {
    // Sending into a closed channel would be an error that nobody catches.
    if (process.connected) process.send?.(message);
  }
}

/** `custom.esbuild`, to be changed in place before serverless-esbuild reads it. */
function esbuildOptions(service: ServerlessService): Record<string, unknown> {
  const custom = (service.custom ??= {});
  const given = custom['esbuild'];
  if (isRecord(given)) return given;
  const options: Record<string, unknown> = {};
  custom['esbuild'] = options;
  return options;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
