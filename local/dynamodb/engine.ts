import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { errorText } from '../../shared/errors.ts';
import { ConfigurationError } from '../errors.ts';
import { freePort } from '../free-port.ts';

/** A DynamoDB that runs. */
export interface DynamoDbEngine {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Which of the three it is, for people. */
  readonly description: string;
  /** The process that was started; undefined when it ran already. */
  readonly pid?: number;
  stop(): Promise<void>;
}

export interface EngineOptions {
  /** Where tables are kept; undefined: in memory only. */
  readonly folder?: string;
  /** An endpoint that runs already: then nothing is started. */
  readonly endpoint?: string;
  /** Path of AWS's DynamoDBLocal.jar. */
  readonly jar?: string;
  /** Finds the embedded engine. @default the optional dependency of this machine's platform */
  readonly findBinary?: () => string | undefined;
}

const START_MS = 15_000;

/**
 * Starts a real DynamoDB engine. What was asked for by name comes first: the endpoint that runs already, else
 * AWS's DynamoDB Local on Java; else the embedded binary, which npm installs on Linux x64.
 *
 * @throws ConfigurationError DYNAMODB_MISSING that lists the three, DYNAMODB_JAR_MISSING when the jar is not
 *   where it was said to be, or DYNAMODB_FAILED when one did not start.
 */
export async function startDynamoDbEngine(options: EngineOptions): Promise<DynamoDbEngine> {
  const { folder, endpoint, jar, findBinary = embeddedBinary } = options;
  if (endpoint !== undefined) {
    await untilReady(endpoint, undefined);
    return { url: endpoint, description: `the endpoint ${endpoint}`, stop: async () => {} };
  }
  if (jar !== undefined) {
    if (!existsSync(jar)) {
      throw new ConfigurationError(`GLASSHOUSE_DYNAMODB_JAR says ${jar}, and there is no such file`, {
        code: 'DYNAMODB_JAR_MISSING',
        data: { jar },
      });
    }
    const storage = folder === undefined ? ['-inMemory'] : ['-dbPath', folder];
    const libraries = path.join(path.dirname(jar), 'DynamoDBLocal_lib');
    const command = [`-Djava.library.path=${libraries}`, '-jar', jar, '-sharedDb', ...storage];
    return startProcess('java', (port) => [...command, '-port', String(port)], 'DynamoDB Local');
  }
  const binary = findBinary();
  if (binary !== undefined) {
    const storage = folder === undefined ? [] : ['--db-path', path.join(folder, 'dynamodb.sqlite')];
    return startProcess(binary, (port) => ['serve', '--port', String(port), ...storage], 'dynoxide');
  }
  throw new ConfigurationError(
    [
      `there is no DynamoDB engine for ${process.platform}-${process.arch}. Any one of these will do:`,
      '  1. the embedded engine: `npm ci` installs it on Linux x64 (optional dependency @dynoxide/linux-x64)',
      "  2. AWS's DynamoDB Local with Java 17: set GLASSHOUSE_DYNAMODB_JAR to its DynamoDBLocal.jar",
      '  3. one that runs already: set GLASSHOUSE_DYNAMODB_ENDPOINT to its URL',
    ].join('\n'),
    { code: 'DYNAMODB_MISSING', data: { platform: process.platform, arch: process.arch } },
  );
}

function embeddedBinary(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(
      `@dynoxide/${process.platform}-${process.arch}/package.json`,
    );
    const binary = path.join(path.dirname(manifest), 'dynoxide');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

async function startProcess(
  command: string,
  argumentsFor: (port: number) => string[],
  name: string,
): Promise<DynamoDbEngine> {
  const port = await freePort();
  // DynamoDB Local would otherwise tell AWS of its use; a jar too old to know the option ignores the variable.
  const env = { ...process.env, DDB_LOCAL_TELEMETRY: '0' };
  const child = spawn(command, argumentsFor(port), { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child);
  return {
    url,
    description: `${name} on 127.0.0.1:${port}`,
    ...(child.pid === undefined ? {} : { pid: child.pid }),
    stop: () => stopProcess(child),
  };
}

async function untilReady(url: string, child: ChildProcess | undefined): Promise<void> {
  const fate: { ended?: string } = {};
  let said = '';
  child?.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  child?.once('error', (error) => (fate.ended = error.message));
  child?.once('exit', (code, signal) => (fate.ended = `it ended with ${code ?? signal}`));
  const until = performance.now() + START_MS;
  let last: unknown = 'no answer';
  while (performance.now() < until && fate.ended === undefined) {
    try {
      // Any answer will do: an engine refuses a bare GET in a way of its own.
      await fetch(url, { signal: AbortSignal.timeout(1_000) });
      return;
    } catch (error) {
      last = error instanceof Error ? (error.cause ?? error) : error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  child?.kill('SIGKILL');
  throw new ConfigurationError(
    `the DynamoDB engine at ${url} does not answer: ${fate.ended ?? errorText(last)}${said === '' ? '' : `\n${said}`}`,
    { code: 'DYNAMODB_FAILED', data: { url }, cause: last },
  );
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(hard);
}
