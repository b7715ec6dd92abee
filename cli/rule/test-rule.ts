import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { IotMessage } from '../../local/iot/message.ts';
import { explainRule, type ExplainedRule } from '../../local/iot/rules/explain/index.ts';
import { readSqlVersion } from '../../local/iot/rules/sql/version.ts';
import { topicNameProblem } from '../../local/iot/topics/topic-name.ts';
import { errorText } from '../../shared/errors.ts';
import type { Arguments } from '../arguments.ts';
import { CommandError } from '../errors.ts';
import { quoted, type Terminal } from '../terminal.ts';
import { explainedJson } from './explained-json.ts';
import { explainedLines } from './explained-lines.ts';
import { type GivenRule, ruleOfService } from './rule-of-service.ts';

const MAX_PAYLOAD_BYTES = 128 * 1024;

const ACCOUNT_ID = '000000000000';

/** Evaluates a rule for a message and prints everything on the way; no cloud is needed. */
export async function testRule(args: Arguments, terminal: Terminal): Promise<void> {
  const { out } = terminal;
  const given = givenRule(args, terminal);
  const message = await givenMessage(args, terminal);
  const nowMs = givenTime(args);
  const setting = args.text('version') ?? given.version;
  const explained: ExplainedRule = explainRule(
    {
      sql: given.sql,
      version: readSqlVersion(setting),
      actions: [...given.actions, ...givenActions(args, terminal)],
      templates: args.texts('template'),
    },
    message,
    { accountId: ACCOUNT_ID, nowMs, newUuid: randomUUID, random: Math.random },
  );
  if (args.flag('json')) {
    await out.line(explainedJson(explained));
    return;
  }
  for (const line of explainedLines(explained, setting === undefined, out)) await out.line(line);
}

function givenRule(args: Arguments, { cwd, env }: Terminal): GivenRule {
  const sql = args.text('sql');
  const logicalId = args.text('rule');
  if ((sql === undefined) === (logicalId === undefined)) {
    throw args.wrong(
      'rule test takes either --sql with a statement, or --rule with a logical id of serverless.yml',
    );
  }
  if (sql !== undefined) return { sql, version: undefined, actions: [] };
  return ruleOfService(logicalId ?? '', cwd, env);
}

async function givenMessage(args: Arguments, terminal: Terminal): Promise<IotMessage> {
  const topic = args.text('topic');
  const payload = args.text('payload');
  if (topic === undefined || payload === undefined) throw args.wrong('rule test needs --topic and --payload');
  const problem = topicNameProblem(topic);
  if (problem !== undefined) throw args.wrong(`the topic ${quoted(topic)} ${problem}`);
  const clientId = args.text('client-id');
  return {
    topic,
    payload: await payloadBytes(payload, terminal),
    qos: 0,
    retain: false,
    publisher: { protocol: 'MQTT', sourceIp: '127.0.0.1', ...(clientId === undefined ? {} : { clientId }) },
    traceId: randomUUID(),
    republishes: 0,
  };
}

/** Text as it is, `@FILE`, or `-` for standard input. */
async function payloadBytes(given: string, { stdin, cwd }: Terminal): Promise<Uint8Array> {
  if (given === '-') return checkedSize(await buffer(stdin));
  return checkedSize(given.startsWith('@') ? readBytes(given.slice(1), cwd) : Buffer.from(given));
}

/** @throws CommandError PAYLOAD_TOO_LARGE */
function checkedSize(payload: Uint8Array): Uint8Array {
  if (payload.length <= MAX_PAYLOAD_BYTES) return payload;
  throw new CommandError(
    'PAYLOAD_TOO_LARGE',
    `the message has ${payload.length} bytes; AWS IoT takes ${MAX_PAYLOAD_BYTES}`,
  );
}

/** Actions in the form of CloudFormation or of the API: one, or a list. */
function givenActions(args: Arguments, { cwd }: Terminal): readonly unknown[] {
  return args.texts('action').flatMap((file): readonly unknown[] => {
    const text = readBytes(file, cwd).toString();
    try {
      const parsed: unknown = JSON.parse(text);
      return Array.isArray(parsed) ? parsed : [parsed];
    } catch (error) {
      throw new CommandError('NOT_JSON', `${quoted(file)} is not JSON: ${errorText(error)}`, {
        cause: error,
      });
    }
  });
}

function givenTime(args: Arguments): number {
  const text = args.text('time');
  if (text === undefined) return Date.now();
  const ms = Date.parse(text);
  if (Number.isNaN(ms))
    throw args.wrong(`--time takes a time such as 2026-01-31T10:00:00Z, not ${quoted(text)}`);
  return ms;
}

function readBytes(file: string, cwd: string): Buffer {
  try {
    return readFileSync(path.resolve(cwd, file));
  } catch (error) {
    throw new CommandError('FILE_UNREADABLE', `${quoted(file, 200)} cannot be read: ${errorText(error)}`, {
      cause: error,
    });
  }
}
