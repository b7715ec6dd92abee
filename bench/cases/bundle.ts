import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { z } from 'zod';
import { median, type BenchCase } from '../measurement.ts';

const ROUNDS = 21;
const ROOT = path.join(import.meta.dirname, '../..');

/** What any function with a table must load: the client of DynamoDB, bundled in the same way. */
const FLOOR = `
  import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
  export const handler = (event) => new DynamoDBClient({}).send(new UpdateItemCommand(event));
`;

/** What serverless-esbuild knows and esbuild does not. */
const configSchema = z.looseObject({
  outputFileExtension: z.string(),
  exclude: z.array(z.string()),
  watch: z.unknown(),
});

export const bundle: BenchCase = {
  name: 'bundle',
  summary: "size and import time of score-anomaly beside client-dynamodb's alone",
  async run() {
    const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-bench-'));
    try {
      const floorSource = path.join(ROOT, 'bench', `.floor-${process.pid}.ts`);
      writeFileSync(floorSource, FLOOR);
      const files = {
        floor: path.join(folder, 'floor.mjs'),
        scoreAnomaly: path.join(folder, 'score-anomaly.mjs'),
      };
      try {
        await bundleAsDeployed(floorSource, files.floor);
      } finally {
        rmSync(floorSource);
      }
      await bundleAsDeployed(path.join(ROOT, 'functions/score-anomaly/handler.ts'), files.scoreAnomaly);
      const floorMs: number[] = [];
      const functionMs: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        floorMs.push(importMs(files.floor));
        functionMs.push(importMs(files.scoreAnomaly));
      }
      const floor = 'client-dynamodb alone';
      return [
        {
          what: "score-anomaly's bundle",
          value: statSync(files.scoreAnomaly).size / 1_024,
          unit: 'KB',
          against: { what: floor, value: statSync(files.floor).size / 1_024 },
          bound: { of: 'value', at: 'most', limit: 300 },
        },
        {
          what: "score-anomaly's import",
          value: median(functionMs),
          unit: 'ms',
          against: { what: floor, value: median(floorMs) },
          bound: { of: 'ratio', at: 'most', limit: 1.35 },
        },
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function bundleAsDeployed(entry: string, outfile: string): Promise<void> {
  const configure: unknown = createRequire(import.meta.url)('../../esbuild.config.cjs');
  const config = typeof configure === 'function' ? configure() : undefined;
  const {
    outputFileExtension: _extension,
    exclude: _exclude,
    watch: _watch,
    ...options
  } = configSchema.parse(config);
  const deployed: BuildOptions = options;
  await build({ ...deployed, sourcemap: false, entryPoints: [entry], outfile, logLevel: 'error' });
}

/** Imports a module in a process of its own, as a cold start does. */
function importMs(file: string): number {
  const code = `const t = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - t)`;
  const env = {
    STATE_TABLE: 'table',
    SETTINGS_TABLE: 'table',
    REJECTIONS_QUEUE_URL: 'http://127.0.0.1/queue',
    AWS_REGION: 'eu-west-1',
  };
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', code], { env }));
}
