import { expect, test } from 'vitest';
import { systemClock } from '../../../../local/clock.ts';
import { createRulesEngine, readTopicRule, type RuleTraceEvent } from '../../../../local/iot/rules/index.ts';
import { compileRule } from '../../../../local/iot/rules/sql/compile-rule.ts';
import type { MessageContext } from '../../../../local/iot/rules/sql/context.ts';
import { PendingCall } from '../../../../local/iot/rules/sql/external/call-memo.ts';
import { ExternalCalls, type ExternalCallsOptions } from '../../../../local/iot/rules/sql/external/calls.ts';
import { evaluateWithCalls } from '../../../../local/iot/rules/sql/external/evaluate.ts';
import type { ExternalFunctions } from '../../../../local/iot/rules/sql/external/services.ts';
import { compileTemplate } from '../../../../local/iot/rules/sql/template.ts';
import { contextOf, messageOn } from './message.ts';

/** Services that note what they are asked and answer with it, but for what a test changes. */
function services(changes: Partial<ExternalFunctions> = {}): ExternalFunctions & { asked: unknown[] } {
  const asked: unknown[] = [];
  const note = async (...question: string[]): Promise<string[]> => {
    asked.push(question);
    return question;
  };
  return {
    asked,
    invokeLambda: async (functionArn, input) => {
      asked.push([functionArn, input]);
      return input;
    },
    getDynamoDbItem: async (lookup) => {
      asked.push(lookup);
      return { found: true };
    },
    getThingShadow: (thingName, shadowName = 'classic', roleArn) => note(thingName, shadowName, roleArn),
    getRegistryData: (api, thingName, roleArn) => note(api, thingName, roleArn),
    getSecret: async ({ secretId, secretType, key = 'all', roleArn }) =>
      note(secretId, secretType, key, roleArn),
    getObject: async () => new Uint8Array(),
    ...changes,
  };
}

function contextWith(
  payload: unknown,
  external: ExternalFunctions,
  options: ExternalCallsOptions = {},
  changes: Partial<MessageContext> = {},
): MessageContext {
  return contextOf(payload, { external: new ExternalCalls(external, options), ...changes });
}

async function run(sql: string, base: MessageContext): Promise<unknown> {
  const rule = compileRule(sql, '2016-03-23');
  const context = rule.contextFor(base);
  return evaluateWithCalls(context, () =>
    rule.where?.(context) === false ? 'NO_MATCH' : rule.select(context).json(),
  );
}

test.each<[string, unknown, unknown]>([
  ["aws_lambda('arn', {'p': x})", { p: 1 }, ['arn', { p: 1 }]],
  ["aws_lambda('arn', *).x", 1, ['arn', { x: 1 }]],
  ["get_thing_shadow('t', 'role')", ['t', 'classic', 'role'], ['t', 'classic', 'role']],
  ["get_thing_shadow('t', 's', 'role')", ['t', 's', 'role'], ['t', 's', 'role']],
  [
    "get_registry_data('DescribeThing', 't', 'role')",
    ['DescribeThing', 't', 'role'],
    ['DescribeThing', 't', 'role'],
  ],
  [
    "get_secret('id', 'SecretString', 'role')",
    ['id', 'SecretString', 'all', 'role'],
    ['id', 'SecretString', 'all', 'role'],
  ],
  [
    "get_secret('id', 'SecretBinary', 'k', 'role')",
    ['id', 'SecretBinary', 'k', 'role'],
    ['id', 'SecretBinary', 'k', 'role'],
  ],
  [
    "get_dynamodb('t', 'pk', x, 'role')",
    { found: true },
    { tableName: 't', partitionKeyName: 'pk', partitionKeyValue: 1, roleArn: 'role' },
  ],
  [
    "get_dynamodb('t', 'pk', 'p', 'sk', x, 'role').found",
    true,
    {
      tableName: 't',
      partitionKeyName: 'pk',
      partitionKeyValue: 'p',
      sortKeyName: 'sk',
      sortKeyValue: 1,
      roleArn: 'role',
    },
  ],
])('%s asks its service and gives the answer.', async (expression, expected, question) => {
  const external = services();
  expect(await run(`SELECT ${expression} AS r`, contextWith({ x: 1 }, external))).toEqual({ r: expected });
  expect(external.asked).toEqual([question]);
});

