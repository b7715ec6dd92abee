import fc from 'fast-check';
import { expect, test } from 'vitest';
import { envelope } from '../../../local/eventbridge/event.ts';
import { compileJsonPath } from '../../../local/eventbridge/input/json-path.ts';
import { compileInput } from '../../../local/eventbridge/input/target-input.ts';

const EVENT = envelope({
  id: 'event-1',
  source: 'test',
  detailType: 'Tested',
  account: '000000000000',
  region: 'eu-west-1',
  timeMs: Date.UTC(2026, 10, 21),
  resources: ['first', 'second'],
  detail: {
    text: 'a "b" \\ c\n',
    number: 1.5,
    yes: true,
    nothing: null,
    list: [1, 'x'],
    'with-dash': { a: 'b' },
    '': 'e',
  },
});
const CONTEXT = { ruleArn: 'arn:of:rule', ruleName: 'mine', ingestedAt: '2026-11-21T00:00:00.000Z' };

test.each<[path: string, value: unknown]>([
  ['$', EVENT],
  ['$.source', 'test'],
  ['$.detail-type', 'Tested'],
  ['$.resources[1]', 'second'],
  ['$.resources[2]', undefined],
  ['$.detail.number', 1.5],
  ['$.detail.list[1]', 'x'],
  ['$.detail.with-dash.a', 'b'],
  ["$.detail['with-dash']['a']", 'b'],
  ['$["detail"]["number"]', 1.5],
  ["$.detail['']", 'e'],
  ['$.missing.further', undefined],
  ['$.source.length', undefined],
  ['$.detail.constructor', undefined],
])('%s is %j.', (path, value) => {
  expect(compileJsonPath(path)?.(EVENT)).toEqual(value);
});

test.each([
  '',
  'detail',
  '$.',
  '$..a',
  '$.a[',
  '$.a[*]',
  '$.*',
  '$[?(@.a)]',
  '$.a b',
  '$a',
  `$${'.a'.repeat(200)}`,
])('%j is no path of one value.', (path) => {
  expect(compileJsonPath(path)).toBeUndefined();
});

const PATHS = {
  text: '$.detail.text',
  number: '$.detail.number',
  yes: '$.detail.yes',
  nothing: '$.detail.nothing',
  list: '$.detail.list',
  missing: '$.detail.missing',
};

function transform(InputTemplate: string): unknown {
  const render = compileInput({ Id: 't', InputTransformer: { InputPathsMap: PATHS, InputTemplate } });
  return JSON.parse(render(EVENT, CONTEXT));
}

test.each<[template: string, expected: unknown]>([
  ['{"a":<text>}', { a: 'a "b" \\ c\n' }],
  ['{"a":"<text>"}', { a: 'a "b" \\ c\n' }],
  ['{"a":"<number> and <yes>","b":<number>,"c":<yes>}', { a: '1.5 and true', b: 1.5, c: true }],
  ['{"a":<nothing>,"b":"<nothing>"}', { a: null, b: 'null' }],
  ['{"a":<list>,"b":"<list>"}', { a: [1, 'x'], b: '[1,x]' }],
  ['{"a":<missing>,"b":"-<missing>-"}', { a: null, b: '--' }],
  ['"<number> is <yes>"', '1.5 is true'],
  ['<list>', [1, 'x']],
  ['{"a":"1 < 2 > <number>"}', { a: '1 < 2 > 1.5' }],
  ['{"a":"\\"<number>\\""}', { a: '"1.5"' }],
  ['{"a":<aws.events.rule-arn>,"b":"<aws.events.rule-name>"}', { a: 'arn:of:rule', b: 'mine' }],
  ['{"a":<aws.events.event.ingestion-time>}', { a: CONTEXT.ingestedAt }],
  ['<aws.events.event.json>', EVENT],
  ['{"fixed":1}', { fixed: 1 }],
])('The template %s gives %j.', (template, expected) => {
  expect(transform(template)).toEqual(expected);
});

test('The event without its detail can be put in too.', () => {
  const { detail: _detail, ...rest } = EVENT;
  expect(transform('{"e":<aws.events.event>}')).toEqual({ e: rest });
});

test.each<[template: string, message: RegExp]>([
  ['{"a":<other>}', /<other> is neither in InputPathsMap nor one of aws.events.rule-arn/],
  ['{"a":}', /has to be JSON/],
  ['it is <text>', /one text in quotation marks/],
  ['"one"\n"two"', /has to be JSON/],
  ['{<text>:1}', /has to be JSON/],
])('The template %j is refused.', (template, message) => {
  expect(() => transform(template)).toThrow(message);
});

test.each<[map: Record<string, string>, message: RegExp]>([
  [{ 'aws.x': '$.a' }, /begins with AWS/],
  [{ a: '$..b' }, /not a path of one value/],
  [Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`n${at}`, '$.a'])), /more than 100 paths/],
])('A map of paths is refused: %j.', (InputPathsMap, message) => {
  const InputTransformer = { InputPathsMap, InputTemplate: '{}' };
  expect(() => compileInput({ Id: 't', InputTransformer })).toThrow(message);
});

test('Whatever is in an event, what a template makes of it is JSON, with the value whole.', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, text) => {
      const event = { ...EVENT, detail: { value, text } };
      const InputPathsMap = { value: '$.detail.value', text: '$.detail.text' };
      const InputTemplate = '{"value":<value>,"text":"- <text>","both":"<value>"}';
      const render = compileInput({ Id: 't', InputTransformer: { InputPathsMap, InputTemplate } });
      const made: unknown = JSON.parse(render(event, CONTEXT));
      expect(made).toMatchObject({ value: JSON.parse(JSON.stringify(value)), text: `- ${text}` });
    }),
  );
});
