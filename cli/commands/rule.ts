import type { Command } from '../command.ts';
import { didYouMean } from '../suggest.ts';
import { quoted } from '../terminal.ts';

const SUBCOMMANDS = ['test', 'check'] as const;

export const command: Command = {
  usage: [
    'rule test --sql SQL --topic TOPIC --payload JSON [options]',
    'rule test --rule NAME …',
    'rule check FILE.json',
  ],
  description: [
    'Explains and checks rules of AWS IoT, without a cloud.',
    '',
    'rule test evaluates a rule for one message and shows all of it: the topic filter level by level, WHERE',
    'with the value of every part, each column of SELECT, what the actions get, templates filled in, and',
    'whether the rule runs. Undefined and Null are shown as such. Functions that ask other services fail.',
    '',
    'rule check runs a file of cases (SQL, message, expected result) and ends with "N passed, M failed".',
  ],
  options: {
    sql: { type: 'string', value: 'SQL', help: 'test: the statement of the rule' },
    rule: {
      type: 'string',
      value: 'NAME',
      help: 'test: a rule of serverless.yml in this folder, by its logical id',
    },
    version: {
      type: 'string',
      value: 'VERSION',
      help: 'test: 2015-10-08 or 2016-03-23 (default: that of --rule, else 2015-10-08 as on AWS)',
    },
    topic: { type: 'string', value: 'TOPIC', help: 'test: the topic of the message' },
    payload: { type: 'string', value: 'JSON', help: 'test: the payload, @FILE, or - for standard input' },
    'client-id': { type: 'string', value: 'ID', help: 'test: who publishes' },
    time: { type: 'string', value: 'TIME', help: 'test: when, for timestamp() (default: now)' },
    action: {
      type: 'string',
      multiple: true,
      value: 'FILE.json',
      help: 'test: an action, or a list of them, whose templates are filled in',
    },
    template: { type: 'string', multiple: true, value: 'TEXT', help: 'test: a template to be filled in' },
    json: { type: 'boolean', help: 'prints JSON: one line for test, one for each failure for check' },
  },
  examples: [
    [`rule test --sql "SELECT x FROM 'a/+' WHERE x > 3" --topic a/b --payload '{"x":4}'`, 'a statement'],
    [`rule test --rule StoreAnomaliesRule --topic anom/pred --payload @result.json`, 'a rule of the service'],
    ['rule check cases.json', 'cases that were seen on AWS'],
  ],
  exitCodes: [
    [0, 'test: evaluated, whether or not the rule runs; check: all passed'],
    [1, 'the SQL is not AWS IoT SQL, a file cannot be read, or a case failed'],
    [2, 'wrongly called'],
  ],
  async run(args, terminal) {
    const [name, ...rest] = args.positionals;
    if (name === 'test') {
      if (rest.length > 0)
        throw args.wrong(`rule test takes options only: ${quoted(rest[0] ?? '')} is too much`);
      const { testRule } = await import('../rule/test-rule.ts');
      await testRule(args, terminal);
      return undefined;
    }
    if (name !== 'check') {
      const hint = name === undefined ? '' : `, not ${quoted(name)}${didYouMean(name, SUBCOMMANDS)}`;
      throw args.wrong(`rule is followed by test or check${hint}`);
    }
    const [file, ...more] = rest;
    if (file === undefined || more.length > 0) throw args.wrong('rule check takes one file of cases');
    const { checkCases } = await import('../rule/check-cases.ts');
    return checkCases(file, args.flag('json'), terminal);
  },
};