test.each([
  'aws_lambda(1, x)',
  "aws_lambda('arn', missing)",
  "get_thing_shadow('t', missing, 'role')",
  "get_thing_shadow('', 'role')",
  "get_registry_data('DescribeThing', missing, 'role')",
  "get_secret('id', 'Secret', 'role')",
  "get_secret('id', 'SecretString', missing, 'role')",
  "get_dynamodb('t', 'pk', true, 'role')",
  "get_dynamodb('t', 'pk', 'p', 'sk', 'role')",
  "get_dynamodb('t', 'pk', 'p', 'sk', missing, 'role')",
])('%s is Undefined and asks nobody.', async (expression) => {
  const external = services();
  expect(await run(`SELECT ${expression} AS r`, contextWith({ x: 1 }, external))).toEqual({});
  expect(external.asked).toEqual([]);
});

test('Each call is made once, however often the evaluation begins again, and in the order of the SQL.', async () => {
  const external = services();
  const sql =
    "SET @a = aws_lambda('one', 1) SELECT @a AS a, @a AS b, aws_lambda('two', @a + 1) AS c, " +
    "(SELECT VALUE aws_lambda('each', n) FROM e AS n) AS d WHERE aws_lambda('where', true)";
  expect(await run(sql, contextWith({ e: [7, 8] }, external))).toEqual({ a: 1, b: 1, c: 2, d: [7, 8] });
  expect(external.asked).toEqual([
    ['where', true],
    ['one', 1],
    ['two', 2],
    ['each', 7],
    ['each', 8],
  ]);
});

test('A call whose operands are different each time is made once.', async () => {
  const external = services();
  let made = 0;
  const newUuid = () => `uuid-${(made += 1)}`;
  const context = contextWith({}, external, {}, { newUuid });
  expect(await run("SELECT aws_lambda('arn', newuuid()) AS a", context)).toEqual({ a: 'uuid-1' });
  expect(external.asked).toHaveLength(1);
});

test('A failure of a service fails the SQL, unless get_or_default catches it.', async () => {
  const external = services({ invokeLambda: async () => Promise.reject(new Error('no such function')) });
  const failing = run("SELECT aws_lambda('arn', 1) AS a", contextWith({}, external));
  await expect(failing).rejects.toMatchObject({
    code: 'EXTERNAL_CALL_FAILED',
    message: 'aws_lambda() failed: no such function',
  });
  const caught = "SELECT get_or_default(aws_lambda('arn', 1), get_thing_shadow('t', 'role')) AS a";
  expect(await run(caught, contextWith({}, external))).toEqual({ a: ['t', 'classic', 'role'] });
});

test('The default of get_or_default is not evaluated when nobody needs it.', async () => {
  const external = services();
  const sql = "SELECT get_or_default(aws_lambda('arn', 1), aws_lambda('default', 2)) AS a";
  expect(await run(sql, contextWith({}, external))).toEqual({ a: 1 });
  expect(external.asked).toEqual([['arn', 1]]);
});

test('A function that does not answer in time has failed, and is told to give up.', async () => {
  let wasAborted = false;
  const external = services({
    invokeLambda: (_functionArn, _input, signal) =>
      new Promise(() => signal.addEventListener('abort', () => (wasAborted = true))),
    getThingShadow: () => new Promise(() => undefined),
  });
  const options = { lambdaTimeoutMs: 5, serviceTimeoutMs: 10 };
  await expect(run("SELECT aws_lambda('arn', 1) AS a", contextWith({}, external, options))).rejects.toThrow(
    'no answer within 5 ms',
  );
  expect(wasAborted).toBe(true);
  const sql = "SELECT get_thing_shadow('t', 'role') AS a";
  await expect(run(sql, contextWith({}, external, options))).rejects.toThrow('no answer within 10 ms');
});

test.each([
  [
    "SELECT get_dynamodb('t', 'k', 1, 'r') AS a, get_dynamodb('t', 'k', 2, 'r') AS b",
    'get_dynamodb() 2 times',
  ],
  [
    "SELECT get_dynamodb('t', 'k', 1, 'r') AS a WHERE CASE 1 WHEN 1 THEN get_dynamodb('t', 'k', 2, 'r') END",
    'get_dynamodb() 2 times',
  ],
  [
    "SET @a = [get_registry_data('a', 't', 'r')] SELECT get_registry_data('a', 't', 'r') AS b",
    'get_registry_data() 2 times',
  ],
  ["SELECT (SELECT VALUE aws_lambda('f', n) FROM e AS n) AS a", 'more than 100 calls'],
])('%s is past a limit.', async (sql, words) => {
  const context = contextWith({ e: Array.from({ length: 101 }, (_, index) => index) }, services());
  await expect(run(sql, context)).rejects.toMatchObject({
    code: 'EXTERNAL_LIMIT_EXCEEDED',
    message: expect.stringContaining(words),
  });
});

