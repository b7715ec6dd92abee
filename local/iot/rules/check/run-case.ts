import { randomUUID } from 'node:crypto';
import { matches } from '../../topics/topic-filter.ts';
import { readBasicIngest } from '../../topics/topic-name.ts';
import { type CompiledRule, compileRule } from '../sql/compile-rule.ts';
import { type MessageContext, Payload } from '../sql/context.ts';
import { SqlEvaluationError, SqlParseError } from '../sql/errors.ts';
import { ExternalCalls } from '../sql/external/calls.ts';
import { evaluateWithCalls } from '../sql/external/evaluate.ts';
import { writeJson } from '../sql/json-writer.ts';
import type { SelectResult } from '../sql/result.ts';
import { defaultSwitches, type Switches } from '../sql/switches.ts';
import { compileTemplate } from '../sql/template.ts';
import type { RuleCase } from './cases.ts';
import { stubbedServices } from './stubs.ts';

/** The account of a case that names none. */
const ACCOUNT_ID = '123456789012';

/** The rule of a case that names none. */
const RULE_NAME = 'Rule';

/** What became of the message of a case. */
export type CaseOutcome =
  | { readonly kind: 'result'; readonly result: SelectResult; readonly template: string | undefined }
  | {
      readonly kind: 'word';
      readonly word: 'NO_MATCH' | 'SQL_PARSE_ERROR' | 'RULE_FAILED';
      readonly reason: string;
    };

/** Runs the rule of a case on its message, as the rules engine would; the actions are left out. */
export async function runCase(
  ruleCase: RuleCase,
  switches: Switches = defaultSwitches,
): Promise<CaseOutcome> {
  try {
    const rule = compileRule(ruleCase.sql, ruleCase.sqlVersion, switches);
    const template =
      ruleCase.template === undefined ? undefined : compileTemplate(ruleCase.template, switches);
    const topic = topicForRule(ruleCase, rule, switches);
    if (topic === undefined) return word('NO_MATCH', 'the topic does not match FROM');
    const context = rule.contextFor(contextOf(ruleCase, topic));
    const result = await evaluateWithCalls(context, () =>
      rule.where?.(context) === false ? undefined : rule.select(context),
    );
    if (result === undefined) return word('NO_MATCH', 'WHERE is not true');
    // What cannot be written fails as well.
    result.bytes();
    const text = await evaluateWithCalls(context, () => template?.render(context));
    return { kind: 'result', result, template: text };
  } catch (thrown) {
    if (thrown instanceof SqlParseError) return word('SQL_PARSE_ERROR', thrown.message);
    if (thrown instanceof SqlEvaluationError) return word('RULE_FAILED', thrown.message);
    throw thrown;
  }
}

function word(text: (CaseOutcome & { kind: 'word' })['word'], reason: string): CaseOutcome {
  return { kind: 'word', word: text, reason };
}

/** The topic as the rule sees it; undefined when the message does not reach the rule. */
function topicForRule(
  { topic, context }: RuleCase,
  { topicFilter }: CompiledRule,
  switches: Switches,
): string | undefined {
  const ingest = readBasicIngest(topic);
  if (ingest === undefined)
    return topicFilter !== undefined && matches(topicFilter, topic) ? topic : undefined;
  if (ingest.ruleName !== (context.ruleName ?? RULE_NAME)) return undefined;
  const isFiltered = switches.basicIngestFrom === 'applied' && topicFilter !== undefined;
  return isFiltered && !matches(topicFilter, ingest.topic) ? undefined : ingest.topic;
}

function contextOf({ context, clientId, ...ruleCase }: RuleCase, topic: string): MessageContext {
  const { accountId = ACCOUNT_ID, protocol = 'MQTT', principal, sourceIp, mqtt5, stubs = {} } = context;
  const sender = clientId ?? context.clientId;
  return {
    payload: new Payload(payloadOf(ruleCase)),
    topic,
    accountId,
    nowMs: context.nowMs ?? 0,
    newUuid: randomUUID,
    random: Math.random,
    external: new ExternalCalls(stubbedServices(stubs)),
    ...(sender === undefined ? {} : { clientId: sender }),
    ...(principal === undefined ? {} : { principal }),
    ...(sourceIp === undefined ? {} : { sourceIp }),
    ...(protocol === 'MQTT' ? { traceId: context.traceId ?? randomUUID() } : {}),
    ...(mqtt5 === undefined ? {} : { mqtt5 }),
  };
}

function payloadOf({
  payload,
  payloadText,
  payloadBase64,
}: Pick<RuleCase, 'payload' | 'payloadText' | 'payloadBase64'>): Uint8Array {
  if (payloadBase64 !== undefined) return Buffer.from(payloadBase64, 'base64');
  return Buffer.from(payloadText ?? (payload === undefined ? '' : writeJson(payload)));
}
