import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { z } from 'zod';
import type { RunningCloud } from '../../local/running.ts';
import { programPath } from './programs.ts';

/** What the command line said when AWS refused something. */
export interface Refusal {
  /** `VersionConflictException` */
  readonly code: string;
  readonly operation: string;
  readonly message: string;
}

const REFUSAL = /An error occurred \((\w+)\) when calling the (\w+) operation(?: \([^)]*\))?: ([^]*)/;

/** AWS's command line as somebody uses it who has set nothing up: no profile, no file, no real credentials. */
export class AwsCommandLine {
  /** A folder for the files that it writes; its home as well. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-aws-'));
  readonly #cloud: RunningCloud;
  readonly #program = programPath('aws');
  readonly #knowsEndpointUrl: boolean;

  constructor(cloud: RunningCloud) {
    this.#cloud = cloud;
    const version = execFileSync(this.#program, ['--version'], { encoding: 'utf8' });
    // It reads AWS_ENDPOINT_URL from 2.13 on.
    this.#knowsEndpointUrl = Number(/^aws-cli\/2\.(\d+)/.exec(version)?.[1] ?? 0) >= 13;
  }

  /** @returns what it printed. @throws Error with what it said of a failure */
  async text(...words: readonly string[]): Promise<string> {
    const { out, error } = await this.#run(words);
    if (error !== undefined) throw new Error(`aws ${words.join(' ')}: ${error}`);
    return out;
  }

  async json<Schema extends z.ZodType>(
    schema: Schema,
    ...words: readonly string[]
  ): Promise<z.output<Schema>> {
    return schema.parse(JSON.parse(await this.text(...words)));
  }

  /** For a call that AWS refuses. @throws Error when it does not */
  async refusal(...words: readonly string[]): Promise<Refusal> {
    const { error } = await this.#run(words);
    const [, code, operation, message] = REFUSAL.exec(error ?? '') ?? [];
    if (code === undefined || operation === undefined || message === undefined) {
      throw new Error(`aws ${words.join(' ')} was not refused: ${error ?? 'it went well'}`);
    }
    return { code, operation, message: message.trim() };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #run(words: readonly string[]): Promise<{ readonly out: string; readonly error?: string }> {
    const { endpointUrl, region } = this.#cloud;
    const env = {
      PATH: process.env['PATH'],
      HOME: this.folder,
      AWS_ENDPOINT_URL: endpointUrl,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_PAGER: '',
    };
    const endpoint = this.#knowsEndpointUrl ? [] : ['--endpoint-url', endpointUrl];
    return new Promise((resolve) => {
      execFile(this.#program, [...endpoint, ...words], { env }, (error, out, said) => {
        resolve(error === null ? { out } : { out, error: said || error.message });
      });
    });
  }
}