test('The registry is asked once in the SQL and the templates of a rule together.', async () => {
  const context = contextWith({}, services());
  const data = "get_registry_data('DescribeThing', 't', 'r')";
  await run(`SELECT ${data} AS a`, context);
  const template = compileTemplate(`\${${data}}`);
  await expect(evaluateWithCalls(context, () => template.render(context))).rejects.toMatchObject({
    code: 'EXTERNAL_LIMIT_EXCEEDED',
  });
});

test('Without services a call fails by name, and while one is asked the evaluation is pending.', () => {
  const { select } = compileRule("SELECT get_thing_shadow('t', 'r') AS a", '2016-03-23');
  expect(() => select(contextOf({}))).toThrow(expect.objectContaining({ code: 'EXTERNAL_NOT_AVAILABLE' }));
  expect(() => select(contextWith({}, services()))).toThrow(PendingCall);
});

/** An engine with one rule that sends to a queue, and everything that it did. */
async function engineRun(sql: string, queueUrl: string, external: ExternalFunctions) {
  const events: RuleTraceEvent[] = [];
  const sent: unknown[] = [];
  const Actions = [{ Sqs: { QueueUrl: queueUrl, RoleArn: 'role' } }];
  const ErrorAction = { Sqs: { QueueUrl: 'errors', RoleArn: 'role' } };
  const payload = { Sql: sql, AwsIotSqlVersion: '2016-03-23', Actions, ErrorAction };
  const engine = createRulesEngine({
    rules: [readTopicRule({ ruleName: 'Asking', payload })],
    clock: { ...systemClock, now: () => 1_700_000_000_000 },
    account: '000000000000',
    region: 'eu-west-1',
    log: (event) => events.push(event),
    stopwatch: () => 0,
    external,
    services: {
      invokeAsync: async () => undefined,
      publish: () => undefined,
      putObject: async () => undefined,
      sendMessage: async ({ queueUrl: queue, body }) => void sent.push([queue, body]),
      putItem: async () => undefined,
    },
  });
  engine.evaluate(messageOn('a/b', { x: 1 }));
  await engine.drained();
  return { events, sent };
}

test('The engine waits for other services, in SQL and in templates, then runs the actions.', async () => {
  const { events, sent } = await engineRun(
    "SELECT aws_lambda('f', x).y AS y, 2 AS z FROM 'a/b' WHERE aws_lambda('f', true)",
    "${aws_lambda('queue', 'q')}",
    services(),
  );
  expect(sent).toEqual([['q', '{"z":2}']]);
  expect(events.map(({ eventType }) => eventType)).toEqual([
    'FunctionExecution',
    'FunctionExecution',
    'RuleMatch',
    'FunctionExecution',
    'ActionSuccess',
  ]);
  expect(events[0]).toMatchObject({
    functionName: 'aws_lambda',
    resources: { FunctionArn: 'f' },
    durationMs: 0,
  });
});

test('A failed call runs no action, and no error action either.', async () => {
  const { events, sent } = await engineRun(
    "SELECT get_thing_shadow('t', 'r') AS s FROM 'a/b'",
    'queue',
    services({ getThingShadow: async () => Promise.reject(new Error('no such thing')) }),
  );
  expect(sent).toEqual([]);
  expect(events).toMatchObject([
    { eventType: 'FunctionExecution', resources: { ThingName: 't' }, errorMessage: 'no such thing' },
    { eventType: 'RuleFailure', code: 'EXTERNAL_CALL_FAILED' },
  ]);
});

test('A failed call in a template fails its action only, and the error action tells.', async () => {
  const { sent } = await engineRun(
    "SELECT * FROM 'a/b'",
    "${get_thing_shadow('t', 'r')}",
    services({ getThingShadow: async () => Promise.reject(new Error('no such thing')) }),
  );
  expect(sent).toEqual([['errors', expect.stringContaining('get_thing_shadow() failed: no such thing')]]);
});
