import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPieces } from '../../../functions/answer-sigfox/body.ts';
import { readHttpEvent } from '../../../functions/answer-sigfox/http-request.ts';
import { httpEvent } from './events.ts';

const FIELDS = ['device', 'time', 'data'];
const PARAMETERS = { seed: 20_260_205, numRuns: 500 };

function piecesOf(request: Omit<Parameters<typeof httpEvent>[0], 'type'> & { contentType?: string }) {
  const { contentType, ...rest } = request;
  const headers = contentType === undefined ? {} : { 'Content-Type': contentType };
  const read = readHttpEvent(httpEvent({ type: 'uplink', headers, ...rest }));
  if (read === undefined) throw new Error('the event is not read');
  return readPieces(read, FIELDS);
}

const FORM = 'application/x-www-form-urlencoded';

test.each([
  ['application/json', '{"device":"A1","time":5}', { device: 'A1', time: 5 }],
  [
    'application/json; charset=utf-8',
    ' {"device":"A1","list":[{"a":1}]}',
    { device: 'A1', list: [{ a: 1 }] },
  ],
  [FORM, 'device=A1&time=5&data=0a%200b+c', { device: 'A1', time: '5', data: '0a 0b c' }],
  [undefined, 'device=A1&time=5', { device: 'A1', time: '5' }],
  ['text/plain', 'device=A1\r\ntime=5\r\n', { device: 'A1', time: '5' }],
  ['text/plain', 'device=A1&time=5', { device: 'A1', time: '5' }],
  ['text/plain', '{"device":"A1"}', { device: 'A1' }],
])('A body of the type %s that is %j has its variables.', (contentType, body, variables) => {
  const given = contentType === undefined ? {} : { contentType };
  expect(piecesOf({ ...given, body })).toEqual([{ variables }]);
  expect(piecesOf({ ...given, body, base64: true }), 'in base64').toEqual([{ variables }]);
});

test('A GET has its variables in the URL, and a body goes over the URL.', () => {
  expect(piecesOf({ method: 'GET', query: 'device=A1&time=5&empty=' })).toEqual([
    { variables: { device: 'A1', time: '5', empty: '' } },
  ]);
  const both = piecesOf({ query: 'device=A1&more=1', body: '{"device":"B2"}' });
  expect(both).toEqual([{ variables: { device: 'B2', more: '1' } }]);
});

test('Every line of a batch is a callback, in the order that the URL says, or the settings.', () => {
  const body = `batch=${encodeURIComponent('A1;5;0a;\nB2;6;;\r\n\nC3;7')}`;
  expect(piecesOf({ contentType: FORM, body })).toEqual([
    { variables: { device: 'A1', time: '5', data: '0a' } },
    { variables: { device: 'B2', time: '6', data: '' } },
    { body: 'C3;7', problem: 'the line has 2 values, and device;time;data has 3' },
  ]);
  const ordered = {
    query: 'fields=data;device&deviceTypeId=k',
    body: `batch=${encodeURIComponent('0a;A1')}`,
  };
  expect(piecesOf(ordered)).toEqual([{ variables: { deviceTypeId: 'k', data: '0a', device: 'A1' } }]);
});

test.each([
  ['application/json', '{"device":', 'the body is not JSON'],
  ['application/json', '[1]', 'the body is JSON and no object'],
  ['application/json', 'null', 'the body is JSON and no object'],
  [FORM, `batch=${'A;1;0%0A'.repeat(1_001)}`, 'the batch has 1001 lines, of at most 1000'],
])('A body of the type %s that is %j is kept as it is, with the reason.', (contentType, body, problem) => {
  expect(piecesOf({ contentType, body })).toEqual([{ body, problem }]);
});

test(`Any body is read, or kept with a reason (seed ${PARAMETERS.seed}).`, () => {
  const type = fc.constantFrom('application/json', FORM, 'text/plain', 'image/png', '');
  fc.assert(
    fc.property(
      type,
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.string().map((text) => `batch=${text}`),
      ),
      (contentType, body) => {
        for (const piece of piecesOf({ contentType, body, base64: true })) {
          if ('variables' in piece) expect(Object.getPrototypeOf(piece.variables)).toBe(Object.prototype);
          else expect(piece.problem.length).toBeGreaterThan(0);
        }
      },
    ),
    PARAMETERS,
  );
});

test.each([[{}], [null], [{ version: '1.0', path: '/' }], [{ Records: [] }]])(
  '%o is no request.',
  (event) => {
    expect(readHttpEvent(event)).toBeUndefined();
  },
);
